// Goal: runs of payment and due dates fall where people expect them. Method: days of a calendar on
// paper.
#include "deploy/sample/calendar.h"

#include <gtest/gtest.h>

#include "deploy/sample/portfolio.h"

namespace encours::sample {
namespace {

Date day(const char* text) { return Date::parse(text).value(); }

TEST(Calendar, easter) {
  EXPECT_EQ(easter_sunday(2025), day("2025-04-20"));
  EXPECT_EQ(easter_sunday(2026), day("2026-04-05"));
  EXPECT_EQ(easter_sunday(2027), day("2027-03-28"));
}

TEST(Calendar, business_days) {
  EXPECT_FALSE(is_business_day(day("2026-05-14"), true));  // Ascension.
  EXPECT_TRUE(is_business_day(day("2026-05-14"), false));
  EXPECT_FALSE(is_business_day(day("2026-04-03"), false));  // Good Friday.
  EXPECT_EQ(next_business_day(day("2026-05-01"), true), day("2026-05-04"));
  EXPECT_EQ(last_business_day(day("2026-11-01"), true), day("2026-10-30"));
}

TEST(Calendar, runs_of_payment) {
  EXPECT_EQ(next_run(day("2026-03-03"), Runs::kThursdays, true), day("2026-03-05"));
  EXPECT_EQ(next_run(day("2026-03-11"), Runs::kTenthAndTwentyFifth, true), day("2026-03-25"));
  EXPECT_EQ(next_run(day("2026-03-26"), Runs::kTenthAndTwentyFifth, true), day("2026-04-10"));
  // 31 May is a Sunday, and the end of a month is met before it.
  EXPECT_EQ(next_run(day("2026-05-12"), Runs::kMonthEnd, true), day("2026-05-29"));
  EXPECT_GE(next_run(day("2026-05-30"), Runs::kMonthEnd, true), day("2026-05-30"));
}

// The table of payment terms that French law books print.
TEST(Calendar, due_dates) {
  struct Row {
    const char* issued;
    const char* terms;
    const char* due;
  };
  constexpr Row kRows[] = {{"2026-01-20", "30NET", "2026-02-19"},
                           {"2026-01-31", "60NET", "2026-04-01"},
                           {"2026-01-20", "45FDM", "2026-03-31"},
                           {"2026-02-28", "45FDM", "2026-04-30"},
                           {"2026-01-31", "FDM45", "2026-03-17"},
                           {"2026-01-20", "30FDM10", "2026-03-10"},
                           {"2026-01-12", "DECADE30", "2026-02-19"},
                           {"2026-01-12", "RECEPTION", "2026-01-12"}};
  for (const Row& row : kRows) {
    EXPECT_EQ(due_date(day(row.issued), terms_of(row.terms)), day(row.due)) << row.terms;
  }
}

}  // namespace
}  // namespace encours::sample
