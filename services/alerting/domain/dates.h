// Days between the proto form and Date. Pure.
#pragma once

#include <google/type/date.pb.h>

#include "common/base/result.h"
#include "common/time/date.h"

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

}  // namespace encours::alerting
