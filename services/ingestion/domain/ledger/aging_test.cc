// Goal: every invoice is in the bucket of its age on every day, and is said to be overdue once.
// Method: the table of aged balances that our domain notes give, and single invoices let run.
#include "services/ingestion/domain/ledger/aging.h"

#include <gtest/gtest.h>

#include "services/ingestion/domain/ledger/ledger_script_test.h"

namespace encours::ingestion::ledger {
namespace {

TEST(Aging, BucketsOfTheAgedBalanceOn31March2026) {
  struct {
    const char* due;
    AgingBucket bucket;
  } const kTable[] = {
      {"2026-04-30", AgingBucket::AGING_BUCKET_NOT_DUE},   // -30
      {"2026-03-31", AgingBucket::AGING_BUCKET_NOT_DUE},   // 0: the due day is not late
      {"2026-03-30", AgingBucket::AGING_BUCKET_1_30},      // 1
      {"2026-03-01", AgingBucket::AGING_BUCKET_1_30},      // 30
      {"2026-02-28", AgingBucket::AGING_BUCKET_31_60},     // 31
      {"2026-01-30", AgingBucket::AGING_BUCKET_31_60},     // 60
      {"2026-01-29", AgingBucket::AGING_BUCKET_61_90},     // 61
      {"2025-12-31", AgingBucket::AGING_BUCKET_61_90},     // 90
      {"2025-12-30", AgingBucket::AGING_BUCKET_91_120},    // 91
      {"2025-12-01", AgingBucket::AGING_BUCKET_91_120},    // 120
      {"2025-11-30", AgingBucket::AGING_BUCKET_OVER_120},  // 121
  };
  for (const auto& row : kTable) EXPECT_EQ(bucket_on(day("2026-03-31"), day(row.due)), row.bucket);
}

TEST(Aging, FirstDayOfABucketIsItsFirstAge) {
  const Date due = day("2026-01-15");
  EXPECT_EQ(first_day(AgingBucket::AGING_BUCKET_NOT_DUE, due), std::nullopt);
  EXPECT_EQ(first_day(AgingBucket::AGING_BUCKET_1_30, due), day("2026-01-16"));
  EXPECT_EQ(first_day(AgingBucket::AGING_BUCKET_31_60, due), day("2026-02-15"));
  EXPECT_EQ(first_day(AgingBucket::AGING_BUCKET_61_90, due), day("2026-03-17"));
  EXPECT_EQ(first_day(AgingBucket::AGING_BUCKET_91_120, due), day("2026-04-16"));
  EXPECT_EQ(first_day(AgingBucket::AGING_BUCKET_OVER_120, due), day("2026-05-16"));
  EXPECT_EQ(first_day(AgingBucket::AGING_BUCKET_1_30, Date::max()), std::nullopt);
}

TEST(Aging, SumsOfTheAccountOn31March2026) {
  Script script;
  script.run({
      "2025-11-01 invoice F9 70.07 due 2025-11-30",
      "2025-11-01 invoice F8 60.06 due 2025-12-01",
      "2025-12-01 invoice F7 50.05 due 2025-12-30",
      "2025-12-01 invoice F6 40.04 due 2025-12-31",
      "2026-01-31 invoice F5 33.33 due 2026-02-28",
      "2026-02-01 invoice F4 20.02 due 2026-03-01",
      "2026-03-01 invoice F3 10.01 due 2026-03-30",
      "2026-03-01 invoice F2 200.00 due 2026-03-31",
      "2026-03-01 invoice F1 100.00 due 2026-04-30",
      "2026-03-31",
  });
  EXPECT_EQ(script.balance(),
            "not_due 300.00 1-30 30.03 31-60 33.33 61-90 40.04 91-120 110.11 >120 70.07 (9)");
}

TEST(Aging, OneInvoiceThroughAllBuckets) {
  Script script;
  EXPECT_EQ(script.run({
                "2026-01-10 invoice F1 100.00 due 2026-02-09",
                "2026-02-09",
            }),
            (Lines{
                "2026-01-10 AccountChanged implicit",
                "2026-01-10 InvoiceRecorded F1 100.00 due 2026-02-09 -> not_due 100.00 (1)",
            }));
  EXPECT_EQ(script.run({"2026-12-31"}),
            (Lines{
                "2026-02-10 AgingBucketCrossed F1 not_due to 1-30 100.00 -> 1-30 100.00 (1)",
                "2026-02-10 InvoiceOverdue F1 100.00 -> 1-30 100.00 (1)",
                "2026-03-12 AgingBucketCrossed F1 1-30 to 31-60 100.00 -> 31-60 100.00 (1)",
                "2026-04-11 AgingBucketCrossed F1 31-60 to 61-90 100.00 -> 61-90 100.00 (1)",
                "2026-05-11 AgingBucketCrossed F1 61-90 to 91-120 100.00 -> 91-120 100.00 (1)",
                "2026-06-10 AgingBucketCrossed F1 91-120 to >120 100.00 -> >120 100.00 (1)",
            }));
  EXPECT_EQ(script.harness().timer_count(), 0U);
}

TEST(Aging, TheTimerStandsAtLocalMidnightAfterTheDueDay) {
  Script script;
  // In Paris summer time begins on 29 March 2026: 00:00 of the 29th is 23:00 UTC of the day
  // before, 00:00 of the 30th is 22:00 UTC.
  script.feed("2026-03-01 invoice F1 1.00 due 2026-03-28");
  script.feed("2026-03-01 invoice F2 1.00 due 2026-03-29");
  EXPECT_EQ(script.timer("F1")->to_string(), "2026-03-28T23:00:00Z");
  EXPECT_EQ(script.timer("F2")->to_string(), "2026-03-29T22:00:00Z");
}

TEST(Aging, AnInvoiceThatCameLateJumpsToTheBucketOfTheNextDayInstant) {
  Script script;
  // Recorded at 06:00 of 31 March, due on 15 January: decided at 08:00, at the age of 75 days.
  EXPECT_EQ(script.run({"2026-03-31 2026-01-01 invoice F1 80.00 due 2026-01-15"}).back(),
            "2026-01-01 InvoiceRecorded F1 80.00 due 2026-01-15 -> not_due 80.00 (1)");
  EXPECT_EQ(script.timer("F1")->to_string(), "2026-03-31T06:00:00Z");
  EXPECT_EQ(script.run({"2026-04-01"}),
            (Lines{
                "2026-03-17 AgingBucketCrossed F1 not_due to 61-90 80.00 -> 61-90 80.00 (1)",
                "2026-01-16 InvoiceOverdue F1 80.00 -> 61-90 80.00 (1)",
            }));
  // 15 January and 91 days.
  EXPECT_EQ(script.timer("F1")->to_string(), "2026-04-15T22:00:00Z");
}

TEST(Aging, ALateTickGivesTheSameFactsAsTicksInTime) {
  const Lines invoice = {"2026-01-10 invoice F1 100.00 due 2026-02-09"};
  Script in_time;
  in_time.run(invoice);
  const Lines expected = in_time.run({"2026-05-01"});
  EXPECT_EQ(expected.size(), 4U);
  Script late;
  late.run(invoice);
  late.harness().tick(paris().at(day("2026-05-01"), 0, 0));
  EXPECT_EQ(late.take(), expected);
  EXPECT_EQ(late.timer("F1"), in_time.timer("F1"));
}

TEST(Aging, PaidOnTheDueDayIsNeverOverdue) {
  Script script;
  EXPECT_EQ(script.run({
                "2026-01-10 invoice F1 100.00 due 2026-02-09",
                "2026-02-09 payment P1 100.00 on F1 100.00",
                "2026-12-31",
            }),
            (Lines{
                "2026-01-10 AccountChanged implicit",
                "2026-01-10 InvoiceRecorded F1 100.00 due 2026-02-09 -> not_due 100.00 (1)",
                "2026-02-09 PaymentRecorded P1 100.00 -> not_due 100.00 cash 100.00 (1)",
                "2026-02-09 AllocationRecorded P1 on F1 100.00 from 2026-02-09 leaves 0.00 / 0.00"
                " -> 0",
                "2026-02-09 InvoiceSettled F1 on 2026-02-09 -> 0",
            }));
  EXPECT_EQ(script.harness().timer_count(), 0U);
}

TEST(Aging, ANewOpeningIsOverdueAgainWithItsOldAge) {
  Script script;
  script.run({
      "2026-01-10 invoice F1 100.00 due 2026-02-09",
      "2026-02-20 payment P1 100.00 on F1 100.00",
  });
  // 26 February, 17 days late: its old bucket at once, and overdue again at 08:00 of that day.
  EXPECT_EQ(script.run({"2026-02-26 reject P1"}),
            (Lines{
                "2026-02-26 AllocationReversed P1 on F1 100.00 from 2026-02-26 leaves 100.00 /"
                " 100.00 -> 1-30 100.00 cash 100.00 (1)",
                "2026-02-26 PaymentRejected P1 100.00 -> 1-30 100.00 (1)",
            }));
  EXPECT_EQ(script.timer("F1")->to_string(), "2026-02-26T07:00:00Z");
  EXPECT_EQ(script.run({"2026-03-12"}),
            (Lines{
                "2026-02-26 InvoiceOverdue F1 100.00 -> 1-30 100.00 (1)",
                "2026-03-12 AgingBucketCrossed F1 1-30 to 31-60 100.00 -> 31-60 100.00 (1)",
            }));
}

TEST(Aging, OpenedAgainBeforeItsDueDayItIsOverdueOnItsDay) {
  Script script;
  script.run({
      "2026-01-10 invoice F1 100.00 due 2026-02-09",
      "2026-01-20 payment P1 100.00 on F1 100.00",
      "2026-01-26 reject P1",
  });
  EXPECT_EQ(script.balance(), "not_due 100.00 (1)");
  EXPECT_EQ(script.run({"2026-02-10"}),
            (Lines{
                "2026-02-10 AgingBucketCrossed F1 not_due to 1-30 100.00 -> 1-30 100.00 (1)",
                "2026-02-10 InvoiceOverdue F1 100.00 -> 1-30 100.00 (1)",
            }));
}

TEST(Aging, APartPaymentKeepsTheInvoiceOverdueAndItsTimer) {
  Script script;
  script.run({
      "2026-01-10 invoice F1 100.00 due 2026-02-09",
      "2026-02-20 payment P1 30.25 on F1 30.25",
  });
  EXPECT_EQ(script.balance(), "1-30 69.75 (1)");
  EXPECT_EQ(script.run({"2026-03-12"}),
            (Lines{
                "2026-03-12 AgingBucketCrossed F1 1-30 to 31-60 69.75 -> 31-60 69.75 (1)",
            }));
}

}  // namespace
}  // namespace encours::ingestion::ledger
