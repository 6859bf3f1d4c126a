// google.type.Date <-> Date. The message can hold any three numbers; a Date is a day that exists.
#pragma once

#include <optional>

#include "common/time/civil.h"
#include "google/type/date.pb.h"

namespace encours::ingestion {

inline std::optional<Date> date_of(const google::type::Date& date) {
  const Result<Date> day = Date::from_ymd(date.year(), date.month(), date.day());
  if (!day.ok()) return std::nullopt;
  return *day;
}

inline void set_date(Date date, google::type::Date* out) {
  const YearMonthDay parts = date.ymd();
  out->set_year(parts.year);
  out->set_month(parts.month);
  out->set_day(parts.day);
}

}  // namespace encours::ingestion
