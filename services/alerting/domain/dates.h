// Days between the proto form and Date, and the zone of a tenant's days. Pure.
#pragma once

#include <google/type/date.pb.h>

#include <string>

#include "common/base/result.h"
#include "common/stream/settings.h"
#include "common/time/civil.h"

namespace encours::alerting {

inline Result<Date> to_date(const google::type::Date& day) {
  return Date::from_ymd(day.year(), day.month(), day.day());
}

inline google::type::Date to_proto(Date date) {
  const YearMonthDay parts = date.ymd();
  google::type::Date day;
  day.set_year(parts.year);
  day.set_month(parts.month);
  day.set_day(parts.day);
  return day;
}

// A tenant without a known zone lives in UTC.
inline Zone zone_of(const stream::Settings& settings, const std::string& tenant) {
  const auto* setting = settings.tenant(tenant);
  if (setting == nullptr) return Zone();
  const auto zone = Zone::load(setting->time_zone());
  return zone.ok() ? *zone : Zone();
}

}  // namespace encours::alerting
