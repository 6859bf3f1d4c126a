// Goal: what SetMonitoring and RefreshRisk answer, plan and refuse. Method: commands by hand on
// RiskWorld; replies compared field by field.
#include "services/risk_enrichment/domain/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/risk_enrichment/domain/world_test.h"

namespace encours::risk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Instant kAt = utc("2024-01-15T05:00:00Z");
const Instant kLater = utc("2024-01-15T09:00:00Z");

struct Commands : testing::Test {
  RiskWorld world;

  static api::SetMonitoringRequest watch(bool monitored, const std::string& company = kSirenA) {
    api::SetMonitoringRequest request;
    request.set_legal_entity(company);
    request.set_monitored(monitored);
    return request;
  }
  static api::RefreshRiskRequest refresh(const std::vector<std::string>& providers = {},
                                         bool preview = false) {
    api::RefreshRiskRequest request;
    request.set_legal_entity(kSirenA);
    for (const auto& one : providers) request.add_providers(one);
    request.set_preview(preview);
    return request;
  }
  static std::vector<std::string> costs(const stream::Reply& reply) {
    EXPECT_TRUE(reply.status.ok());
    api::RefreshRiskResponse response;
    EXPECT_TRUE(response.ParseFromString(reply.response));
    std::vector<std::string> out;
    for (const auto& one : response.costs()) {
      out.push_back(one.provider() + " " +
                    (one.has_cost() ? std::to_string(one.cost().minor()) : "free"));
    }
    return out;
  }
  void expect_refusal(const stream::Reply& reply, const std::string& code_and_field) {
    ASSERT_FALSE(reply.status.ok());
    EXPECT_EQ(reply.status.failure().code + " " + reply.status.failure().field, code_and_field);
    EXPECT_THAT(world.asked, IsEmpty());
  }
};

TEST_F(Commands, APersonDecidesAboveThePolicy) {
  world.publish(RiskWorld::policy(api::RiskPolicy::WATCH_NAMED));
  world.link(kSirenA, "C-1", kAt);
  EXPECT_THAT(world.told(), IsEmpty());
  const auto reply = world.command(watch(true), kLater);
  api::SetMonitoringResponse response;
  ASSERT_TRUE(response.ParseFromString(reply.response));
  EXPECT_TRUE(response.monitored());
  EXPECT_EQ(world.asked.size(), 2u);
  EXPECT_THAT(world.told(), ElementsAre("C-1 watched person"));
  world.command(watch(true), kLater);  // As it is.
  EXPECT_EQ(world.asked.size(), 2u);
  EXPECT_THAT(world.told(), IsEmpty());
  world.command(watch(false), kLater);
  EXPECT_THAT(world.told(), ElementsAre("C-1 left person"));
}

TEST_F(Commands, AProspectCanBeWatchedBeforeItIsACustomer) {
  world.publish(RiskWorld::altares_only());
  world.command(watch(true), kAt);
  world.end(world.take_asked("altares"), ok({number(api::CRITERION_SOLVENCY_SCORE, 70)}), kLater);
  EXPECT_THAT(world.told(), IsEmpty());
  world.link(kSirenA, "C-1", kLater);
  EXPECT_THAT(world.told(),
              ElementsAre("C-1 watched person", "C-1 SOLVENCY_SCORE - 70 INFO", "C-1 altares OK"));
}

TEST_F(Commands, ARefreshAsksWhoIsNotAskedAlready) {
  world.publish(RiskWorld::policy());
  world.link(kSirenA, "C-1", kAt);
  const Asked first = world.take_asked("altares");
  world.end(first, ok({}), kAt);
  // Sirene still owes its first answer.
  EXPECT_THAT(costs(world.command(refresh(), kLater)), ElementsAre("altares 450"));
  const Asked again = world.take_asked("altares");
  EXPECT_NE(again.fetch.idempotency_key(), first.fetch.idempotency_key());
  EXPECT_THAT(costs(world.command(refresh({"altares"}), kLater)), IsEmpty());
  world.end(again, ok({}), kLater);
  EXPECT_THAT(costs(world.command(refresh({"altares"}), kLater)), ElementsAre("altares 450"));
}

TEST_F(Commands, AfterAFailureAPersonPaysForNothingTwice) {
  world.publish(RiskWorld::altares_only());
  world.link(kSirenA, "C-1", kAt);
  const Asked first = world.take_asked("altares");
  world.end(first, api::FETCH_OUTCOME_FAILED, "truncated", kAt);
  world.command(refresh(), kAt);
  EXPECT_EQ(world.take_asked("altares").fetch.idempotency_key(), first.fetch.idempotency_key());
}

TEST_F(Commands, APreviewSaysTheCostAndAsksNobody) {
  world.publish(RiskWorld::policy());
  world.link(kSirenA, "C-1", kAt);
  world.asked.clear();
  const auto rows = world.harness.rows().all();
  EXPECT_THAT(costs(world.command(refresh({}, true), kAt)),
              ElementsAre("altares 450", "sirene free"));
  EXPECT_THAT(costs(world.command(refresh({"sirene"}, true), kAt)), ElementsAre("sirene free"));
  EXPECT_THAT(world.asked, IsEmpty());
  EXPECT_EQ(world.harness.rows().all(), rows);
}

TEST_F(Commands, RefusalsNameTheirField) {
  expect_refusal(world.command(watch(true, ""), kAt), "missing_field legal_entity");
  expect_refusal(world.command(watch(true, "siren:12"), kAt), "invalid_legal_entity legal_entity");
  expect_refusal(world.command(watch(false), kAt), "company_not_found legal_entity");
  expect_refusal(world.command(refresh(), kAt), "company_not_found legal_entity");
  world.link(kSirenA, "C-1", kAt);
  expect_refusal(world.command(refresh(), kAt), "no_policy ");
  world.publish(RiskWorld::policy(api::RiskPolicy::WATCH_NAMED));
  expect_refusal(world.command(refresh({"creditsafe"}), kAt), "unknown_provider providers");
  world.link("entity:E1", "C-2", kAt);
  auto without = refresh();
  without.set_legal_entity("entity:E1");
  expect_refusal(world.command(without, kAt), "no_siren legal_entity");
}

TEST(CommandsInWallTime, ARefreshBeforeGoLiveIsRefused) {
  RiskWorld world(stream::TenantSetting::CLOCK_MODE_WALL);
  world.publish(RiskWorld::policy());
  world.link(kSirenA, "C-1", kAt);
  const auto reply = world.command(Commands::refresh(), kAt);
  ASSERT_FALSE(reply.status.ok());
  EXPECT_EQ(reply.status.failure().code, "before_go_live");
  EXPECT_THAT(world.asked, IsEmpty());
  EXPECT_EQ(Commands::costs(world.command(Commands::refresh({}, true), kAt)).size(), 2u);
}

}  // namespace
}  // namespace encours::risk
