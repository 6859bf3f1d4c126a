// Goal: each kind of fact leaves the rows that lists and timelines read, and what contradicts
// itself is poison. Method: facts by hand, rows read back and compared field by field.
#include "services/portfolio/domain/fold.h"

#include <gtest/gtest.h>

#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

using testing::allocated;
using testing::day;
using testing::FoldedRows;
using testing::From;
using testing::invoice;

state::InvoiceViewRow invoice_row(const FoldedRows& rows, const std::string& number) {
  return rows.view("C1").get(kInvoiceTable, KeyWriter().text(number)).value();
}

TEST(Fold, MasterDataAndBalanceAreTheLastOnes) {
  FoldedRows rows;
  rows.fold("C1", testing::account_changed("strategic", "anne"));
  rows.fold("C1", testing::account_changed("standard", "paul"));
  auto fact = invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000);
  fact.mutable_balance()->set_currency_code("EUR");
  fact.mutable_balance()->set_not_due(10000);
  fact.mutable_balance()->set_disputed(300);
  rows.fold("C1", fact);
  const auto customer = rows.view("C1").get(kCustomerTable).value();
  EXPECT_EQ(customer.segment(), "standard");
  EXPECT_EQ(customer.owner(), "paul");
  EXPECT_FALSE(customer.implicit());
  const auto balance = rows.view("C1").get(kBalanceTable, KeyWriter().text("EUR")).value();
  EXPECT_EQ(balance.balance().not_due(), 10000);
  EXPECT_EQ(balance.balance().disputed(), 300);
}

TEST(Fold, ACustomerWithoutMasterDataIsKnownAllTheSame) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  EXPECT_TRUE(rows.view("C1").get(kCustomerTable).value().implicit());
}

TEST(Fold, TheInvoiceRowFollowsItsMovements) {
  FoldedRows rows;
  auto fact = invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000);
  *fact.mutable_invoice_recorded()->mutable_tax_amount() = make_money("EUR", 1667);
  fact.mutable_invoice_recorded()->set_structured_reference("RF18539007547034");
  fact.mutable_source()->set_file_name("a.csv");
  fact.mutable_source()->set_line(7);
  rows.fold("C1", fact);
  auto row = invoice_row(rows, "F1");
  EXPECT_EQ(row.number(), "F1");
  EXPECT_EQ(row.currency_code(), "EUR");
  EXPECT_EQ(row.gross_amount_minor(), 10000);
  EXPECT_EQ(row.tax_amount_minor(), 1667);
  EXPECT_EQ(row.open_amount_minor(), 10000);
  EXPECT_EQ(row.state(), state::INVOICE_VIEW_STATE_OPEN);
  EXPECT_EQ(row.structured_reference(), "RF18539007547034");
  EXPECT_EQ(row.source().line(), 7);
  EXPECT_EQ(row.due_date().day(), 31);

  rows.fold("C1", allocated(From::kPayment, "P1", "F1", day("2026-01-20"), 4000));
  EXPECT_EQ(invoice_row(rows, "F1").open_amount_minor(), 6000);
  rows.fold("C1", allocated(From::kPayment, "P2", "F1", day("2026-01-21"), 6000));
  rows.fold("C1", testing::settled("F1", day("2026-01-21")));
  row = invoice_row(rows, "F1");
  EXPECT_EQ(row.open_amount_minor(), 0);
  EXPECT_EQ(row.state(), state::INVOICE_VIEW_STATE_SETTLED);
  EXPECT_EQ(row.settled_on().day(), 21);

  rows.fold("C1", testing::reversed(From::kPayment, "P2", "F1", day("2026-01-25"), 1500));
  row = invoice_row(rows, "F1");
  EXPECT_EQ(row.open_amount_minor(), 1500);
  EXPECT_EQ(row.state(), state::INVOICE_VIEW_STATE_OPEN);
  EXPECT_FALSE(row.has_settled_on());
}

TEST(Fold, ANewVersionKeepsWhatWasPaid) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C1", allocated(From::kPayment, "P1", "F1", day("2026-01-20"), 4000));
  rows.fold("C1", invoice("F1", day("2026-01-02"), day("2026-02-28"), 12000));
  const auto row = invoice_row(rows, "F1");
  EXPECT_EQ(row.gross_amount_minor(), 12000);
  EXPECT_EQ(row.open_amount_minor(), 8000);
  EXPECT_EQ(row.due_date().month(), 2);
}

TEST(Fold, ACancelledInvoiceIsClosedAndMayComeBack) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C1", testing::cancelled("F1", day("2026-01-15"), 10000));
  auto row = invoice_row(rows, "F1");
  EXPECT_EQ(row.open_amount_minor(), 0);
  EXPECT_EQ(row.state(), state::INVOICE_VIEW_STATE_CANCELLED);
  EXPECT_EQ(row.settled_on().day(), 15);
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 9000));
  row = invoice_row(rows, "F1");
  EXPECT_EQ(row.open_amount_minor(), 9000);
  EXPECT_EQ(row.state(), state::INVOICE_VIEW_STATE_OPEN);
  EXPECT_FALSE(row.has_settled_on());
}

TEST(Fold, FactsOfTheDayMoveNoMoney) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  ReceivableRecord overdue;
  overdue.mutable_invoice_overdue()->set_invoice("F1");
  *overdue.mutable_invoice_overdue()->mutable_open_amount() = make_money("EUR", 10000);
  rows.fold("C1", overdue);
  EXPECT_EQ(invoice_row(rows, "F1").open_amount_minor(), 10000);
  int movements = 0;
  rows.view("C1").scan(kInvoiceMovementTable, {}, [&](std::string_view, const auto&) {
    ++movements;
    return true;
  });
  EXPECT_EQ(movements, 1);
}

TEST(Fold, AccountsAndTenantsAreApart) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C2", invoice("F1", day("2026-01-01"), day("2026-01-31"), 500));
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 70), "other");
  EXPECT_EQ(invoice_row(rows, "F1").gross_amount_minor(), 10000);
  EXPECT_EQ(rows.view("C2").get(kInvoiceTable, KeyWriter().text("F1"))->gross_amount_minor(), 500);
  EXPECT_EQ(
      rows.view("C1", "other").get(kInvoiceTable, KeyWriter().text("F1"))->gross_amount_minor(),
      70);
}

void expect_poison(ReceivableRecord fact, const std::string& code, const std::string& field) {
  FoldedRows rows;
  const Status done = rows.try_fold("C1", std::move(fact));
  ASSERT_FALSE(done.ok()) << code;
  EXPECT_EQ(done.failure().reaction, Reaction::kPoison);
  EXPECT_EQ(done.failure().code, code);
  EXPECT_EQ(done.failure().field, field);
  EXPECT_TRUE(rows.harness().rows().all().empty());
}

TEST(Fold, WhatContradictsItselfIsPoison) {
  expect_poison({}, "unknown_fact", "fact");
  auto no_day = invoice("F1", day("2026-01-01"), day("2026-01-31"), 100);
  no_day.mutable_invoice_recorded()->mutable_issue_date()->set_day(32);
  expect_poison(no_day, "invalid_date", "issue_date");
  auto no_due = invoice("F1", day("2026-01-01"), day("2026-01-31"), 100);
  no_due.mutable_invoice_recorded()->clear_due_date();
  expect_poison(no_due, "invalid_date", "due_date");
  expect_poison(invoice("", day("2026-01-01"), day("2026-01-31"), 100), "missing_field", "invoice");
  expect_poison(invoice("F1", day("2026-01-01"), day("2026-01-31"), 100, ""),
                "missing_field",
                "currency_code");
  expect_poison(invoice("F1", day("2026-01-01"), day("2026-01-31"), INT64_MIN),
                "amount_out_of_range",
                "amount");
  auto from_both = allocated(From::kPayment, "P1", "F1", day("2026-01-01"), 1);
  from_both.mutable_allocation_recorded()->set_credit_note("A1");
  expect_poison(from_both, "missing_field", "payment");
}

TEST(Fold, ARecordUnderAnotherKeyIsPoison) {
  FoldedRows rows;
  auto fact = invoice("F1", day("2026-01-01"), day("2026-01-31"), 100);
  fact.set_account("C2");
  const Instant at = Instant::from_unix_micros(0);
  const auto record = stream::testing::StageHarness::fact_record("t", "C1", at, "r", fact);
  const Status done = rows.harness().handle(record);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().code, "key_mismatch");
  auto garbage = record;
  garbage.value = "\x07";
  EXPECT_EQ(rows.harness().handle(garbage).failure().code, "unreadable_record");
}

}  // namespace
}  // namespace encours::portfolio
