// Days of the creditor: between the proto form and Date, and when a day is decided.
//
// A tenant without a known zone lives in UTC. Pure.
#pragma once

#include <google/type/date.pb.h>

#include <optional>
#include <string>

#include "common/stream/settings.h"
#include "common/time/civil.h"

namespace encours::scoring {

// A date that is unset or no day of the calendar is nullopt.
inline std::optional<Date> to_date(const google::type::Date& day) {
  const auto date = Date::from_ymd(day.year(), day.month(), day.day());
  return date.ok() ? std::optional(*date) : std::nullopt;
}

inline void set_date(Date date, google::type::Date* out) {
  const YearMonthDay parts = date.ymd();
  out->set_year(parts.year);
  out->set_month(parts.month);
  out->set_day(parts.day);
}

inline Zone zone_of(const stream::Settings& settings, const std::string& tenant) {
  const auto* setting = settings.tenant(tenant);
  if (setting == nullptr) return Zone();
  const auto zone = Zone::load(setting->time_zone());
  return zone.ok() ? *zone : Zone();
}

inline Instant midnight_of(const Zone& zone, Date day) {
  return zone.at(day, kDayInstants.front());
}

// The first 00:00 of any day that is strictly after `at`.
inline Instant next_midnight(const Zone& zone, Instant at) {
  Date day = zone.local_date(at);
  Instant midnight = midnight_of(zone, day);
  // Where a clock goes back over midnight, the first 00:00 of a day may lie behind us already.
  while (midnight <= at && day < Date::max()) {
    day = day + 1;
    midnight = midnight_of(zone, day);
  }
  return midnight;
}

}  // namespace encours::scoring
