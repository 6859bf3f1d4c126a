// Goal: invoices are taken once, corrected by higher versions, and cancelled without trace in sums.
// Method: short histories as tables; each fact and the sums after it were worked out by hand.
#include <gtest/gtest.h>

#include "services/ingestion/domain/ledger/ledger_script_test.h"

namespace encours::ingestion::ledger {
namespace {

TEST(Invoice, AgainUnderAnotherEventIdChangesNothing) {
  Script script;
  script.run({"2026-01-10 invoice F1 100.00 due 2026-12-31 #a"});
  EXPECT_EQ(script.run({"2026-01-11 2026-01-10 invoice F1 100.00 due 2026-12-31 #b"}), Lines{});
  EXPECT_EQ(script.refusals(), Lines{});
  EXPECT_EQ(script.balance(), "not_due 100.00 (1)");
}

TEST(Invoice, WithOtherContentAndNoVersionIsAConflict) {
  Script script;
  script.run({"2026-01-10 invoice F1 100.00 due 2026-12-31"});
  EXPECT_EQ(script.run({"2026-01-11 2026-01-10 invoice F1 120.00 due 2026-12-31"}), Lines{});
  EXPECT_EQ(script.refusals(), Lines{"conflicting_duplicate invoice_issued.number"});
  EXPECT_EQ(script.balance(), "not_due 100.00 (1)");
}

TEST(Invoice, AHigherVersionMovesTheSumsByTheDifference) {
  Script script;
  script.run({
      "2026-01-10 invoice F1 100.00 due 2026-12-31 v1",
      "2026-02-01 payment P1 70.00 on F1 70.00",
  });
  EXPECT_EQ(script.run({"2026-02-05 invoice F1 120.00 due 2026-12-31 v2"}),
            (Lines{"2026-02-05 InvoiceRecorded F1 120.00 due 2026-12-31 -> not_due 50.00 (1)"}));
  EXPECT_EQ(script.run({"2026-02-06 invoice F1 60.00 due 2026-12-31 v3"}),
            (Lines{
                "2026-02-06 AllocationReversed P1 on F1 10.00 from 2026-02-06 leaves 60.00 / 10.00"
                " -> not_due 60.00 cash 10.00 (1)",
                "2026-02-06 InvoiceRecorded F1 60.00 due 2026-12-31 -> cash 10.00",
                "2026-02-06 InvoiceSettled F1 on 2026-02-06 -> cash 10.00",
            }));
}

TEST(Invoice, ALowerVersionThatComesLateIsSuperseded) {
  Script script;
  script.run({"2026-02-05 invoice F1 120.00 due 2026-12-31 v2"});
  EXPECT_EQ(script.run({"2026-02-06 invoice F1 100.00 due 2026-12-31 v1"}), Lines{});
  EXPECT_EQ(script.refusals(), Lines{});
  EXPECT_EQ(script.balance(), "not_due 120.00 (1)");
}

TEST(Invoice, ACorrectedDueDayChangesTheAgeAtOnceAndOverdueFollows) {
  Script script;
  script.run({"2026-01-10 invoice F1 100.00 due 2026-02-09 v1", "2026-02-20"});
  EXPECT_EQ(script.balance(), "1-30 100.00 (1)");
  script.run({"2026-02-20 2026-01-10 invoice F1 100.00 due 2026-02-28 v2"});
  EXPECT_EQ(script.balance(), "not_due 100.00 (1)");
  EXPECT_EQ(script.run({"2026-03-02"}),
            (Lines{
                "2026-03-01 AgingBucketCrossed F1 not_due to 1-30 100.00 -> 1-30 100.00 (1)",
                "2026-03-01 InvoiceOverdue F1 100.00 -> 1-30 100.00 (1)",
            }));
}

TEST(Invoice, ACorrectedCurrencyCancelsAndIssuesAgain) {
  Script script;
  script.run({
      "2026-01-10 invoice F1 100.00 due 2026-12-31 v1",
      "2026-01-20 payment P1 30.00 on F1 30.00",
  });
  EXPECT_EQ(script.run({"2026-02-05 invoice F1 USD:110.00 due 2026-12-31 v2"}),
            (Lines{
                "2026-02-05 AllocationReversed P1 on F1 30.00 from 2026-02-05 leaves 100.00 / 30.00"
                " -> not_due 100.00 cash 30.00 (1)",
                "2026-02-05 InvoiceCancelled F1 100.00 -> cash 30.00",
                "2026-02-05 InvoiceRecorded F1 USD:110.00 due 2026-12-31 -> USD not_due 110.00 (1)",
            }));
  EXPECT_EQ(script.refusals(), Lines{"currency_mismatch payment_allocated.part.amount"});
}

TEST(Invoice, CancelledGivesItsMoneyBack) {
  Script script;
  script.run({
      "2026-01-10 invoice F1 100.00 due 2026-02-09",
      "2026-02-15 payment P1 70.00 on F1 70.00",
  });
  EXPECT_EQ(script.run({"2026-02-20 cancel F1", "2026-12-31"}),
            (Lines{
                "2026-02-20 AllocationReversed P1 on F1 70.00 from 2026-02-20 leaves 100.00 / 70.00"
                " -> 1-30 100.00 cash 70.00 (1)",
                "2026-02-20 InvoiceCancelled F1 100.00 -> cash 70.00",
            }));
  EXPECT_EQ(script.harness().timer_count(), 0U);
}

TEST(Invoice, CancelledAfterItWasPaid) {
  Script script;
  script.run({
      "2026-01-10 invoice F1 100.00 due 2026-12-31",
      "2026-01-15 payment P1 100.00 on F1 100.00",
  });
  EXPECT_EQ(script.run({"2026-02-20 cancel F1"}),
            (Lines{
                "2026-02-20 AllocationReversed P1 on F1 100.00 from 2026-02-20 leaves 100.00 /"
                " 100.00 -> not_due 100.00 cash 100.00 (1)",
                "2026-02-20 InvoiceCancelled F1 100.00 -> cash 100.00",
            }));
}

TEST(Invoice, CancelledBeforeItIsKnown) {
  Script script;
  EXPECT_EQ(script.run({"2026-01-09 cancel F1"}), Lines{});
  EXPECT_EQ(script.run({"2026-01-10 2026-01-05 invoice F1 100.00 due 2026-12-31"}),
            (Lines{
                "2026-01-05 AccountChanged implicit",
                "2026-01-05 InvoiceRecorded F1 100.00 due 2026-12-31 -> not_due 100.00 (1)",
                "2026-01-09 InvoiceCancelled F1 100.00 -> 0",
            }));
  EXPECT_EQ(script.balance(), "0");
}

TEST(Invoice, AVersionAboveTheCancellationBringsItBack) {
  Script script;
  script.run({"2026-01-10 invoice F1 100.00 due 2026-12-31 v1", "2026-01-20 cancel F1 v2"});
  EXPECT_EQ(script.balance(), "0");
  script.run({"2026-01-25 2026-01-10 invoice F1 90.00 due 2026-12-31 v3"});
  EXPECT_EQ(script.balance(), "not_due 90.00 (1)");
  script.run({"2026-01-26 2026-01-20 cancel F1 v2 #again"});
  EXPECT_EQ(script.balance(), "not_due 90.00 (1)");
}

TEST(Invoice, OfZeroIsSettledAtOnce) {
  Script script;
  EXPECT_EQ(script.run({"2026-01-10 invoice F1 0.00 due 2026-02-09", "2026-12-31"}),
            (Lines{
                "2026-01-10 AccountChanged implicit",
                "2026-01-10 InvoiceRecorded F1 0.00 due 2026-02-09 -> 0",
                "2026-01-10 InvoiceSettled F1 on 2026-01-10 -> 0",
            }));
}

TEST(Invoice, KeepsItsInstalmentsAndItsFactsNameTheLineOfTheFile) {
  Script script;
  LedgerRecord record;
  record.set_account(Script::kAccount);
  record.mutable_source()->set_file_name("invoices.csv");
  record.mutable_source()->set_line(17);
  record.mutable_source()->set_topic("encours.inbox");
  record.mutable_source()->set_offset(4711);
  auto& issued = *record.mutable_event()->mutable_invoice_issued();
  issued.set_number("F1");
  set_date(day("2026-01-10"), issued.mutable_issue_date());
  set_date(day("2026-03-31"), issued.mutable_due_date());
  *issued.mutable_gross_amount() = amount("100.00");
  for (int i = 1; i <= 2; ++i) {
    auto& part = *issued.add_instalments();
    part.set_number(i);
    set_date(day(i == 1 ? "2026-02-28" : "2026-03-31"), part.mutable_due_date());
    *part.mutable_amount() = amount("50.00");
  }
  script.give(record, paris().at(day("2026-01-10"), kUndatedHour));
  const auto row = script.view().get(kInvoiceTable, one_key("F1"));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->instalments_size(), 2);
  EXPECT_EQ(row->instalments(0).amount().minor(), 5000);
  EXPECT_EQ(row->invoice().input().line(), 17);
  const auto facts = script.harness().bodies<ReceivableRecord>(kReceivablesTopic);
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(facts[1].source().file_name(), "invoices.csv");
  EXPECT_EQ(facts[1].source().line(), 17);
  EXPECT_EQ(facts[1].source().topic(), "");
  EXPECT_EQ(facts[1].source().offset(), 0);
}

}  // namespace
}  // namespace encours::ingestion::ledger
