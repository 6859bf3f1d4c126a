// Goal: days are counted, written and read as the calendar has them.
// Method: expected numbers come from Python's datetime; refusals are listed by hand.
#include "common/time/date.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace encours {
namespace {

Date date(std::string_view text) { return Date::parse(text).value(); }

TEST(Date, DaysSinceTheEpoch) {
  EXPECT_EQ(Date().to_string(), "1970-01-01");
  EXPECT_EQ(date("0001-01-01").days(), -719162);
  EXPECT_EQ(date("1900-02-28").days(), -25509);
  EXPECT_EQ(date("1969-12-31").days(), -1);
  EXPECT_EQ(date("2000-02-29").days(), 11016);
  EXPECT_EQ(date("2026-01-31").days(), 20484);
  EXPECT_EQ(date("9999-12-31").days(), 2932896);
  EXPECT_EQ(Date::from_days(20484).to_string(), "2026-01-31");
  EXPECT_EQ(Date::min().to_string(), "0001-01-01");
  EXPECT_EQ(Date::max().to_string(), "9999-12-31");
}

TEST(Date, Parts) {
  const Date leap = date("2024-02-29");
  EXPECT_EQ(leap.ymd(), (YearMonthDay{2024, 2, 29}));
  EXPECT_EQ(leap, Date::from_ymd(2024, 2, 29).value());
  EXPECT_EQ(date("2026-01-31").weekday(), Weekday::kSaturday);
  EXPECT_EQ(date("2026-11-15").weekday(), Weekday::kSunday);
  EXPECT_EQ(date("1969-12-31").weekday(), Weekday::kWednesday);
  EXPECT_EQ(date("0001-01-01").weekday(), Weekday::kMonday);
}

TEST(Date, RefusesWhatIsNoDate) {
  for (const char* text : {"",
                           "2026-1-31",
                           "2026-01-32",
                           "2026-02-29",
                           "1900-02-29",
                           "2026-13-01",
                           "2026-00-10",
                           "2026-01-00",
                           "0000-01-01",
                           "2026/01/31",
                           "31-01-2026",
                           " 2026-01-31",
                           "2026-01-31 ",
                           "+026-01-31",
                           "-026-01-31",
                           "20260131",
                           "2026-01-3x",
                           "2026-01-31T00:00:00Z"}) {
    const Result<Date> parsed = Date::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.failure().code, "invalid_date") << text;
    EXPECT_EQ(parsed.failure().reaction, Reaction::kRefused);
  }
  EXPECT_FALSE(Date::from_ymd(2026, 2, 30).ok());
  EXPECT_FALSE(Date::from_ymd(2026, 1, -1).ok());
  EXPECT_FALSE(Date::from_ymd(2026, 1, 257).ok()) << "no wrap into one byte";
  EXPECT_FALSE(Date::from_ymd(10000, 1, 1).ok());
  EXPECT_FALSE(Date::from_ymd(-1, 1, 1).ok());
}

TEST(Date, Arithmetic) {
  EXPECT_EQ(date("2024-02-28") + 2, date("2024-03-01"));
  EXPECT_EQ(date("2026-03-01") - 1, date("2026-02-28"));
  EXPECT_EQ(date("2026-03-01") - date("2026-02-01"), 28);
  EXPECT_EQ(date("2026-02-01") - date("2026-03-01"), -28);
  EXPECT_EQ(date("2026-01-31").plus_months(1), date("2026-02-28"));
  EXPECT_EQ(date("2024-01-31").plus_months(1), date("2024-02-29"));
  EXPECT_EQ(date("2026-03-31").plus_months(-13), date("2025-02-28"));
  EXPECT_EQ(date("2025-12-15").plus_months(1), date("2026-01-15"));
  EXPECT_EQ(date("2026-02-10").end_of_month(), date("2026-02-28"));
  EXPECT_EQ(date("2026-12-31").end_of_month(), date("2026-12-31"));
  EXPECT_EQ(date("2026-02-10").start_of_month(), date("2026-02-01"));
}

TEST(Date, ArithmeticStopsAtTheEnds) {
  EXPECT_EQ(Date::max() + 1, Date::max());
  EXPECT_EQ(Date::min() - 1, Date::min());
  EXPECT_EQ(date("2026-01-31") + INT64_MAX, Date::max());
  EXPECT_EQ(date("2026-01-31") + INT64_MIN, Date::min());
  EXPECT_EQ(date("2026-01-31") - INT64_MIN, Date::max());
  EXPECT_EQ(date("2026-01-31").plus_months(INT64_MAX), Date::max());
  EXPECT_EQ(date("2026-01-31").plus_months(INT64_MIN), Date::min());
  EXPECT_EQ(date("9999-12-01").plus_months(1), Date::max());
  EXPECT_EQ(date("0001-01-15").plus_months(-1), Date::min());
  EXPECT_EQ(date("9999-12-05").end_of_month(), Date::max());
  EXPECT_EQ(Date::from_days(INT64_MAX), Date::max());
}

}  // namespace
}  // namespace encours
