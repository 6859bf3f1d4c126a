#include "common/time/date.h"

#include <chrono>
#include <cstdio>

#include "common/time/digits.h"

namespace encours {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int kMinYear = 1;
constexpr int kMaxYear = 9999;

year_month_day calendar(Date date) {
  return year_month_day(sys_days(std::chrono::days(date.days())));
}

Date from_calendar(year_month_day day) {
  return Date::from_days(sys_days(day).time_since_epoch().count());
}

Error invalid_date(std::string_view why) {
  return refused("invalid_date", "", "A date is written as 2026-01-31: " + std::string(why) + ".");
}

}  // namespace

Result<Date> Date::from_ymd(int year, int month, int day) {
  if (year < kMinYear || year > kMaxYear) return invalid_date("the year is not in 1 to 9999");
  if (month < 1 || month > 12) return invalid_date("the month is not in 1 to 12");
  const year_month_day wanted(std::chrono::year(year),
                              std::chrono::month(static_cast<unsigned>(month)),
                              std::chrono::day(day < 0 ? 0u : static_cast<unsigned>(day)));
  if (day > 31 || !wanted.ok()) return invalid_date("this month has no such day");
  return from_calendar(wanted);
}

Result<Date> Date::parse(std::string_view text) {
  DigitReader reader(text);
  const int year = reader.number(4);
  reader.literal('-');
  const int month = reader.number(2);
  reader.literal('-');
  const int day = reader.number(2);
  if (!reader.ok() || !reader.rest().empty()) {
    return invalid_date("four digits, two and two, with hyphens");
  }
  return from_ymd(year, month, day);
}

YearMonthDay Date::ymd() const {
  const year_month_day day = calendar(*this);
  return {static_cast<int>(day.year()),
          static_cast<int>(static_cast<unsigned>(day.month())),
          static_cast<int>(static_cast<unsigned>(day.day()))};
}

Weekday Date::weekday() const {
  const std::chrono::weekday day{sys_days(std::chrono::days(days_))};
  return static_cast<Weekday>(day.iso_encoding());
}

std::string Date::to_string() const {
  const YearMonthDay day = ymd();
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
  return text;
}

Date Date::plus_months(int64_t months) const {
  constexpr int64_t kAllMonths = 12 * (kMaxYear - kMinYear + 1);
  if (months >= kAllMonths) return max();
  if (months <= -kAllMonths) return min();
  const YearMonthDay now = ymd();
  const int64_t month_count = int64_t{now.year} * 12 + (now.month - 1) + months;
  if (month_count < int64_t{kMinYear} * 12) return min();
  if (month_count > int64_t{kMaxYear} * 12 + 11) return max();
  const std::chrono::year year(static_cast<int>(month_count / 12));
  const std::chrono::month month(static_cast<unsigned>(month_count % 12 + 1));
  const std::chrono::day last_day =
      std::chrono::year_month_day_last(year, std::chrono::month_day_last(month)).day();
  const std::chrono::day day(static_cast<unsigned>(now.day));
  return from_calendar(year_month_day(year, month, day < last_day ? day : last_day));
}

Date Date::start_of_month() const { return plus_days(1 - day()); }

Date Date::end_of_month() const {
  const year_month_day day = calendar(*this);
  const std::chrono::year_month_day_last last(day.year(), std::chrono::month_day_last(day.month()));
  return from_calendar(year_month_day(sys_days(last)));
}

}  // namespace encours
