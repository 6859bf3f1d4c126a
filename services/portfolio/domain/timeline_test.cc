// Goal: a customer's history holds every fact and alert in the order in which it was recorded, each
// with its subject and its reason in words. Method: facts by hand; entries read in order of key.
#include "services/portfolio/domain/timeline.h"

#include <gtest/gtest.h>

#include <vector>

#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

using testing::day;
using testing::FoldedRows;
using testing::From;

std::vector<api::TimelineEntry> entries(const FoldedRows& rows) {
  std::vector<api::TimelineEntry> out;
  rows.view("C1").scan(kTimelineTable, {}, [&](std::string_view, const state::TimelineRow& row) {
    out.push_back(timeline_entry(row));
    return true;
  });
  return out;
}

ReceivableRecord one_of_each(int which) {
  ReceivableRecord record;
  switch (which) {
    case 0:
      record = testing::account_changed("strategic", "anne");
      break;
    case 1:
      record = testing::invoice("F1", day("2026-01-05"), day("2026-02-04"), 120000);
      break;
    case 2:
      record = testing::payment("P1", day("2026-02-20"), 50000);
      break;
    case 3:
      record = testing::allocated(From::kPayment, "P1", "F1", day("2026-02-20"), 50000);
      *record.mutable_allocation_recorded()->mutable_invoice_open_amount() =
          make_money("EUR", 70000);
      *record.mutable_allocation_recorded()->mutable_unallocated_amount() = make_money("EUR", 0);
      break;
    case 4:
      record = testing::reversed(From::kPayment, "P1", "F1", day("2026-02-25"), 50000);
      *record.mutable_allocation_reversed()->mutable_invoice_open_amount() =
          make_money("EUR", 120000);
      *record.mutable_allocation_reversed()->mutable_unallocated_amount() =
          make_money("EUR", 50000);
      break;
    case 5:
      record = testing::rejected("P1", day("2026-02-25"), 50000);
      record.mutable_payment_rejected()->set_reason_code("AC04");
      break;
    case 6:
      record = testing::credit_note("A1", day("2026-02-26"), 120000);
      record.mutable_credit_note_recorded()->set_invoice("F1");
      break;
    case 7:
      record.mutable_invoice_overdue()->set_invoice("F1");
      set_date(day("2026-02-04"), record.mutable_invoice_overdue()->mutable_due_date());
      *record.mutable_invoice_overdue()->mutable_open_amount() = make_money("EUR", 120000);
      break;
    case 8:
      record.mutable_aging_bucket_crossed()->set_invoice("F1");
      record.mutable_aging_bucket_crossed()->set_from(AgingBucket::AGING_BUCKET_1_30);
      record.mutable_aging_bucket_crossed()->set_to(AgingBucket::AGING_BUCKET_31_60);
      *record.mutable_aging_bucket_crossed()->mutable_open_amount() = make_money("EUR", 120000);
      break;
    case 9:
      record = testing::settled("F1", day("2026-02-26"));
      break;
    case 10:
      record = testing::cancelled("F1", day("2026-03-01"), 120000);
      break;
    case 11:
      record.mutable_conflict_detected()->set_source("sap");
      record.mutable_conflict_detected()->set_source_id("e-17");
      break;
  }
  return record;
}

struct Expected {
  const char* kind;
  const char* document;
  std::int64_t amount;
  std::int64_t open;
  const char* reason;
};
const Expected kExpected[] = {
    {"account_changed",
     "",
     0,
     0,
     "Master data of the customer came, segment strategic, owner anne."},
    {"invoice_recorded",
     "F1",
     120000,
     0,
     "Invoice F1 of 1200.00 EUR, issued on 2026-01-05, is due on 2026-02-04."},
    {"payment_recorded", "P1", 50000, 0, "Payment P1 of 500.00 EUR came with value of 2026-02-20."},
    {"allocation_recorded",
     "F1",
     50000,
     70000,
     "500.00 EUR of payment P1 pays invoice F1 from 2026-02-20 on; 700.00 EUR of the invoice is "
     "open, 0.00 EUR of the payment is left."},
    {"allocation_reversed",
     "F1",
     50000,
     120000,
     "500.00 EUR of payment P1 no longer pays invoice F1 from 2026-02-25 on; 1200.00 EUR of the "
     "invoice is open, 500.00 EUR of the payment is left."},
    {"payment_rejected",
     "P1",
     50000,
     0,
     "The bank took back 500.00 EUR of payment P1 on 2026-02-25, reason AC04."},
    {"credit_note_recorded",
     "A1",
     120000,
     0,
     "Credit note A1 of 1200.00 EUR, issued on 2026-02-26, names invoice F1."},
    {"invoice_overdue",
     "F1",
     0,
     120000,
     "Invoice F1 was due on 2026-02-04 and 1200.00 EUR is still open on the day after."},
    {"aging_bucket_crossed",
     "F1",
     0,
     120000,
     "Invoice F1 with 1200.00 EUR open has come from 1 to 30 days late to 31 to 60 days late."},
    {"invoice_settled", "F1", 0, 0, "Nothing of invoice F1 is open since 2026-02-26."},
    {"invoice_cancelled",
     "F1",
     120000,
     0,
     "Invoice F1 was cancelled on 2026-03-01; 1200.00 EUR was open."},
    {"conflict_detected",
     "",
     0,
     0,
     "Event e-17 of source sap came again with other content; the first one stands."},
};

TEST(Timeline, EachKindOfFactHasItsWords) {
  FoldedRows rows;
  for (int which = 0; which < 12; ++which) rows.fold("C1", one_of_each(which));
  const auto found = entries(rows);
  ASSERT_EQ(found.size(), std::size(kExpected));
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].kind(), kExpected[i].kind);
    EXPECT_EQ(found[i].document(), kExpected[i].document) << kExpected[i].kind;
    EXPECT_EQ(found[i].amount().minor(), kExpected[i].amount) << kExpected[i].kind;
    EXPECT_EQ(found[i].open_amount().minor(), kExpected[i].open) << kExpected[i].kind;
    EXPECT_EQ(found[i].reason(), kExpected[i].reason);
    EXPECT_EQ(found[i].id(), "r" + std::to_string(i + 1));
    EXPECT_EQ(found[i].actor(), "test");
    EXPECT_TRUE(found[i].has_receivable());
  }
}

TEST(Timeline, AlertsStandAmongTheFacts) {
  FoldedRows rows;
  rows.fold("C1", testing::invoice("F1", day("2026-01-05"), day("2026-02-04"), 120000));
  AlertRecord raised;
  raised.set_alert("a1");
  raised.mutable_raised()->set_kind(encours::alerting::v1alpha1::ALERT_KIND_OVERDUE);
  raised.mutable_raised()->set_invoice("F1");
  raised.mutable_raised()->set_rule("overdue");
  raised.mutable_raised()->set_rule_version(3);
  set_date(day("2026-02-05"), raised.mutable_raised()->mutable_day());
  *raised.mutable_raised()->mutable_amount() = make_money("EUR", 120000);
  rows.fold("C1", raised);
  AlertRecord acknowledged;
  acknowledged.mutable_acknowledged();
  rows.fold("C1", acknowledged);
  AlertRecord resolved;
  resolved.mutable_resolved()->set_reason_code("settled");
  rows.fold("C1", resolved);
  AlertRecord retracted;
  retracted.mutable_retracted()->set_reason_code("allocation_reversed");
  rows.fold("C1", retracted);

  const auto found = entries(rows);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[1].kind(), "alert_raised");
  EXPECT_EQ(found[1].document(), "F1");
  EXPECT_EQ(found[1].amount().minor(), 120000);
  EXPECT_EQ(found[1].reason(),
            "Alert by rule overdue (version 3): invoice F1 is overdue on 2026-02-05 with 1200.00 "
            "EUR open.");
  EXPECT_EQ(found[2].reason(), "test has taken note of the alert.");
  EXPECT_EQ(found[3].reason(), "The alert ended because its cause is gone: settled.");
  EXPECT_EQ(found[4].kind(), "alert_retracted");
  EXPECT_EQ(found[4].reason(), "The alert was taken back: allocation_reversed.");
  EXPECT_EQ(rows.try_fold("C1", AlertRecord()).failure().code, "unknown_change");
}

// An alert is recorded at the instant of the fact that raised it; its order key, which continues
// that of its cause, puts it behind.
TEST(Timeline, RecordsOfOneInstantFollowTheirOrderKeys) {
  FoldedRows rows;
  const Instant at = Instant::parse("2026-02-04T23:00:00Z").value();
  AlertRecord alert;
  alert.set_account("C1");
  alert.mutable_raised();
  auto raised = stream::testing::StageHarness::fact_record("t", "C1", at, "a", alert, 1);
  ReceivableRecord fact = one_of_each(7);
  fact.set_account("C1");
  auto overdue = stream::testing::StageHarness::fact_record("t", "C1", at, "z", fact, 0);
  const auto set_order = [](stream::Record* record, const std::string& order, auto body) {
    record->envelope.set_order_key(order);
    record->value = stream::encode_fact(record->envelope, stream::Effects::serialise(body));
  };
  set_order(&raised, "timer/1/00000/00000", alert);
  set_order(&overdue, "timer/1/00000", fact);
  ASSERT_TRUE(rows.harness().handle(raised).ok());
  ASSERT_TRUE(rows.harness().handle(overdue).ok());
  const auto found = entries(rows);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].kind(), "invoice_overdue");
  EXPECT_EQ(found[1].kind(), "alert_raised");
}

}  // namespace
}  // namespace encours::portfolio
