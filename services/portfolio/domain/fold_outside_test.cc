// Goal: facts of limits, providers, scoring and dunning become the rows that answer. Method: facts
// by hand, rows read back; expected counts are written out.
#include <gtest/gtest.h>

#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

namespace dunning = encours::dunning::v1alpha1;
namespace risk = encours::risk::v1alpha1;
using testing::day;
using testing::FoldedRows;

struct FoldDunning : ::testing::Test {
  FoldedRows rows;

  static dunning::Action action(const std::string& id, const std::string& reason = "") {
    dunning::Action one;
    one.set_id(id);
    one.set_currency_code("EUR");
    one.set_step("R1");
    one.set_reason_code(reason);
    return one;
  }
  void plan(const std::string& id) {
    DunningRecord record;
    *record.mutable_action_planned()->mutable_action() = action(id);
    rows.fold("C1", record);
  }
  void suppress(const std::string& id, const std::string& reason) {
    DunningRecord record;
    *record.mutable_action_suppressed()->mutable_action() = action(id, reason);
    rows.fold("C1", record);
  }
  void send(const std::string& id) {
    DunningRecord record;
    record.mutable_action_sent()->set_action(id);
    record.mutable_action_sent()->set_step("R1");
    rows.fold("C1", record);
  }
  void fail(const std::string& id, bool again) {
    DunningRecord record;
    record.mutable_action_failed()->set_action(id);
    record.mutable_action_failed()->set_reason_code("smtp_550");
    if (again) record.mutable_action_failed()->mutable_retry_at()->set_seconds(1);
    rows.fold("C1", record);
  }
  state::CustomerDunningRow row(const std::string& currency = "EUR") const {
    return rows.view("C1").get(kDunningTable, KeyWriter().text(currency)).value();
  }
};

TEST_F(FoldDunning, CountsWhatIsPlannedAndSent) {
  plan("a1");
  plan("a2");
  EXPECT_EQ(row().planned_count(), 2);
  DunningRecord claimed;
  claimed.mutable_action_claimed()->set_action("a1");
  rows.fold("C1", claimed);
  EXPECT_EQ(row().planned_count(), 2);
  rows.set_now(Instant::parse("2026-02-03T09:00:00Z").value());
  send("a1");
  EXPECT_EQ(row().planned_count(), 1);
  EXPECT_EQ(row().sent_count(), 1);
  EXPECT_EQ(row().last_step(), "R1");
  EXPECT_EQ(to_date(row().last_sent_on()), day("2026-02-03"));
  DunningRecord superseded;
  superseded.mutable_action_superseded()->set_action("a2");
  rows.fold("C1", superseded);
  EXPECT_EQ(row().planned_count(), 0);
  EXPECT_EQ(row().sent_count(), 1);
}

TEST_F(FoldDunning, WhatIsTriedAgainIsStillPlanned) {
  plan("a1");
  fail("a1", true);
  EXPECT_EQ(row().planned_count(), 1);
  EXPECT_EQ(row().held_count(), 0);
  DunningRecord unknown;
  unknown.mutable_action_unknown()->set_action("a1");
  rows.fold("C1", unknown);
  EXPECT_EQ(row().planned_count(), 1);
  fail("a1", false);
  EXPECT_EQ(row().planned_count(), 0);
  EXPECT_EQ(row().held_count(), 1);
  EXPECT_EQ(row().held_reason_code(), "smtp_550");
  // A person has mended the address.
  plan("a1");
  EXPECT_EQ(row().planned_count(), 1);
  EXPECT_EQ(row().held_count(), 0);
  EXPECT_EQ(row().held_reason_code(), "");
}

TEST_F(FoldDunning, HeldBackUntilAMessageLeaves) {
  suppress("a1", "before_go_live");
  EXPECT_EQ(row().held_count(), 0);
  suppress("a2", "no_contact");
  suppress("a3", "no_address");
  EXPECT_EQ(row().held_count(), 2);
  EXPECT_EQ(row().held_reason_code(), "no_address");
  plan("a4");
  EXPECT_EQ(row().held_count(), 2);
  send("a4");
  EXPECT_EQ(row().held_count(), 0);
  EXPECT_EQ(row().held_reason_code(), "");
  plan("a2");  // Held back in an earlier round: nothing to take off.
  EXPECT_EQ(row().held_count(), 0);
  EXPECT_EQ(row().planned_count(), 1);
}

TEST_F(FoldDunning, TheCaseOfEachCurrency) {
  DunningRecord record;
  auto& change = *record.mutable_case_state_changed();
  change.set_currency_code("USD");
  change.set_from(dunning::CASE_STATE_OVERDUE);
  change.set_to(dunning::CASE_STATE_LEVEL);
  change.set_level(2);
  rows.fold("C1", record);
  EXPECT_EQ(row("USD").case_state(), dunning::CASE_STATE_LEVEL);
  EXPECT_EQ(row("USD").level(), 2);
  suppress("a1", "no_contact");
  change.set_currency_code("EUR");
  change.set_to(dunning::CASE_STATE_CLEAR);
  rows.fold("C1", record);
  EXPECT_EQ(row().level(), 0);
  EXPECT_EQ(row().held_count(), 0);
}

TEST_F(FoldDunning, WhatWasNeverPlannedIsPoison) {
  DunningRecord record;
  record.mutable_action_sent()->set_action("nobody");
  const Status done = rows.try_fold("C1", record);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().code, "unknown_action");
  EXPECT_EQ(rows.try_fold("C1", DunningRecord()).failure().code, "unknown_fact");
}

TEST(FoldRisk, KeepsAValueForEachProvider) {
  FoldedRows rows;
  RiskRecord record;
  auto& change = *record.mutable_criterion_changed();
  change.set_criterion(risk::CRITERION_SOLVENCY_SCORE);
  const auto say = [&](const std::string& provider, std::int64_t value) {
    change.set_provider(provider);
    change.clear_new_value();
    if (value >= 0) change.mutable_new_value()->set_number(value);
    rows.fold("C1", record);
  };
  say("altares", 60);
  say("sirene", 50);
  say("altares", 61);
  auto row = rows.view("C1").get(kRiskTable).value();
  ASSERT_EQ(row.values_size(), 2);
  EXPECT_EQ(row.values(0).value().number(), 61);
  say("altares", -1);
  row = rows.view("C1").get(kRiskTable).value();
  ASSERT_EQ(row.values_size(), 1);
  EXPECT_EQ(row.values(0).provider(), "sirene");
}

// An outage is not good news: what was good before keeps its day.
TEST(FoldRisk, AFailureKeepsTheLastGoodDay) {
  FoldedRows rows;
  RiskRecord record;
  auto& ended = *record.mutable_fetch_ended();
  ended.set_provider("altares");
  ended.set_outcome(risk::FETCH_OUTCOME_OK);
  ended.mutable_fetched_at()->set_seconds(1'770'000'000);  // 2026-02-02
  rows.fold("C1", record);
  ended.set_outcome(risk::FETCH_OUTCOME_FAILED);
  ended.mutable_fetched_at()->set_seconds(1'780'000'000);
  rows.fold("C1", record);
  const auto row = rows.view("C1").get(kRiskTable).value();
  ASSERT_EQ(row.providers_size(), 1);
  EXPECT_EQ(row.providers(0).outcome(), risk::FETCH_OUTCOME_FAILED);
  EXPECT_EQ(to_date(row.providers(0).last_good_on()), day("2026-02-02"));
  EXPECT_TRUE(row.values().empty());
}

TEST(FoldScore, TheLastOneStands) {
  FoldedRows rows;
  ScoreRecord record;
  record.mutable_score_computed()->mutable_score()->set_score_hundredths(7'000);
  rows.fold("C1", record);
  record.mutable_score_computed()->mutable_score()->set_score_hundredths(6'000);
  record.mutable_score_computed()->set_previous_score_hundredths(7'000);
  rows.fold("C1", record);
  EXPECT_EQ(rows.view("C1").get(kScoreTable)->score().score_hundredths(), 6'000);
}

TEST(FoldLimit, HoldsFromItsFirstDay) {
  FoldedRows rows;
  rows.set_now(Instant::parse("2026-02-03T09:00:00Z").value());
  ReceivableRecord record;
  auto& limit = *record.mutable_internal_limit_changed();
  *limit.mutable_amount() = make_money("EUR", 500);
  set_date(day("2026-01-01"), limit.mutable_valid_from());
  rows.fold("C1", record);
  set_date(day("2026-03-01"), limit.mutable_valid_from());
  rows.fold("C1", record);
  const auto has = [&](const std::string& first) {
    return rows.view("C1").get(kLimitTable, KeyWriter().number(day(first).days())).has_value();
  };
  EXPECT_TRUE(has("2026-02-03"));
  EXPECT_TRUE(has("2026-03-01"));
  EXPECT_FALSE(has("2026-01-01"));
}

}  // namespace
}  // namespace encours::portfolio
