// Days and instants between their proto forms and ours. Pure.
#pragma once

#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>

#include "common/stream/decode.h"
#include "common/stream/settings.h"
#include "common/time/civil.h"

namespace encours::risk {

inline google::type::Date to_proto(Date date) {
  const YearMonthDay parts = date.ymd();
  google::type::Date day;
  day.set_year(parts.year);
  day.set_month(parts.month);
  day.set_day(parts.day);
  return day;
}

// Of a day that we have stored ourselves.
inline Date stored_date(const google::type::Date& day) {
  const auto date = Date::from_ymd(day.year(), day.month(), day.day());
  ENCOURS_CHECK(date.ok(), "a stored day is one of the calendar");
  return *date;
}

inline google::protobuf::Timestamp to_proto(Instant at) {
  google::protobuf::Timestamp timestamp;
  stream::set_timestamp(at, &timestamp);
  return timestamp;
}

// The creditor's zone; a tenant without a known one lives in UTC.
inline Zone zone_of(const stream::Settings& settings, std::string_view tenant) {
  const auto* setting = settings.tenant(tenant);
  if (setting == nullptr) return {};
  const auto zone = Zone::load(setting->time_zone());
  return zone ? *zone : Zone();
}

}  // namespace encours::risk
