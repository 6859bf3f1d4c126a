// Goal: the rule "overdue at once" from both ends: which facts raise an alert, and which end it.
// Method: facts in order on one account of tenant acme (Europe/Paris); what is expected is written
// by hand, the ids were computed by another implementation of stable_id (Python's hashlib).
#include <gtest/gtest.h>

#include "services/alerting/domain/world_test.h"

namespace encours::alerting {
namespace {

// stable_id(acme, overdue, C-17, F-1, 2024-02-01)
constexpr const char* kFirstId = "23713bcf0c1b3d6651470505133a32c8";
// stable_id(acme, overdue, C-17, F-1, 2024-02-11)
constexpr const char* kReopenedId = "80b65aa860780ebdde77779ecbaaf2ad";
// stable_id(kFirstId, record-3)
constexpr const char* kSameDayId = "7ddbbdaa1017727e28a47d7928148bcc";

// 2024-02-01T00:00 in Paris.
const Instant kMidnight = utc("2024-01-31T23:00:00Z");

struct OverdueRule : testing::Test {
  TestWorld world;

  void overdue(const std::string& id, Instant at, const std::string& due_date = "2024-01-31") {
    world.take(world.ledger_record(overdue_fact("C-17", "F-1", on(due_date), 12'345), id, at, at));
  }
  void settle(const std::string& id, Instant at) {
    world.take(world.ledger_record(settled_fact("C-17", "F-1"), id, at, at));
  }
  Alert only() const {
    EXPECT_EQ(world.alerts().size(), 1u);
    return world.alerts().at(0).alert();
  }
};

TEST_F(OverdueRule, RaisesOneAlertWithAllThatItSays) {
  overdue("record-1", kMidnight);
  const Alert alert = only();
  EXPECT_EQ(alert.name(), std::string("tenants/acme/alerts/") + kFirstId);
  EXPECT_EQ(alert.tenant(), "acme");
  EXPECT_EQ(alert.id(), kFirstId);
  EXPECT_EQ(alert.account(), "C-17");
  EXPECT_EQ(alert.kind(), v1alpha1::ALERT_KIND_OVERDUE);
  EXPECT_EQ(alert.invoice(), "F-1");
  EXPECT_EQ(to_date(alert.day()).value(), on("2024-02-01"));
  EXPECT_EQ(alert.amount().currency_code(), "EUR");
  EXPECT_EQ(alert.amount().minor(), 12'345);
  EXPECT_EQ(alert.state(), v1alpha1::ALERT_STATE_RAISED);
  EXPECT_EQ(alert.cause(), "record-1");
  EXPECT_EQ(alert.rule(), "overdue");
  EXPECT_EQ(stream::to_instant(alert.raised_at()), kMidnight);
  EXPECT_EQ(stream::to_instant(alert.changed_at()), kMidnight);
  EXPECT_EQ(alert.changed_by(), "clock");
}

TEST_F(OverdueRule, PublishesTheAlertUnderItsAccount) {
  overdue("record-1", kMidnight);
  ASSERT_EQ(world.facts.size(), 1u);
  EXPECT_EQ(world.fact_keys[0], "acme/C-17");
  const auto& fact = world.facts[0];
  EXPECT_EQ(fact.account(), "C-17");
  EXPECT_EQ(fact.alert(), kFirstId);
  EXPECT_EQ(fact.raised().kind(), v1alpha1::ALERT_KIND_OVERDUE);
  EXPECT_EQ(fact.raised().invoice(), "F-1");
  EXPECT_EQ(to_date(fact.raised().day()).value(), on("2024-02-01"));
  EXPECT_EQ(fact.raised().amount().minor(), 12'345);
  EXPECT_EQ(fact.raised().rule(), "overdue");
}

TEST_F(OverdueRule, ALateTickChangesNoDay) {
  // The tick came two days late; the fact still holds from 2024-02-01.
  world.take(world.ledger_record(overdue_fact("C-17", "F-1", on("2024-01-31"), 1),
                                 "record-1",
                                 utc("2024-02-03T09:00:00Z"),
                                 kMidnight));
  EXPECT_EQ(only().id(), kFirstId);
}

TEST_F(OverdueRule, TheSameFactTwiceRaisesNothing) {
  overdue("record-1", kMidnight);
  overdue("record-1", kMidnight);
  settle("record-2", utc("2024-02-05T05:00:00Z"));
  overdue("record-1", kMidnight);
  EXPECT_EQ(only().state(), v1alpha1::ALERT_STATE_RESOLVED);
  EXPECT_EQ(world.facts.size(), 2u);
}

TEST_F(OverdueRule, SettledResolves) {
  overdue("record-1", kMidnight);
  settle("record-2", utc("2024-02-05T05:00:00Z"));
  EXPECT_EQ(only().state(), v1alpha1::ALERT_STATE_RESOLVED);
  EXPECT_EQ(stream::to_instant(only().changed_at()), utc("2024-02-05T05:00:00Z"));
  EXPECT_EQ(stream::to_instant(only().raised_at()), kMidnight);
  ASSERT_EQ(world.facts.size(), 2u);
  EXPECT_EQ(world.facts[1].alert(), kFirstId);
  EXPECT_EQ(world.facts[1].resolved().reason_code(), "settled");
  EXPECT_TRUE(world.active_alerts().empty());
}

TEST_F(OverdueRule, CancelledResolves) {
  overdue("record-1", kMidnight);
  const Instant at = utc("2024-02-05T05:00:00Z");
  world.take(world.ledger_record(cancelled_fact("C-17", "F-1"), "record-2", at, at));
  EXPECT_EQ(only().state(), v1alpha1::ALERT_STATE_RESOLVED);
  EXPECT_EQ(world.facts.at(1).resolved().reason_code(), "cancelled");
}

TEST_F(OverdueRule, OthersInvoicesAreNotTouched) {
  overdue("record-1", kMidnight);
  const Instant at = utc("2024-02-05T05:00:00Z");
  world.take(world.ledger_record(settled_fact("C-17", "F-2"), "record-2", at, at));
  world.take(world.ledger_record(settled_fact("C-18", "F-1"), "record-3", at, at));
  world.take(world.ledger_record(settled_fact("C-17", "F-1"), "record-4", at, at, "other"));
  EXPECT_EQ(only().state(), v1alpha1::ALERT_STATE_RAISED);
  EXPECT_EQ(world.facts.size(), 1u);
}

TEST_F(OverdueRule, OpenAgainIsAnAlertOfTheDayOnWhichThePaymentWasUndone) {
  overdue("record-1", kMidnight);
  settle("record-2", utc("2024-02-05T05:00:00Z"));
  // The bank took the money back on 2024-02-11; told at 00:00 of the 12th in Paris.
  world.take(world.ledger_record(overdue_fact("C-17", "F-1", on("2024-01-31"), 12'345),
                                 "record-3",
                                 utc("2024-02-11T23:00:00Z"),
                                 utc("2024-02-10T23:00:00Z")));
  ASSERT_EQ(world.alerts().size(), 2u);
  EXPECT_EQ(world.active_alerts(), std::vector<std::string>{kReopenedId});
  const auto second = world.alerts()[1].alert();
  EXPECT_EQ(second.id(), kReopenedId);
  EXPECT_EQ(to_date(second.day()).value(), on("2024-02-11"));
}

TEST_F(OverdueRule, OpenAgainWithinTheDayIsAnotherAlertToo) {
  overdue("record-1", kMidnight);
  settle("record-2", utc("2024-02-01T05:00:00Z"));
  for (int reading = 0; reading < 2; ++reading) {
    world.take(world.ledger_record(overdue_fact("C-17", "F-1", on("2024-01-31"), 1),
                                   "record-3",
                                   utc("2024-02-01T07:00:00Z"),
                                   kMidnight));
    ASSERT_EQ(world.alerts().size(), 2u);
    settle("record-4", utc("2024-02-01T08:00:00Z"));
  }
  EXPECT_EQ(world.alerts()[0].alert().id(), kFirstId);
  EXPECT_EQ(world.alerts()[1].alert().id(), kSameDayId);
  EXPECT_EQ(world.facts.size(), 4u);
}

TEST_F(OverdueRule, ALaterDueDateResolves) {
  struct Case {
    const char* new_due_date;
    bool resolved;
  };
  const Case cases[] = {
      {"2024-01-31", false},  // The same: another field has changed.
      {"2024-01-15", false},  // Earlier: as overdue as before.
      {"2024-02-01", true},   // On the alert's day the invoice was not yet late.
      {"2024-03-31", true},
  };
  for (const auto& [new_due_date, resolved] : cases) {
    SCOPED_TRACE(new_due_date);
    world = TestWorld();
    overdue("record-1", kMidnight);
    const Instant at = utc("2024-02-05T05:00:00Z");
    world.take(
        world.ledger_record(recorded_fact("C-17", "F-1", on(new_due_date)), "record-2", at, at));
    EXPECT_EQ(only().state(),
              resolved ? v1alpha1::ALERT_STATE_RESOLVED : v1alpha1::ALERT_STATE_RAISED);
    EXPECT_EQ(world.facts.size(), resolved ? 2u : 1u);
    if (resolved) {
      EXPECT_EQ(world.facts[1].resolved().reason_code(), "due_date_changed");
    }
  }
}

TEST_F(OverdueRule, FactsThatSayNothingAboutOverdueChangeNothing) {
  receivables::ReceivableRecord fact;
  fact.set_account("C-17");
  fact.mutable_payment_recorded()->set_payment("P-1");
  world.take(world.ledger_record(fact, "record-1", kMidnight, kMidnight));
  world.take(world.ledger_record(
      recorded_fact("C-17", "F-1", on("2024-01-31")), "record-2", kMidnight, kMidnight));
  settle("record-3", kMidnight);
  EXPECT_TRUE(world.rows.empty());
  EXPECT_TRUE(world.facts.empty());
}

TEST_F(OverdueRule, TheNewestWordAboutAnAccountIsKept) {
  receivables::ReceivableRecord fact;
  fact.set_account("C-17");
  for (const char* owner : {"lea", "tom"}) {
    fact.mutable_account_changed()->set_owner(owner);
    world.take(world.ledger_record(fact, owner, kMidnight, kMidnight));
  }
  const stream::View view(world, tenant_scope("acme"));
  EXPECT_EQ(view.get(kAccountTable, KeyWriter().text("C-17"))->owner(), "tom");
  EXPECT_FALSE(view.get(kAccountTable, KeyWriter().text("C-18")).has_value());
  EXPECT_TRUE(world.facts.empty());
}

TEST_F(OverdueRule, PoisonNamesItsReason) {
  auto record = world.ledger_record(
      overdue_fact("C-17", "F-1", on("2024-01-31"), 1), "record-1", kMidnight, kMidnight);
  auto unreadable = record;
  unreadable.value = "\x0a\xff";
  auto other_account = record;
  other_account.key = "acme/C-18";
  auto fact = overdue_fact("C-17", "F-1", on("2024-01-31"), 1);
  fact.mutable_invoice_overdue()->clear_due_date();
  const auto without_due_date = world.ledger_record(fact, "record-1", kMidnight, kMidnight);
  auto raw = record;
  raw.kind = stream::RecordKind::kRaw;

  const std::vector<std::tuple<stream::Record, std::string, std::string>> cases = {
      {unreadable, "unreadable_fact", ""},
      {other_account, "account_mismatch", "account"},
      {without_due_date, "invalid_date", "invoice_overdue.due_date"},
      {raw, "unexpected_record", ""},
  };
  for (const auto& [poisoned, code, field] : cases) {
    SCOPED_TRACE(code);
    const auto effects = world.decide(poisoned);
    ASSERT_FALSE(effects.ok());
    EXPECT_EQ(effects.failure().reaction, Reaction::kPoison);
    EXPECT_EQ(effects.failure().code, code);
    EXPECT_EQ(effects.failure().field, field);
  }
}

TEST(AlertingStage, DeclaresItsPlaceInTheTopology) {
  const AlertingStage stage;
  EXPECT_EQ(stage.name(), "alerting");
  ASSERT_EQ(stage.inputs().size(), 3u);
  EXPECT_EQ(stage.inputs()[0].topic, "encours.receivables");
  EXPECT_EQ(stage.inputs()[0].tick_stages, std::vector<std::string>{"ledger"});
  EXPECT_EQ(stage.inputs()[1].topic, "encours.alerting.commands");
  EXPECT_EQ(stage.inputs()[1].kind, stream::InputKind::kCommands);
  EXPECT_EQ(stage.inputs()[2].topic, "encours.scores");
  EXPECT_EQ(stage.inputs()[2].tick_stages, std::vector<std::string>{"score"});
  EXPECT_FALSE(stage.inputs()[2].from_all_partitions);
  ASSERT_EQ(stage.tick_outputs().size(), 1u);
  EXPECT_EQ(stage.tick_outputs()[0].topic, "encours.alerts");
  EXPECT_FALSE(stage.tick_outputs()[0].to_all_partitions);
  for (const auto& table : stage.tables()) EXPECT_GE(table.id, 0x20);
}

}  // namespace
}  // namespace encours::alerting
