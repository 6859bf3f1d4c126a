// Goal: what can't be taken is refused with its field and changes nothing; other events pass.
// Method: one wrong event each, built from a right one; rows and facts are looked at after it.
#include <gtest/gtest.h>

#include <functional>

#include "services/ingestion/domain/ledger/ledger_script_test.h"

namespace encours::ingestion::ledger {
namespace {

LedgerRecord record_of(const std::function<void(erp::ErpEvent&)>& fill) {
  LedgerRecord record;
  record.set_account(Script::kAccount);
  record.mutable_source()->set_file_name("f.csv");
  record.mutable_source()->set_line(3);
  record.mutable_event()->set_source("erp");
  record.mutable_event()->set_id("e-1");
  fill(*record.mutable_event());
  return record;
}

void good_invoice(erp::ErpEvent& event) {
  auto& issued = *event.mutable_invoice_issued();
  issued.set_number("F1");
  set_date(day("2026-01-10"), issued.mutable_issue_date());
  set_date(day("2026-02-10"), issued.mutable_due_date());
  *issued.mutable_gross_amount() = amount("100.00");
}
void good_payment(erp::ErpEvent& event) {
  event.mutable_payment_received()->set_payment("P1");
  *event.mutable_payment_received()->mutable_amount() = amount("10.00");
}

struct Case {
  const char* refusal;
  std::function<void(erp::ErpEvent&)> spoil;
};

void expect_refused(const std::function<void(erp::ErpEvent&)>& good,
                    const std::vector<Case>& cases) {
  for (const auto& wrong : cases) {
    Script script;
    const auto record = record_of([&](erp::ErpEvent& event) {
      good(event);
      wrong.spoil(event);
    });
    script.give(record, paris().at(day("2026-01-10"), 6, 0));
    auto refusals = script.harness().take_refusals();
    ASSERT_EQ(refusals.size(), 1U) << wrong.refusal;
    EXPECT_EQ(refusals[0].error.code + " " + refusals[0].error.field, wrong.refusal);
    EXPECT_EQ(refusals[0].content_type, "application/json");
    EXPECT_EQ(original_of(refusals[0]).SerializeAsString(), record.event().SerializeAsString());
    EXPECT_EQ(refusals[0].position.line(), 3);
    EXPECT_TRUE(script.harness().rows().all().empty()) << wrong.refusal;
    EXPECT_TRUE(script.harness().facts().empty()) << wrong.refusal;
  }
}

TEST(Refusal, Invoices) {
  const auto issued = [](erp::ErpEvent& event) { return event.mutable_invoice_issued(); };
  expect_refused(
      good_invoice,
      {
          {"missing_field invoice_issued.number", [&](auto& e) { issued(e)->clear_number(); }},
          {"missing_field invoice_issued.issue_date",
           [&](auto& e) { issued(e)->clear_issue_date(); }},
          {"missing_field invoice_issued.due_date", [&](auto& e) { issued(e)->clear_due_date(); }},
          {"invalid_date invoice_issued.due_date",
           [&](auto& e) { issued(e)->mutable_due_date()->set_day(30); }},
          {"due_before_issue invoice_issued.due_date",
           [&](auto& e) { set_date(day("2026-01-09"), issued(e)->mutable_due_date()); }},
          {"missing_field invoice_issued.gross_amount",
           [&](auto& e) { issued(e)->clear_gross_amount(); }},
          {"unknown_currency invoice_issued.gross_amount",
           [&](auto& e) { issued(e)->mutable_gross_amount()->set_currency_code("EURO"); }},
          {"negative_amount invoice_issued.gross_amount",
           [&](auto& e) { issued(e)->mutable_gross_amount()->set_minor(-1); }},
          {"amount_out_of_range invoice_issued.gross_amount",
           [&](auto& e) { issued(e)->mutable_gross_amount()->set_minor(INT64_MAX); }},
      });
}

TEST(Refusal, Payments) {
  const auto received = [](erp::ErpEvent& event) { return event.mutable_payment_received(); };
  expect_refused(
      good_payment,
      {
          {"missing_field payment_received.payment",
           [&](auto& e) { received(e)->clear_payment(); }},
          {"missing_field payment_received.amount", [&](auto& e) { received(e)->clear_amount(); }},
          {"negative_amount payment_received.allocations[1].amount",
           [&](auto& e) {
             received(e)->add_allocations()->set_invoice("F1");
             received(e)->add_allocations()->mutable_amount()->set_currency_code("EUR");
             received(e)->mutable_allocations(1)->mutable_amount()->set_minor(-5);
           }},
      });
}

TEST(Refusal, EventsThatNameNothing) {
  expect_refused(
      [](erp::ErpEvent&) {},
      {
          {"missing_field credit_note_issued.number",
           [](auto& e) { e.mutable_credit_note_issued(); }},
          {"missing_field invoice_cancelled.invoice",
           [](auto& e) { e.mutable_invoice_cancelled(); }},
          {"missing_field payment_rejected.payment", [](auto& e) { e.mutable_payment_rejected(); }},
          {"missing_field payment_allocated.payment",
           [](auto& e) { e.mutable_payment_allocated(); }},
          {"missing_field allocation_reversed.payment",
           [](auto& e) { e.mutable_allocation_reversed(); }},
          {"reserved_id payment_allocated.allocation",
           [](auto& e) {
             e.mutable_payment_allocated()->set_allocation("payment/P1#1");
             e.mutable_payment_allocated()->set_payment("P1");
           }},
      });
}

TEST(Refusal, DocumentsThatComeAgainWithOtherContent) {
  Script script;
  script.run({
      "2026-01-10 invoice F1 100.00 due 2026-12-31",
      "2026-01-11 payment P1 50.00",
      "2026-01-12 credit N1 5.00",
      "2026-01-13 allocate A1 P1 F1 10.00",
  });
  EXPECT_EQ(script.run({
                "2026-01-14 payment P1 51.00",
                "2026-01-15 credit N1 6.00",
                "2026-01-16 allocate A1 P1 F1 11.00",
            }),
            Lines{});
  EXPECT_EQ(script.refusals(),
            (Lines{
                "conflicting_duplicate payment_received.payment",
                "conflicting_duplicate credit_note_issued.number",
                "conflicting_duplicate payment_allocated.allocation",
            }));
  EXPECT_EQ(script.balance(), "not_due 90.00 credit 5.00 cash 40.00 (1)");
}

TEST(Refusal, AParkedEventThatTurnsOutWrongIsRefusedAlone) {
  Script script;
  script.run({"2026-01-09 reject P1 USD:5.00 #wrong"});
  EXPECT_EQ(script.refusals(), Lines{});
  EXPECT_EQ(script.run({"2026-01-10 payment P1 50.00"}).back(),
            "2026-01-10 PaymentRecorded P1 50.00 -> cash 50.00");
  auto refusals = script.harness().take_refusals();
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].error.code, "currency_mismatch");
  EXPECT_EQ(original_of(refusals[0]).id(), "#wrong");
}

TEST(Refusal, ALargeBalanceIsRefusedBeforeItLeavesItsRange) {
  Script script;
  for (int i = 1; i <= 1000; ++i) {
    script.feed("2026-01-10 payment P" + std::to_string(i) + " 10000000000000.00");
  }
  EXPECT_EQ(script.refusals(), Lines{});
  script.feed("2026-01-10 payment P1001 0.01");
  EXPECT_EQ(script.refusals(), Lines{"amount_out_of_range payment_received.amount"});
}

TEST(Refusal, UnreadableBytesAndUnknownTenantsArePoison) {
  Script script;
  auto record = stream::testing::StageHarness::fact_record(
      Script::kTenant, Script::kAccount, Instant(), "1", LedgerRecord());
  record.value = "\xFF\xFF";
  EXPECT_EQ(script.harness().handle(record).failure().code, "unreadable_record");
  record.key = "nobody/C-1";
  record.envelope.set_tenant("nobody");
  EXPECT_EQ(script.harness().handle(record).failure().code, "unknown_tenant");
}

TEST(Refusal, EventsOfALaterIssueAreAcceptedWithoutEffect) {
  Script script;
  const std::vector<std::function<void(erp::ErpEvent&)>> kLater = {
      [](auto& e) { e.mutable_order_placed()->set_order("O1"); },
      [](auto& e) { e.mutable_dispute_opened()->set_dispute("D1"); },
      [](auto& e) { e.mutable_promise_recorded()->set_promise("R1"); },
      [](auto& e) { e.mutable_term_paper_accepted()->set_term_paper("T1"); },
      [](auto& e) { e.mutable_payment_rejected()->set_term_paper("T1"); },
      [](auto& e) {
        e.mutable_payment_allocated()->set_down_payment("DP1");
        e.mutable_payment_allocated()->mutable_part()->set_invoice("F1");
      },
  };
  for (const auto& fill : kLater) {
    script.give(record_of(fill), paris().at(day("2026-01-10"), 6, 0));
  }
  EXPECT_TRUE(script.harness().rows().all().empty());
  EXPECT_TRUE(script.harness().facts().empty());
  EXPECT_EQ(script.refusals(), Lines{});
}

TEST(Refusal, PartsForOtherAccountsAndAccessoriesStayUnallocated) {
  Script script;
  script.run({"2026-01-10 invoice F1 100.00 due 2026-12-31"});
  const auto record = record_of([](erp::ErpEvent& event) {
    good_payment(event);
    auto& received = *event.mutable_payment_received();
    received.add_allocations()->set_accessory_claim("I1");
    received.add_allocations()->set_invoice("F1");
    received.mutable_allocations(1)->set_account("C-2");
  });
  script.give(record, paris().at(day("2026-01-11"), 6, 0));
  EXPECT_EQ(script.balance(), "not_due 100.00 cash 10.00 (1)");
}

}  // namespace
}  // namespace encours::ingestion::ledger
