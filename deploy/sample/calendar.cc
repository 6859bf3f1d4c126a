#include "deploy/sample/calendar.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace encours::sample {
namespace {

struct MonthDay {
  int month;
  int day;
};

bool is_one_of(const YearMonthDay& day, std::initializer_list<MonthDay> list) {
  return std::any_of(list.begin(), list.end(), [&](const MonthDay& one) {
    return one.month == day.month && one.day == day.day;
  });
}

bool is_holiday(Date day, bool french) {
  const YearMonthDay ymd = day.ymd();
  const int from_easter = day - easter_sunday(ymd.year);
  if (from_easter == 1 || is_one_of(ymd, {{1, 1}, {5, 1}, {12, 25}})) return true;
  if (!french) return from_easter == -2 || is_one_of(ymd, {{12, 26}});
  return from_easter == 39 || from_easter == 50 ||
         is_one_of(ymd, {{5, 8}, {7, 14}, {8, 15}, {11, 1}, {11, 11}});
}

Date in_month(Date month, int day) {
  return std::min(month.start_of_month() + (day - 1), month.end_of_month());
}

// The run of the calendar, before it is moved off a day without business.
Date planned_run(Date day, Runs runs) {
  switch (runs) {
    case Runs::kDaily:
      return day;
    case Runs::kThursdays:
      return day + (static_cast<int>(Weekday::kThursday) - static_cast<int>(day.weekday()) + 7) % 7;
    case Runs::kTenthAndLast:
      return day.day() <= 10 ? in_month(day, 10) : day.end_of_month();
    case Runs::kTenthAndTwentyFifth:
      if (day.day() > 25) return in_month(day.end_of_month() + 1, 10);
      return in_month(day, day.day() <= 10 ? 10 : 25);
    case Runs::kMonthEnd:
      return day.end_of_month();
  }
  return day;
}

}  // namespace

// The method of Meeus, Jones and Butcher for the Gregorian calendar.
Date easter_sunday(int year) {
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int month = (h + l - 7 * m + 114) / 31;
  const int day = (h + l - 7 * m + 114) % 31 + 1;
  return Date::from_ymd(year, month, day).value();
}

bool is_business_day(Date day, bool french) {
  return day.weekday() < Weekday::kSaturday && !is_holiday(day, french);
}

Date next_business_day(Date day, bool french) {
  while (!is_business_day(day, french)) day = day + 1;
  return day;
}

Date last_business_day(Date day, bool french) {
  while (!is_business_day(day, french)) day = day - 1;
  return day;
}

Date next_run(Date day, Runs runs, bool french) {
  const Date planned = planned_run(day, runs);
  // The end of a month is met before a week-end, any other day after it.
  if (planned == planned.end_of_month() && runs != Runs::kDaily && runs != Runs::kThursdays) {
    const Date before = last_business_day(planned, french);
    if (before >= day) return before;
  }
  return next_business_day(planned, french);
}

Date due_date(Date issued, const erp::PaymentTerms& terms) {
  switch (terms.kind()) {
    case erp::PAYMENT_TERMS_KIND_DAYS_THEN_END_OF_MONTH: {
      const Date end = (issued + terms.days()).end_of_month();
      return terms.day_of_month() == 0 ? end : in_month(end + 1, terms.day_of_month());
    }
    case erp::PAYMENT_TERMS_KIND_END_OF_MONTH_THEN_DAYS:
      return issued.end_of_month() + terms.days();
    case erp::PAYMENT_TERMS_KIND_ON_RECEIPT:
    case erp::PAYMENT_TERMS_KIND_IN_ADVANCE:
      return issued;
    case erp::PAYMENT_TERMS_KIND_DECADE_THEN_DAYS: {
      const int day = issued.day();
      const Date end = day > 20 ? issued.end_of_month() : in_month(issued, day > 10 ? 20 : 10);
      return end + terms.days();
    }
    default:
      return issued + terms.days();
  }
}

}  // namespace encours::sample
