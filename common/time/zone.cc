#include "common/time/zone.h"

#include <absl/time/civil_time.h>

#include "common/base/check.h"

namespace encours {
namespace {

constexpr size_t kMaxNameLength = 64;

// The loader opens files by name and also understands "libc:" names, "localtime" and absolute
// paths: only what can be an IANA name may reach it.
bool can_be_iana_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength || name == "localtime") return false;
  if (name.front() < 'A' || name.front() > 'Z') return false;
  for (const char c : name) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '/' && c != '_' && c != '-' && c != '+') return false;
  }
  return true;
}

Instant from_absl(absl::Time time) { return Instant::from_unix_micros(absl::ToUnixMicros(time)); }

absl::Time to_absl(Instant at) { return absl::FromUnixMicros(at.unix_micros()); }

}  // namespace

Result<Zone> Zone::load(std::string_view name) {
  absl::TimeZone zone;
  if (!can_be_iana_name(name) || !absl::LoadTimeZone({name.data(), name.size()}, &zone)) {
    return refused("unknown_time_zone",
                   "",
                   "A time zone is named as in the IANA database, for example Europe/Paris.");
  }
  return Zone(zone);
}

Instant Zone::at(Date date, int hour, int minute) const {
  ENCOURS_CHECK(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59, "a time of the day");
  const YearMonthDay day = date.ymd();
  const absl::TimeZone::TimeInfo info =
      zone_.At(absl::CivilSecond(day.year, day.month, day.day, hour, minute, 0));
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return from_absl(info.trans);
  return from_absl(info.pre);
}

Date Zone::local_date(Instant at) const {
  const absl::CivilDay day(zone_.At(to_absl(at)).cs);
  return Date::from_days(day - absl::CivilDay(1970, 1, 1));
}

LocalTime Zone::local_time(Instant at) const {
  const absl::CivilSecond local = zone_.At(to_absl(at)).cs;
  return {local.hour(), local.minute()};
}

Instant Zone::next_day_instant(Instant after) const {
  Date date = local_date(after);
  // A zone may skip a whole day (Pacific/Apia, 2011-12-30), so look at three days. Within a day
  // the instants are in order, and so are days: the first that is later is the next.
  for (int i = 0; i < 3; ++i) {
    for (const LocalTime time : kDayInstants) {
      const Instant candidate = at(date, time);
      if (candidate > after) return candidate;
    }
    date = date + 1;
  }
  return Instant::max();
}

}  // namespace encours
