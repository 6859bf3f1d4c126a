// Goal: the rule "score drop" from both ends of its step and of its window. Method: scores in order
// on one account; what is expected is written by hand.
#include <gtest/gtest.h>

#include "services/alerting/domain/world_test.h"

namespace encours::alerting {
namespace {

const Date kDay = on("2024-02-01");

struct ScoreDrop : testing::Test {
  TestWorld world;

  void score(std::int64_t hundredths, Date day) {
    world.take(score_record("C-17", hundredths, day));
  }
  std::vector<Alert> alerts() const {
    std::vector<Alert> all;
    for (const auto& row : world.alerts()) all.push_back(row.alert());
    return all;
  }
  std::size_t alive() const { return world.active_alerts().size(); }
  int standings() const {
    int count = 0;
    const stream::View view(world, tenant_scope("acme"));
    view.scan(kScoreStandingTable, KeyWriter(), [&](auto, const state::ScoreStandingRow&) {
      ++count;
      return true;
    });
    return count;
  }
};

TEST_F(ScoreDrop, TenPointsRaise) {
  score(8'000, kDay);
  score(7'001, kDay + 10);
  EXPECT_EQ(alive(), 0u);
  score(7'000, kDay + 20);
  ASSERT_EQ(alerts().size(), 1u);
  const Alert alert = alerts()[0];
  EXPECT_EQ(alert.kind(), v1alpha1::ALERT_KIND_SCORE_DROP);
  EXPECT_EQ(alert.account(), "C-17");
  EXPECT_EQ(to_date(alert.day()).value(), kDay + 20);
  EXPECT_EQ(alert.old_score_hundredths(), 8'000);
  EXPECT_EQ(alert.new_score_hundredths(), 7'000);
  EXPECT_EQ(alert.rule(), "score_drop");
  EXPECT_FALSE(alert.has_amount());
  ASSERT_EQ(world.facts.size(), 1u);
  EXPECT_EQ(world.facts[0].raised().old_score_hundredths(), 8'000);
  EXPECT_EQ(world.facts[0].raised().new_score_hundredths(), 7'000);
  EXPECT_FALSE(world.facts[0].raised().has_amount());
}

TEST_F(ScoreDrop, OneAtATimeUntilItHasRecovered) {
  score(8'000, kDay);
  score(6'500, kDay + 1);
  score(4'000, kDay + 2);
  EXPECT_EQ(alerts().size(), 1u);
  score(7'000, kDay + 3);
  EXPECT_EQ(alive(), 1u);
  score(7'001, kDay + 4);
  EXPECT_EQ(alive(), 0u);
  EXPECT_EQ(world.facts.back().resolved().reason_code(), "score_recovered");
  score(6'900, kDay + 5);  // Against 80.00, which is still in the window.
  EXPECT_EQ(alive(), 1u);
  EXPECT_EQ(alerts().size(), 2u);
}

// It stood until the day before `last`; the window of a score of day D begins at D - 90.
TEST_F(ScoreDrop, TheBestIsOfTheNinetyDaysBefore) {
  score(8'000, kDay);
  score(7'500, kDay + 10);
  score(6'900, kDay + 99);
  EXPECT_EQ(alive(), 1u);
}

TEST_F(ScoreDrop, WhatStoodBeforeTheWindowIsForgotten) {
  score(8'000, kDay);
  score(7'500, kDay + 10);
  score(6'900, kDay + 100);
  EXPECT_EQ(alive(), 0u);
  EXPECT_EQ(standings(), 2);
}

// A score that still stands is never too old.
TEST_F(ScoreDrop, AScoreStandsUntilTheNext) {
  score(8'000, kDay);
  score(6'000, kDay + 1'000);
  EXPECT_EQ(alive(), 1u);
}

TEST_F(ScoreDrop, ASlowSlipIsSeen) {
  for (int i = 0; i <= 10; ++i) score(8'000 - 100 * i, kDay + 7 * i);
  EXPECT_EQ(alive(), 1u);
  EXPECT_EQ(to_date(alerts()[0].day()).value(), kDay + 70);
}

TEST_F(ScoreDrop, OnlyWhatMayBeTheBestIsKept) {
  for (int i = 0; i < 50; ++i) score(5'000 + i, kDay + i);
  EXPECT_EQ(standings(), 1);
  EXPECT_EQ(alive(), 0u);
}

TEST_F(ScoreDrop, TheSameScoreTwiceRaisesNothing) {
  score(8'000, kDay);
  score(6'000, kDay + 1);
  score(6'000, kDay + 1);
  EXPECT_EQ(world.facts.size(), 1u);
}

TEST_F(ScoreDrop, AContradictionIsPoison) {
  auto record = score_record("C-17", 1, kDay);
  record.key = "acme/C-18";
  const auto effects = world.decide(record);
  ASSERT_FALSE(effects.ok());
  EXPECT_EQ(effects.failure().code, "account_mismatch");
}

}  // namespace
}  // namespace encours::alerting
