// Goal: which facts of the ledger make a paid invoice, what takes it back, and what a history says.
// Method: facts in order on one account; expected figures are written by hand from the scale.
#include "services/scoring/domain/facts_test.h"

namespace encours::scoring::testing {
namespace {

struct History : ::testing::Test {
  Chain chain;
  const Date due = on("2024-03-10");

  const api::HistoryRecord& last() const { return chain.histories().back(); }
  std::int64_t count() const { return last().history().paid_invoice_count(); }
  std::size_t told() const { return chain.histories().size(); }
};

TEST_F(History, APaidInvoiceCountsOnceItIsSettled) {
  chain.take(account_changed("C-1", "retail", "lea"), during(on("2024-02-01")));
  chain.take(recorded("C-1", "F-1", due, 10'000), during(on("2024-02-01")));
  chain.take(allocated("C-1", "F-1", on("2024-03-12"), 4'000), during(on("2024-03-12")));
  EXPECT_EQ(count(), 0);
  chain.take(allocated("C-1", "F-1", on("2024-03-15"), 6'000), during(on("2024-03-15")));
  chain.take(settled("C-1", "F-1", on("2024-03-15")), during(on("2024-03-15")));
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(last().account(), "C-1");
  EXPECT_EQ(last().segment(), "retail");
  EXPECT_EQ(last().history().own_index_hundredths(), 7'667);  // 5 days late.
  EXPECT_EQ(last().history().median_days_hundredths(), 500);
  ASSERT_EQ(chain.contributions().size(), 1u);
  EXPECT_EQ(chain.contributions()[0].segment(), "retail");
  EXPECT_EQ(chain.contributions()[0].account_count_delta(), 1);
  EXPECT_EQ(chain.contributions()[0].index_sum_delta_hundredths(), 7'667);
}

TEST_F(History, FactsThatSayNothingAboutPayingTellNothing) {
  chain.paid("C-1", "F-1", due, due, 10'000);
  const std::size_t before = told();
  auto overdue = about("C-1");
  overdue.mutable_invoice_overdue()->set_invoice("F-2");
  chain.take(overdue, during(on("2024-03-12")));
  chain.take(recorded("C-1", "F-2", due, 500), during(on("2024-03-12")));
  chain.take(account_changed("C-1", "", "other"), during(on("2024-03-12")));
  EXPECT_EQ(told(), before);
}

TEST_F(History, UntilSomethingWasPaidEachInvoiceIsToldOf) {
  chain.take(recorded("C-1", "F-1", due, 500), during(on("2024-02-01")));
  chain.take(recorded("C-1", "F-2", due, 500), during(on("2024-02-02")));
  EXPECT_EQ(told(), 2u);
  EXPECT_FALSE(last().history().has_own_index_hundredths());
  EXPECT_TRUE(chain.contributions().empty());
}

TEST_F(History, TheMedianIsExactOverBlocksAndCurrencies) {
  chain.paid("C-1", "F-1", due, due - 70, 100);
  EXPECT_EQ(last().history().median_days_hundredths(), -7'000);
  chain.paid("C-1", "F-2", due, due + 3, 100, "USD");
  EXPECT_EQ(last().history().median_days_hundredths(), -3'350);
  chain.paid("C-1", "F-3", due, due + 4, 100);
  chain.paid("C-1", "F-4", due, due + 200, 100);
  EXPECT_EQ(last().history().median_days_hundredths(), 350);
}

TEST_F(History, ARejectedPaymentTakesTheInvoiceBack) {
  chain.paid("C-1", "F-1", due, due + 30, 10'000);
  chain.paid("C-1", "F-2", due, due, 30'000);
  EXPECT_EQ(last().history().own_index_hundredths(), 7'250);  // (10 * 50 + 30 * 80) / 40
  chain.take(reversed("C-1", "F-1", on("2024-04-20"), 10'000), during(on("2024-04-20")));
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(last().history().own_index_hundredths(), 8'000);
  EXPECT_EQ(last().history().median_days_hundredths(), 0);
  chain.take(allocated("C-1", "F-1", due + 60, 10'000), during(due + 60));
  chain.take(settled("C-1", "F-1", due + 60), during(due + 60));
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(last().history().own_index_hundredths(), 7'000);  // (10 * 40 + 30 * 80) / 40
}

TEST_F(History, TheLastPaidInvoiceLeavesNothingBehind) {
  chain.paid("C-1", "F-1", due, due, 10'000);
  chain.take(reversed("C-1", "F-1", due + 5, 10'000), during(due + 5));
  EXPECT_EQ(count(), 0);
  EXPECT_FALSE(last().history().has_own_index_hundredths());
  EXPECT_FALSE(last().history().has_median_days_hundredths());
  EXPECT_EQ(chain.contributions().back().account_count_delta(), -1);
  EXPECT_EQ(chain.contributions().back().index_sum_delta_hundredths(), -8'000);
  EXPECT_FALSE(chain.history.view(kTenant, "C-1").get(kPaidDaysTable, KeyWriter().number(0)));
  EXPECT_FALSE(
      chain.history.view(kTenant, "C-1").get(kPayerCurrencyTable, KeyWriter().text("EUR")));
}

TEST_F(History, ACancelledInvoiceCountsNoMoreAndMayComeBack) {
  chain.paid("C-1", "F-1", due, due, 10'000);
  chain.take(reversed("C-1", "F-1", due + 5, 10'000), during(due + 5));
  chain.take(cancelled("C-1", "F-1", due + 5), during(due + 5));
  chain.take(allocated("C-1", "F-1", due + 6, 10'000), during(due + 6));
  EXPECT_EQ(count(), 0);
  chain.take(recorded("C-1", "F-1", due, 10'000), during(due + 7));
  chain.take(settled("C-1", "F-1", due + 7), during(due + 7));
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(last().history().median_days_hundredths(), 700);
}

TEST_F(History, WhatACreditNoteSettlesAloneIsNoPayment) {
  chain.take(recorded("C-1", "F-1", due, 10'000), during(due));
  chain.take(allocated("C-1", "F-1", due, 10'000, true), during(due));
  chain.take(settled("C-1", "F-1", due), during(due));
  EXPECT_EQ(count(), 0);
  // With money for a part of it, the invoice counts with its gross amount.
  chain.take(recorded("C-1", "F-2", due, 10'000), during(due));
  chain.take(allocated("C-1", "F-2", due, 9'000, true), during(due));
  chain.take(allocated("C-1", "F-2", due, 1'000), during(due));
  chain.take(settled("C-1", "F-2", due), during(due));
  EXPECT_EQ(count(), 1);
}

// The ledger opens and settles it in one decision and says the amounts only.
TEST_F(History, SettledAnewWithoutAWord) {
  chain.paid("C-1", "F-1", due, due, 10'000);
  chain.take(reversed("C-1", "F-1", due + 9, 10'000), during(due + 9));
  chain.take(allocated("C-1", "F-1", due + 9, 10'000), during(due + 9));
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(last().history().median_days_hundredths(), 900);
}

TEST_F(History, ANewVersionMovesThePaidInvoice) {
  chain.paid("C-1", "F-1", due, due + 10, 10'000);
  chain.take(recorded("C-1", "F-1", due + 10, 10'000), during(due + 20));
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(last().history().median_days_hundredths(), 0);
  chain.take(recorded("C-1", "F-1", due + 10, 12'000), during(due + 21));
  EXPECT_EQ(count(), 0);
}

TEST_F(History, AFactDatedAheadWaitsForItsDay) {
  const Date value_day = due + 3;
  chain.take(recorded("C-1", "F-1", due, 10'000), during(due));
  chain.take(allocated("C-1", "F-1", value_day, 10'000), during(due));
  chain.take(settled("C-1", "F-1", value_day), during(due));
  chain.tick(during(value_day, 0));
  EXPECT_EQ(count(), 0);
  chain.tick(during(value_day, 8));
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(last().history().median_days_hundredths(), 300);
  EXPECT_EQ(chain.history.timer_count(), 0u);
}

TEST_F(History, AnAccountTakesItsIndexToItsNewSegment) {
  chain.take(account_changed("C-1", "retail"), during(due));
  chain.paid("C-1", "F-1", due, due, 10'000);
  chain.take(account_changed("C-1", "export"), during(due + 1));
  ASSERT_EQ(chain.contributions().size(), 3u);
  EXPECT_EQ(chain.contributions()[1].segment(), "retail");
  EXPECT_EQ(chain.contributions()[1].account_count_delta(), -1);
  EXPECT_EQ(chain.contributions()[1].index_sum_delta_hundredths(), -8'000);
  EXPECT_EQ(chain.contributions()[2].segment(), "export");
  EXPECT_EQ(chain.contributions()[2].account_count_delta(), 1);
  EXPECT_EQ(chain.contributions()[2].index_sum_delta_hundredths(), 8'000);
  EXPECT_EQ(last().segment(), "export");
}

TEST_F(History, SequencesCountTheRecords) {
  chain.paid("C-1", "F-1", due, due, 100);
  chain.paid("C-1", "F-2", due, due, 100);
  for (std::size_t i = 0; i < told(); ++i) {
    EXPECT_EQ(chain.histories()[i].sequence(), static_cast<std::int64_t>(i) + 1);
  }
}

TEST_F(History, ContradictionsArePoison) {
  auto wrong = StageHarness::fact_record(kTenant, "C-2", during(due), "r", about("C-1"));
  EXPECT_EQ(chain.history.handle(wrong).failure().code, "key_mismatch");
  auto undated = recorded("C-1", "F-1", due, 1);
  undated.mutable_invoice_recorded()->clear_due_date();
  auto record = StageHarness::fact_record(kTenant, "C-1", during(due), "r", undated);
  EXPECT_EQ(chain.history.handle(record).failure().code, "invalid_date");
}

}  // namespace
}  // namespace encours::scoring::testing
