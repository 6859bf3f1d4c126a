// Goal: money, credit notes and what they pay are right to the cent, and nothing is paid twice.
// Method: short histories as tables; each fact and the sums after it were worked out by hand.
#include <gtest/gtest.h>

#include "services/ingestion/domain/ledger/ledger_script_test.h"

namespace encours::ingestion::ledger {
namespace {

constexpr const char* kInvoice = "2026-01-10 invoice F1 100.00 due 2026-12-31";

TEST(Payment, PartPaymentsSettleAnInvoiceOnTheDayOfTheLast) {
  Script script;
  script.run({kInvoice});
  EXPECT_EQ(script.run({
                "2026-02-01 payment P1 33.33 on F1 33.33",
                "2026-02-02 payment P2 33.33 on F1 33.33",
                "2026-02-05 2026-02-03 payment P3 33.34 on F1 33.34",
            }),
            (Lines{
                "2026-02-01 PaymentRecorded P1 33.33 -> not_due 100.00 cash 33.33 (1)",
                "2026-02-01 AllocationRecorded P1 on F1 33.33 from 2026-02-01 leaves 66.67 / 0.00"
                " -> not_due 66.67 (1)",
                "2026-02-02 PaymentRecorded P2 33.33 -> not_due 66.67 cash 33.33 (1)",
                "2026-02-02 AllocationRecorded P2 on F1 33.33 from 2026-02-02 leaves 33.34 / 0.00"
                " -> not_due 33.34 (1)",
                "2026-02-03 PaymentRecorded P3 33.34 -> not_due 33.34 cash 33.34 (1)",
                "2026-02-03 AllocationRecorded P3 on F1 33.34 from 2026-02-03 leaves 0.00 / 0.00"
                " -> 0",
                "2026-02-03 InvoiceSettled F1 on 2026-02-03 -> 0",
            }));
}

TEST(Payment, WhatNoInvoiceTakesStaysUnallocated) {
  Script script;
  script.run({kInvoice});
  EXPECT_EQ(script.run({"2026-02-01 payment P1 130.00 on F1 130.00"}),
            (Lines{
                "2026-02-01 PaymentRecorded P1 130.00 -> not_due 100.00 cash 130.00 (1)",
                "2026-02-01 AllocationRecorded P1 on F1 100.00 from 2026-02-01 leaves 0.00 / 30.00"
                " -> cash 30.00",
                "2026-02-01 InvoiceSettled F1 on 2026-02-01 -> cash 30.00",
            }));
  EXPECT_EQ(script.run({
                "2026-03-01 invoice F2 50.00 due 2026-12-31",
                "2026-03-02 allocate A1 P1 F2 50.00",
            }),
            (Lines{
                "2026-03-01 InvoiceRecorded F2 50.00 due 2026-12-31"
                " -> not_due 50.00 cash 30.00 (1)",
                "2026-03-01 AllocationRecorded P1 on F2 30.00 from 2026-03-01 leaves 20.00 / 0.00"
                " -> not_due 20.00 (1)",
            }));
}

TEST(Payment, OneForSeveralInvoices) {
  Script script;
  script.run({kInvoice, "2026-01-11 invoice F2 50.00 due 2026-12-31"});
  script.run({"2026-02-01 payment P1 140.00 on F1 100.00 on F2 40.00"});
  EXPECT_EQ(script.balance(), "not_due 10.00 (1)");
}

TEST(Payment, WithoutAmountAnAllocationTakesAllItCan) {
  Script script;
  script.run({kInvoice, "2026-02-01 payment P1 70.00", "2026-02-02 allocate A1 P1 F1"});
  EXPECT_EQ(script.balance(), "not_due 30.00 (1)");
}

TEST(Payment, BeforeItsInvoiceItIsCashAndPaysItWhenItComes) {
  Script script;
  EXPECT_EQ(script.run({"2026-01-05 payment P1 60.00 on F1 60.00"}).back(),
            "2026-01-05 PaymentRecorded P1 60.00 -> cash 60.00");
  // The claim can't count as paid before it was issued.
  EXPECT_EQ(script.run({kInvoice}),
            (Lines{
                "2026-01-10 InvoiceRecorded F1 100.00 due 2026-12-31"
                " -> not_due 100.00 cash 60.00 (1)",
                "2026-01-10 AllocationRecorded P1 on F1 60.00 from 2026-01-10 leaves 40.00 / 0.00"
                " -> not_due 40.00 (1)",
            }));
}

TEST(Payment, AnEffectiveDateOfItsOwnDecidesTheAgeButNotWhenTheMoneyCame) {
  Script script;
  script.run({kInvoice, "2026-02-12 payment P1 100.00"});
  EXPECT_EQ(script.run({"2026-02-13 allocate A1 P1 F1 100.00 at 2026-02-10"}),
            (Lines{
                "2026-02-12 AllocationRecorded P1 on F1 100.00 from 2026-02-10 leaves 0.00 / 0.00"
                " -> 0",
                "2026-02-10 InvoiceSettled F1 on 2026-02-10 -> 0",
            }));
}

TEST(Payment, OfTwoForOneInvoiceTheEarlierPaysWhateverComesFirst) {
  Script script;
  script.run({kInvoice, "2026-02-10 payment P2 100.00 on F1 100.00"});
  // P1 is of an earlier day: it takes the place of P2, whose money becomes cash.
  EXPECT_EQ(script.run({"2026-02-11 2026-02-01 payment P1 100.00 on F1 100.00"}),
            (Lines{
                "2026-02-01 PaymentRecorded P1 100.00 -> cash 100.00",
                "2026-02-10 AllocationReversed P2 on F1 100.00 from 2026-02-10 leaves 100.00 /"
                " 100.00 -> not_due 100.00 cash 200.00 (1)",
                "2026-02-01 AllocationRecorded P1 on F1 100.00 from 2026-02-01 leaves 0.00 / 0.00"
                " -> cash 100.00",
            }));
}

TEST(Payment, ADoublePaymentTakesOverWhenTheFirstIsRejected) {
  Script script;
  script.run({
      kInvoice,
      "2026-02-01 payment P1 100.00 on F1 100.00",
      "2026-02-02 payment P2 100.00 on F1 100.00",
  });
  EXPECT_EQ(script.balance(), "cash 100.00");
  EXPECT_EQ(script.run({"2026-02-05 reject P1"}),
            (Lines{
                "2026-02-05 AllocationReversed P1 on F1 100.00 from 2026-02-05 leaves 100.00 /"
                " 100.00 -> not_due 100.00 cash 200.00 (1)",
                "2026-02-05 PaymentRejected P1 100.00 -> not_due 100.00 cash 100.00 (1)",
                "2026-02-05 AllocationRecorded P2 on F1 100.00 from 2026-02-05 leaves 0.00 / 0.00"
                " -> 0",
            }));
}

TEST(Payment, MoneyThatAnotherInvoiceIsOwedGoesThere) {
  Script script;
  // P2 names F1, which P1 has paid, and then F2: it pays F2.
  script.run({
      kInvoice,
      "2026-01-11 invoice F2 80.00 due 2026-12-31",
      "2026-02-01 payment P1 100.00 on F1 100.00",
      "2026-02-02 payment P2 100.00 on F1 100.00",
      "2026-02-03 allocate A1 P2 F2 80.00",
  });
  EXPECT_EQ(script.balance(), "cash 20.00");
}

TEST(Payment, RejectedInPartItGivesBackTheLastOfWhatItPaid) {
  Script script;
  script.run({kInvoice, "2026-01-11 invoice F2 50.00 due 2026-12-31"});
  script.run({"2026-02-01 payment P1 150.00 on F1 100.00 on F2 50.00"});
  EXPECT_EQ(script.run({"2026-02-05 reject P1 20.00"}),
            (Lines{
                "2026-02-05 AllocationReversed P1 on F2 20.00 from 2026-02-05 leaves 20.00 / 20.00"
                " -> not_due 20.00 cash 20.00 (1)",
                "2026-02-05 PaymentRejected P1 20.00 -> not_due 20.00 (1)",
            }));
}

TEST(Payment, RejectedTwiceItIsTakenBackOnce) {
  Script script;
  script.run({kInvoice, "2026-02-01 payment P1 100.00 on F1 100.00", "2026-02-05 reject P1"});
  EXPECT_EQ(script.run({"2026-02-06 reject P1"}), Lines{});
  EXPECT_EQ(script.balance(), "not_due 100.00 (1)");
}

TEST(Payment, RejectedBeforeItIsKnownItPaysAndOpensAgain) {
  Script script;
  script.run({kInvoice});
  EXPECT_EQ(script.run({"2026-02-05 reject P1"}), Lines{});
  EXPECT_EQ(script.run({"2026-02-06 2026-02-01 payment P1 100.00 on F1 100.00"}),
            (Lines{
                "2026-02-01 PaymentRecorded P1 100.00 -> not_due 100.00 cash 100.00 (1)",
                "2026-02-01 AllocationRecorded P1 on F1 100.00 from 2026-02-01 leaves 0.00 / 0.00"
                " -> 0",
                "2026-02-05 AllocationReversed P1 on F1 100.00 from 2026-02-05 leaves 100.00 /"
                " 100.00 -> not_due 100.00 cash 100.00 (1)",
                "2026-02-05 PaymentRejected P1 100.00 -> not_due 100.00 (1)",
            }));
}

TEST(Reversal, ById) {
  Script script;
  script.run({kInvoice, "2026-02-01 payment P1 100.00", "2026-02-01 allocate A1 P1 F1 100.00"});
  EXPECT_EQ(script.run({"2026-02-05 reverse A1 40.00"}),
            (Lines{
                "2026-02-05 AllocationReversed P1 on F1 40.00 from 2026-02-05 leaves 40.00 / 40.00"
                " -> not_due 40.00 cash 40.00 (1)",
            }));
  script.run({"2026-02-06 reverse A1"});
  EXPECT_EQ(script.balance(), "not_due 100.00 cash 100.00 (1)");
}

TEST(Reversal, ByTheTwoEndsAndAllocatedAgain) {
  Script script;
  script.run({
      kInvoice,
      "2026-02-01 payment P1 100.00 on F1 60.00",
      "2026-02-05 unpay P1 F1",
  });
  EXPECT_EQ(script.balance(), "not_due 100.00 cash 100.00 (1)");
  // Happened after the reversal, which does not touch it.
  script.run({"2026-02-06 allocate A2 P1 F1 25.00"});
  EXPECT_EQ(script.balance(), "not_due 75.00 cash 75.00 (1)");
}

TEST(Reversal, ByTheTwoEndsOfAPartTakesFromTheNewest) {
  Script script;
  script.run({
      kInvoice,
      "2026-02-01 payment P1 100.00",
      "2026-02-02 allocate A1 P1 F1 30.00",
      "2026-02-03 allocate A2 P1 F1 30.00",
      "2026-02-05 unpay P1 F1 40.00",
  });
  const auto taken = [&](const char* id) {
    return script.view().get(kAllocationTable, one_key(id))->allocation().amount_minor();
  };
  EXPECT_EQ(taken("A1"), 2000);
  EXPECT_EQ(taken("A2"), 0);
}

TEST(CreditNote, LinkedLowersItsInvoiceAndKeepsTheRest) {
  Script script;
  script.run({kInvoice, "2026-01-20 payment P1 80.00 on F1 80.00"});
  EXPECT_EQ(script.run({"2026-02-01 credit N1 50.00 on F1"}),
            (Lines{
                "2026-02-01 CreditNoteRecorded N1 50.00 -> not_due 20.00 credit 50.00 (1)",
                "2026-02-01 AllocationRecorded N1 on F1 20.00 from 2026-02-01 leaves 0.00 / 30.00"
                " -> credit 30.00",
                "2026-02-01 InvoiceSettled F1 on 2026-02-01 -> credit 30.00",
            }));
}

TEST(CreditNote, FreeIsUnallocatedUntilItIsAllocated) {
  Script script;
  script.run({kInvoice, "2026-02-01 credit N1 50.00"});
  EXPECT_EQ(script.balance(), "not_due 100.00 credit 50.00 (1)");
}

TEST(CreditNote, BeforeItsInvoice) {
  Script script;
  script.run({"2026-01-05 credit N1 50.00 on F1 50.00", kInvoice});
  EXPECT_EQ(script.balance(), "not_due 50.00 (1)");
}

TEST(Currency, SumsNeverMix) {
  Script script;
  script.run({
      kInvoice,
      "2026-01-10 invoice U1 USD:70.00 due 2026-12-31",
      "2026-02-01 payment P1 USD:20.00 on U1 USD:20.00",
  });
  EXPECT_EQ(script.balance("EUR"), "not_due 100.00 (1)");
  EXPECT_EQ(script.balance("USD"), "USD not_due 50.00 (1)");
}

TEST(Currency, MoneyOfAnotherOneIsKeptAndItsAllocationRefused) {
  Script script;
  script.run({kInvoice, "2026-02-01 payment P1 USD:100.00 on F1 USD:100.00"});
  EXPECT_EQ(script.refusals(), Lines{"currency_mismatch payment_allocated.part.amount"});
  EXPECT_EQ(script.balance("EUR"), "not_due 100.00 (1)");
  EXPECT_EQ(script.balance("USD"), "USD cash 100.00");
}

TEST(Currency, TheRefusalComesOnceAlsoWhereTheInvoiceComesLast) {
  Script script;
  script.run({"2026-02-01 payment P1 USD:100.00 on F1 USD:100.00"});
  EXPECT_EQ(script.refusals(), Lines{});
  script.run({kInvoice});
  auto refusals = script.harness().take_refusals();
  ASSERT_EQ(refusals.size(), 1U);
  const erp::ErpEvent original = original_of(refusals[0]);
  EXPECT_EQ(original.payment_allocated().payment(), "P1");
  EXPECT_EQ(original.payment_allocated().part().invoice(), "F1");
  EXPECT_EQ(original.payment_allocated().part().amount().minor(), 10000);
  script.run({"2026-02-02 payment P2 10.00 on F1 10.00"});
  EXPECT_EQ(script.refusals(), Lines{});
}

}  // namespace
}  // namespace encours::ingestion::ledger
