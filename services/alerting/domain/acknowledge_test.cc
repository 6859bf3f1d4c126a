// Goal: what AcknowledgeAlert answers and changes for each state of an alert, and what it refuses.
// Method: one overdue alert of account C-17, commands by hand, replies compared field by field.
#include <gtest/gtest.h>

#include "services/alerting/domain/world_test.h"

namespace encours::alerting {
namespace {

const Instant kRaised = utc("2024-01-31T23:00:00Z");
const Instant kAsked = utc("2024-02-01T09:30:00Z");

struct Acknowledge : testing::Test {
  TestWorld world;
  std::string id;

  void SetUp() override {
    world.take(world.ledger_record(
        overdue_fact("C-17", "F-1", on("2024-01-31"), 500), "record-1", kRaised, kRaised));
    id = world.alerts().at(0).alert().id();
  }
  Alert answer(const stream::Effects& effects) {
    EXPECT_TRUE(effects.reply.has_value());
    EXPECT_TRUE(effects.reply->status.ok());
    v1alpha1::AcknowledgeAlertResponse response;
    EXPECT_TRUE(response.ParseFromString(effects.reply->response));
    return response.alert();
  }
};

TEST_F(Acknowledge, SaysWhoAndWhen) {
  const Alert answered =
      answer(world.take(world.acknowledge_record("C-17", id, "request-1", kAsked)));
  const Alert stored = world.alerts().at(0).alert();
  for (const Alert& alert : {answered, stored}) {
    EXPECT_EQ(alert.id(), id);
    EXPECT_EQ(alert.state(), v1alpha1::ALERT_STATE_ACKNOWLEDGED);
    EXPECT_EQ(alert.changed_by(), "user:lea");
    EXPECT_EQ(stream::to_instant(alert.changed_at()), kAsked);
    EXPECT_EQ(stream::to_instant(alert.raised_at()), kRaised);
    EXPECT_EQ(alert.cause(), "record-1");
  }
  ASSERT_EQ(world.facts.size(), 2u);
  EXPECT_EQ(world.fact_keys[1], "acme/C-17");
  EXPECT_EQ(world.facts[1].alert(), id);
  EXPECT_EQ(world.facts[1].acknowledged().request_id(), "request-1");
  // It is still open, so it stays alive until its cause is gone.
  EXPECT_EQ(world.active_alerts(), std::vector<std::string>{id});
}

TEST_F(Acknowledge, ASecondTimeAnswersTheSameState) {
  world.take(world.acknowledge_record("C-17", id, "request-1", kAsked));
  const auto rows = world.rows;
  const Alert again = answer(
      world.take(world.acknowledge_record("C-17", id, "request-2", utc("2024-02-02T10:00:00Z"))));
  EXPECT_EQ(again.state(), v1alpha1::ALERT_STATE_ACKNOWLEDGED);
  EXPECT_EQ(stream::to_instant(again.changed_at()), kAsked);
  EXPECT_EQ(world.rows, rows);
  EXPECT_EQ(world.facts.size(), 2u);
}

TEST_F(Acknowledge, AnAlertThatIsOverStaysOver) {
  world.take(world.ledger_record(settled_fact("C-17", "F-1"), "record-2", kAsked, kAsked));
  const Alert late = answer(
      world.take(world.acknowledge_record("C-17", id, "request-1", utc("2024-02-02T10:00:00Z"))));
  EXPECT_EQ(late.state(), v1alpha1::ALERT_STATE_RESOLVED);
  EXPECT_EQ(world.facts.size(), 2u);
}

TEST_F(Acknowledge, AnAcknowledgedAlertIsResolvedByItself) {
  world.take(world.acknowledge_record("C-17", id, "request-1", kAsked));
  const Instant paid = utc("2024-02-03T05:00:00Z");
  world.take(world.ledger_record(settled_fact("C-17", "F-1"), "record-2", paid, paid));
  EXPECT_EQ(world.alerts().at(0).alert().state(), v1alpha1::ALERT_STATE_RESOLVED);
  EXPECT_EQ(world.facts.at(2).resolved().reason_code(), "settled");
  EXPECT_TRUE(world.active_alerts().empty());
}

TEST_F(Acknowledge, RefusalsNameTheirField) {
  auto unreadable = world.acknowledge_record("C-17", id, "request-5", kAsked);
  unreadable.command.set_body("\x0a\xff");
  const std::vector<std::tuple<stream::Record, std::string, std::string>> cases = {
      {world.acknowledge_record("C-17", "nothing", "request-1", kAsked),
       "alert_not_found",
       "alert"},
      {world.acknowledge_record("C-18", id, "request-2", kAsked), "alert_not_found", "alert"},
      {world.acknowledge_record("C-17", "", "request-3", kAsked), "missing_field", "alert"},
      {world.acknowledge_record("", id, "request-4", kAsked), "missing_field", "account"},
      {unreadable, "unreadable_command", ""},
  };
  const auto rows = world.rows;
  for (const auto& [record, code, field] : cases) {
    SCOPED_TRACE(code + " " + field);
    const auto effects = world.take(record);
    ASSERT_TRUE(effects.reply.has_value());
    ASSERT_FALSE(effects.reply->status.ok());
    EXPECT_EQ(effects.reply->status.failure().code, code);
    EXPECT_EQ(effects.reply->status.failure().field, field);
    EXPECT_EQ(world.rows, rows);
  }
  EXPECT_EQ(world.facts.size(), 1u);
}

TEST_F(Acknowledge, UnknownCommandsAreLeftToTheRuntime) {
  auto record = world.acknowledge_record("C-17", id, "request-1", kAsked);
  record.command.set_type("encours.alerting.v1alpha1.Unheard");
  EXPECT_FALSE(world.take(record).reply.has_value());
}

}  // namespace
}  // namespace encours::alerting
