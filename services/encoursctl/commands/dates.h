// A day that somebody typed, as the API has it.
#pragma once

#include <google/type/date.pb.h>

#include <string>

#include "common/base/result.h"
#include "common/time/date.h"

namespace encours::ctl {

// `flag` is named in the refusal.
inline Result<google::type::Date> parse_day(const std::string& text, const std::string& flag) {
  const auto day = Date::parse(text);
  if (!day) {
    return refused("invalid_date", flag, "'" + text + "' is no day; write it as 2026-01-31.");
  }
  google::type::Date out;
  out.set_year(day->year());
  out.set_month(day->month());
  out.set_day(day->day());
  return out;
}

}  // namespace encours::ctl
