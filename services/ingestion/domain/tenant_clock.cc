#include "services/ingestion/domain/tenant_clock.h"

#include <algorithm>

#include "services/ingestion/domain/decode/proto_date.h"

namespace encours::ingestion {
namespace {

constexpr Duration kFlushStep = std::chrono::seconds(1);

Result<Date> day_of(const google::type::Date& day, const char* field) {
  const auto date = date_of(day);
  if (!date) return refused("invalid_date", field, "Give a day, e.g. 2026-01-31.");
  return *date;
}

}  // namespace

std::vector<Instant> day_instants(const Zone& zone, Date first, Date last, Instant after) {
  std::vector<Instant> out;
  Instant at = std::max(after, zone.at(first, LocalTime{0, 0}) - Duration(1));
  const Instant end = zone.at(last, kDayInstants.back());
  for (at = zone.next_day_instant(at); at <= end; at = zone.next_day_instant(at)) {
    out.push_back(at);
  }
  return out;
}

Result<std::vector<Instant>> clock_move(
    const encours::ingestion::v1alpha1::AdvanceClockRequest& request,
    const Zone& zone,
    Instant known) {
  const bool has_ticked = known > Instant::min();
  std::vector<Instant> flush;
  if (has_ticked) flush.push_back(known + kFlushStep);
  if (!request.has_to()) return flush;
  ENCOURS_ASSIGN(const Date to, day_of(request.to(), "to"));
  // A clock that never ticked starts on the first day itself: there is nothing before it to age.
  Date first = has_ticked ? zone.local_date(known) : to;
  if (!has_ticked && request.has_from()) {
    ENCOURS_ASSIGN(first, day_of(request.from(), "from"));
  }
  if (first > to) {
    if (!has_ticked) return refused("invalid_date", "from", "The first day is after the last.");
    first = to;
  }
  std::vector<Instant> instants = day_instants(zone, first, to, known);
  if (request.whole_day()) return instants.empty() ? flush : instants;
  const Instant end = zone.at(to, kDayInstants.front());
  std::erase_if(instants, [&](Instant at) { return at > end; });
  return instants;
}

}  // namespace encours::ingestion
