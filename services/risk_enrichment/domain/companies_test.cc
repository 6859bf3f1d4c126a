// Goal: which facts companies tell and whom they ask, over links, policies, answers and failures.
// Method: the stage with rows in memory (RiskWorld); facts in short, expected by hand. Midnight in
// Paris is 23:00 UTC in winter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/risk_enrichment/domain/schedule.h"
#include "services/risk_enrichment/domain/world_test.h"

namespace encours::risk {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const Instant kFirst = utc("2024-01-15T05:00:00Z");
using Lines = std::vector<std::string>;

struct Companies : testing::Test {
  RiskWorld world;

  static Instant after(std::int64_t hours) { return kFirst + std::chrono::hours(hours); }
  void link_all(int accounts) {
    for (int i = 1; i <= accounts; ++i) world.link(kSirenA, "C-" + std::to_string(i), kFirst);
  }
  // One account, watched by altares alone.
  void watch_one() {
    world.publish(RiskWorld::altares_only());
    world.link(kSirenA, "C-1", kFirst);
    world.take_facts();
  }
};

TEST_F(Companies, WithoutAPolicyNobodyIsAsked) {
  link_all(2);
  EXPECT_THAT(world.asked, IsEmpty());
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST_F(Companies, FiveAccountsBuyOneReportAndEachHasItsCopy) {
  world.publish(RiskWorld::altares_only());
  link_all(5);
  ASSERT_EQ(world.asked.size(), 1u);
  const Asked asked = world.take_asked("altares");
  EXPECT_EQ(stored_date(asked.fetch.day()).to_string(), "2024-01-15");
  world.take_facts();
  world.end(asked, ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), after(0));
  Lines expected;
  for (int i = 1; i <= 5; ++i) {
    expected.push_back("C-" + std::to_string(i) + " SOLVENCY_SCORE - 62 INFO");
  }
  for (int i = 1; i <= 5; ++i) expected.push_back("C-" + std::to_string(i) + " altares OK");
  EXPECT_EQ(world.told(), expected);
  EXPECT_THAT(world.asked, IsEmpty());
}

TEST_F(Companies, AFactSaysAllThatThereIs) {
  watch_one();
  auto answer = ok({euros(api::CRITERION_RECOMMENDED_CREDIT, 12'000'00)});
  *answer.mutable_criteria(0)->mutable_as_of() = to_proto(Date::parse("2024-01-10").value());
  world.end(world.take_asked("altares"), answer, after(1));
  const auto facts = world.take_facts();
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].legal_entity(), kSirenA);
  const auto& change = facts[0].criterion_changed();
  EXPECT_FALSE(change.has_old_value());
  EXPECT_EQ(change.provider(), "altares");
  EXPECT_EQ(change.document_sha256(), "d0c");
  EXPECT_EQ(stored_date(change.as_of()).to_string(), "2024-01-10");
  EXPECT_EQ(stream::to_instant(change.fetched_at()), after(1));
  const auto& ended = facts[1].fetch_ended();
  EXPECT_EQ(ended.cost().minor(), 450);
  EXPECT_EQ(stream::to_instant(ended.last_good_at()), after(1));
}

TEST_F(Companies, ALaterAccountGetsWhatIsKnownAsItsOwn) {
  watch_one();
  world.end(world.take_asked("altares"),
            ok({code(api::CRITERION_INSOLVENCY, "liquidation"),
                number(api::CRITERION_SOLVENCY_SCORE, 3)}),
            after(1));
  world.take_facts();
  world.link(kSirenA, "C-9", after(2));
  EXPECT_THAT(world.told(),
              ElementsAre("C-9 watched policy",
                          "C-9 SOLVENCY_SCORE - 3 INFO",
                          "C-9 INSOLVENCY - liquidation CRITICAL",
                          "C-9 altares OK"));
  EXPECT_THAT(world.asked, IsEmpty());
  world.link(kSirenA, "C-9", after(3));  // The same again.
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST_F(Companies, OnlyWhatHasChangedIsAFact) {
  watch_one();
  world.end(
      world.take_asked("altares"),
      ok({number(api::CRITERION_SOLVENCY_SCORE, 62), number(api::CRITERION_PAYMENT_INDEX, 79)}),
      after(1));
  world.take_facts();
  world.tick(after(8 * 24));
  world.end(
      world.take_asked("altares"),
      ok({number(api::CRITERION_PAYMENT_INDEX, 79), number(api::CRITERION_SOLVENCY_SCORE, 39)}),
      after(8 * 24));
  EXPECT_THAT(world.told(), ElementsAre("C-1 SOLVENCY_SCORE 62 39 CRITICAL", "C-1 altares OK"));
  world.tick(after(16 * 24));
  world.end(
      world.take_asked("altares"), ok({number(api::CRITERION_SOLVENCY_SCORE, 39)}), after(16 * 24));
  EXPECT_THAT(world.told(), ElementsAre("C-1 PAYMENT_INDEX 79 - WARNING", "C-1 altares OK"));
  world.tick(after(24 * 24));
  world.end(
      world.take_asked("altares"), ok({number(api::CRITERION_SOLVENCY_SCORE, 39)}), after(24 * 24));
  EXPECT_THAT(world.told(), ElementsAre("C-1 altares OK"));
}

TEST_F(Companies, AFailureChangesNoCriterionAndIsTriedAgain) {
  watch_one();
  world.end(world.take_asked("altares"), ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), after(1));
  world.tick(after(8 * 24));
  world.take_facts();
  const auto rows = world.harness.rows().all();
  const Asked first = world.take_asked("altares");
  world.end(first, api::FETCH_OUTCOME_FAILED, "http_500", after(8 * 24));
  const auto facts = world.take_facts();
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(RiskWorld::line_of(facts[0]), "C-1 altares FAILED http_500");
  EXPECT_EQ(stream::to_instant(facts[0].fetch_ended().last_good_at()), after(1));
  EXPECT_FALSE(facts[0].fetch_ended().has_cost());
  for (const auto& [key, value] : rows) {
    if (static_cast<std::uint8_t>(key[0]) != kCriterionTable.id) continue;
    EXPECT_EQ(world.harness.rows().get(key), value);
  }
  // Again within the longest wait after a first failure, 2 minutes, with the same key.
  world.tick(after(8 * 24) + std::chrono::seconds(121));
  const Asked second = world.take_asked("altares");
  EXPECT_NE(second.effect, first.effect);
  EXPECT_EQ(second.fetch.idempotency_key(), first.fetch.idempotency_key());
  world.end(second, ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), second.at);
  EXPECT_THAT(world.told(), ElementsAre("C-1 altares OK"));
  // The next answer is another one.
  world.tick(after(20 * 24));
  EXPECT_NE(world.take_asked("altares").fetch.idempotency_key(), first.fetch.idempotency_key());
}

TEST_F(Companies, AProviderIsLeftAloneAsLongAsItAsks) {
  watch_one();
  world.end(world.take_asked("altares"), api::FETCH_OUTCOME_FAILED, "http_429", after(0), 3600);
  world.tick(after(1) - Duration(1));
  EXPECT_THAT(world.asked, IsEmpty());
  world.tick(after(1));
  EXPECT_EQ(world.asked.size(), 1u);
}

TEST_F(Companies, ALostAnswerIsAskedForAgainBeforeItCounts) {
  watch_one();
  const Asked first = world.take_asked("altares");
  world.end(first, api::FETCH_OUTCOME_UNKNOWN, "timeout", after(1));
  EXPECT_THAT(world.told(), IsEmpty());
  const Asked second = world.take_asked("altares");
  EXPECT_EQ(second.fetch.idempotency_key(), first.fetch.idempotency_key());
  world.end(second, api::FETCH_OUTCOME_UNKNOWN, "timeout", after(1));
  EXPECT_THAT(world.told(), ElementsAre("C-1 altares UNKNOWN timeout"));
  EXPECT_THAT(world.asked, IsEmpty());
  world.tick(after(2));
  const Asked third = world.take_asked("altares");
  EXPECT_EQ(third.fetch.idempotency_key(), first.fetch.idempotency_key());
  world.end(third, ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), after(2));
  EXPECT_THAT(world.told(), ElementsAre("C-1 SOLVENCY_SCORE - 62 INFO", "C-1 altares OK"));
}

TEST_F(Companies, NotFoundIsAnAnswerAndClearsNothing) {
  watch_one();
  world.end(world.take_asked("altares"), ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), after(1));
  world.tick(after(8 * 24));
  world.take_facts();
  world.end(world.take_asked("altares"), api::FETCH_OUTCOME_NOT_FOUND, "", after(8 * 24));
  EXPECT_THAT(world.told(), ElementsAre("C-1 altares NOT_FOUND"));
  EXPECT_EQ(stream::to_instant(world.provider("altares").standing().last_good_at()), after(1));
}

// Every 7 days after its own first shift; stale_after_days 10.
TEST_F(Companies, RefreshesAtMidnightEveryRefreshDays) {
  watch_one();
  world.end(world.take_asked("altares"), ok({}), after(0));
  const std::int64_t shift = spread_days("acme/" + std::string(kSirenA) + "/altares", 7);
  ASSERT_LE(shift, 3);
  Instant due = utc("2024-01-21T23:00:00Z") - std::chrono::hours(24 * shift);
  for (int week = 0; week < 4; ++week) {
    world.tick(due - Duration(1));
    EXPECT_THAT(world.asked, IsEmpty()) << week;
    world.tick(due);
    ASSERT_EQ(world.asked.size(), 1u) << week;
    world.end(world.take_asked("altares"), ok({}), due);
    due = due + std::chrono::hours(24 * 7);
  }
}

TEST_F(Companies, WhatIsTooOldIsStaleOnceAndGoodAgainWithAnAnswer) {
  watch_one();
  world.end(world.take_asked("altares"), ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), after(0));
  world.take_facts();
  // Older than 10 days: from 00:00 of 26 January in Paris on. Nobody answers meanwhile.
  world.tick(utc("2024-01-25T22:59:59Z"));
  EXPECT_THAT(world.told(), IsEmpty());
  world.tick(utc("2024-02-20T00:00:00Z"));
  const auto facts = world.take_facts();
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(RiskWorld::line_of(facts[0]), "C-1 altares STALE too_old");
  EXPECT_EQ(stream::to_instant(facts[0].fetch_ended().last_good_at()), after(0));
  EXPECT_TRUE(world.provider("altares").stale());
  world.end(
      world.take_asked("altares"), ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), after(900));
  EXPECT_FALSE(world.provider("altares").stale());
  EXPECT_THAT(world.told(), ElementsAre("C-1 altares OK"));
}

TEST_F(Companies, AnOutcomeThatIsNotWaitedForChangesNothing) {
  watch_one();
  const Asked asked = world.take_asked("altares");
  world.end(asked, ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), after(1));
  world.take_facts();
  world.end(asked, ok({number(api::CRITERION_SOLVENCY_SCORE, 1)}), after(2));
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST_F(Companies, ACompanyWithoutSirenCanNotBeAsked) {
  world.publish(RiskWorld::altares_only());
  world.link("entity:E1", "C-1", kFirst);
  EXPECT_THAT(world.told(), ElementsAre("C-1 watched policy", "C-1 altares FAILED no_siren"));
  world.tick(after(24 * 40));
  EXPECT_THAT(world.asked, IsEmpty());
  EXPECT_THAT(world.told(), IsEmpty());
}

TEST_F(Companies, TheLastAccountThatLeavesEndsTheWatch) {
  watch_one();
  world.link(kSirenA, "C-2", kFirst);
  world.end(world.take_asked("altares"), ok({number(api::CRITERION_SOLVENCY_SCORE, 62)}), after(1));
  world.take_facts();
  world.unlink(kSirenA, "C-1", after(2));
  EXPECT_THAT(world.told(), ElementsAre("C-1 left no_account"));
  world.unlink(kSirenA, "C-2", after(2));
  EXPECT_THAT(world.told(), ElementsAre("C-2 left no_account"));
  world.tick(after(24 * 60));
  EXPECT_THAT(world.asked, IsEmpty());
  // It comes back: what is known is told with its age, and the next answer is long due.
  world.link(kSirenA, "C-3", after(24 * 61));
  EXPECT_THAT(
      world.told(),
      ElementsAre("C-3 SOLVENCY_SCORE - 62 INFO", "C-3 altares STALE", "C-3 watched policy"));
  world.tick(after(24 * 62));
  EXPECT_EQ(world.asked.size(), 1u);
}

TEST_F(Companies, ANewPolicyReachesThoseThatAreThere) {
  link_all(1);
  world.link(kSirenB, "C-2", kFirst);
  world.publish(RiskWorld::policy());
  EXPECT_THAT(world.asked, IsEmpty());
  world.tick(utc("2024-01-15T07:00:00Z"));
  EXPECT_EQ(world.asked.size(), 4u);
  EXPECT_THAT(world.told(), ElementsAre("C-1 watched policy", "C-2 watched policy"));
  // Without altares it rests; the answer that is under way still counts.
  auto fewer = RiskWorld::policy();
  fewer.mutable_providers()->DeleteSubrange(0, 1);
  world.publish(fewer);
  const Asked asked = world.take_asked("altares");
  world.end(asked, ok({number(api::CRITERION_SOLVENCY_SCORE, 5)}), after(3));
  world.tick(after(24 * 2));
  EXPECT_FALSE(world.provider("altares").standing().has_next_at());
  world.publish(RiskWorld::policy(api::RiskPolicy::WATCH_NAMED));
  world.take_facts();
  world.tick(after(24 * 3));
  EXPECT_THAT(world.told(), ElementsAre("C-1 left policy", "C-2 left policy"));
}

TEST_F(Companies, HearOfPoliciesAndGoLives) {
  const CompaniesStage stage;
  EXPECT_THAT(stage.sweep_kinds(), ElementsAre("risk_policy", "tenant"));
  // The table by which scopes are found begins with the scope.
  EXPECT_EQ(stage.sweep_table(), kCompanyTable.id);
}

TEST(CompaniesInWallTime, BeforeGoLiveNobodyIsAskedAndAfterItAllAre) {
  RiskWorld world(stream::TenantSetting::CLOCK_MODE_WALL);
  world.publish(RiskWorld::altares_only());
  world.link(kSirenA, "C-1", kFirst);
  EXPECT_THAT(world.asked, IsEmpty());
  EXPECT_THAT(world.told(),
              ElementsAre("C-1 watched policy", "C-1 altares SUPPRESSED before_go_live"));
  const Instant live = kFirst + std::chrono::hours(100);
  world.go_live(live, stream::TenantSetting::CLOCK_MODE_WALL);
  world.tick(live - std::chrono::hours(50));
  world.tick(live - Duration(1));
  EXPECT_THAT(world.asked, IsEmpty());
  EXPECT_THAT(world.told(), IsEmpty());
  world.tick(live);
  EXPECT_EQ(world.asked.size(), 1u);
}

TEST_F(Companies, PoisonIsRefused) {
  api::CompanyRecord fact;
  fact.set_legal_entity(kSirenB);
  fact.mutable_account_linked()->set_account("C-1");
  const auto record =
      stream::testing::StageHarness::fact_record("acme", kSirenA, kFirst, "r1", fact);
  const Status refused = world.harness.handle(record);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code, "company_mismatch");
}

}  // namespace
}  // namespace encours::risk
