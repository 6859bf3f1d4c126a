// Goal: messages are planned on their days, stopped by what comes before them, and each ends as
// its outcome says. Method: a small language over the stage alone (no broker): facts, outcomes and
// days go in, what the stage says comes out as lines.
#include <gtest/gtest.h>

#include <sstream>

#include "common/settings/policies.h"
#include "common/settings/scenario.h"
#include "common/stream/testing/harness.h"
#include "encours/dunning/v1alpha1/effects.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "services/dunning/domain/actions.h"
#include "services/dunning/domain/decide.h"

namespace encours::dunning {
namespace {

using encours::receivables::v1alpha1::ReceivableRecord;
using encours::stream::v1alpha1::EffectOutcome;
using stream::Record;
using stream::RecordKind;
using stream::testing::StageHarness;
using Lines = std::vector<std::string>;

constexpr const char* kTenant = "acme";
constexpr const char* kAccount = "C-1";

const Zone& paris() {
  static const Zone zone = *Zone::load("Europe/Paris");
  return zone;
}
Date day(const std::string& text) { return *Date::parse(text); }
// "2026-03-13" is 06:00 of it, "2026-03-13T10:30" what it says.
Instant when(const std::string& text) {
  if (text.size() == 10) return paris().at(day(text), kUndatedHour);
  return paris().at(day(text.substr(0, 10)), std::stoi(text.substr(11, 2)),
                    std::stoi(text.substr(14, 2)));
}

Scenario scenario(const std::vector<std::pair<std::string, int>>& steps) {
  Scenario out;
  out.set_title("T");
  int number = 0;
  for (const auto& [key, days] : steps) {
    auto& step = *out.add_steps();
    step.set_key(key);
    step.set_number(++number);
    step.set_channel(v1alpha1::STEP_CHANNEL_EMAIL);
    step.set_days_after_due(days);
    auto& text = *step.add_templates();
    text.set_language("fr");
  }
  return out;
}
const std::vector<std::pair<std::string, int>> kSteps = {
    {"courtesy", -5}, {"first", 3}, {"second", 15}, {"last", 30}};

class DunningTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // In wall mode, live since long ago.
    stream::TenantSetting setting;
    setting.set_time_zone("Europe/Paris");
    setting.set_clock_mode(stream::TenantSetting::CLOCK_MODE_WALL);
    setting.mutable_live_from()->set_seconds(1);
    harness_.set_setting(kTenant, "tenant", "tenant", setting);
    harness_.set_setting(kTenant, "scenario", "default", scenario(kSteps));
    account({"anna"});
  }

  void give(const ReceivableRecord& fact, const std::string& at) {
    ASSERT_TRUE(harness_
                    .handle(StageHarness::fact_record(kTenant, kAccount, when(at),
                                                      "f" + std::to_string(++ids_), fact))
                    .ok());
  }
  void account(const Lines& contacts) {
    ReceivableRecord fact;
    auto& changed = *fact.mutable_account_changed();
    changed.set_language("fr");
    for (const auto& id : contacts) {
      auto& contact = *changed.add_contacts();
      contact.set_id(id);
      contact.add_channels("email");
    }
    give(fact, "2026-01-01");
  }
  void invoice(const std::string& number, const std::string& at, const std::string& due,
               std::int64_t minor = 10000) {
    ReceivableRecord fact;
    auto& recorded = *fact.mutable_invoice_recorded();
    recorded.set_invoice(number);
    *recorded.mutable_due_date() = to_proto(day(due));
    recorded.mutable_gross_amount()->set_currency_code("EUR");
    recorded.mutable_gross_amount()->set_minor(minor);
    *recorded.mutable_open_amount() = recorded.gross_amount();
    give(fact, at);
  }
  // What is left open of an invoice after a payment, or after one was taken back.
  void open(const std::string& number, const std::string& at, std::int64_t minor) {
    ReceivableRecord fact;
    auto& allocated = *fact.mutable_allocation_recorded();
    allocated.set_invoice(number);
    allocated.mutable_invoice_open_amount()->set_currency_code("EUR");
    allocated.mutable_invoice_open_amount()->set_minor(minor);
    give(fact, at);
  }
  void cancel(const std::string& number, const std::string& at) {
    ReceivableRecord fact;
    fact.mutable_invoice_cancelled()->set_invoice(number);
    fact.mutable_invoice_cancelled()->mutable_open_amount()->set_currency_code("EUR");
    give(fact, at);
  }
  void outcome(const std::string& effect, const std::string& at, const std::string& code = "") {
    Record record;
    record.kind = RecordKind::kOutcome;
    record.input = 3;
    record.at = when(at);
    record.key = stream::make_key(kTenant, kAccount);
    record.envelope.set_tenant(kTenant);
    record.outcome.set_effect(effect);
    record.outcome.set_code(code);
    record.outcome.set_result(code.empty()          ? stream::v1alpha1::EFFECT_RESULT_DONE
                              : code == "lost"      ? stream::v1alpha1::EFFECT_RESULT_UNKNOWN
                                                    : stream::v1alpha1::EFFECT_RESULT_FAILED);
    v1alpha1::MailSent sent;
    sent.set_message_sha256("sha");
    record.outcome.set_body(sent.SerializeAsString());
    ASSERT_TRUE(harness_.handle(record).ok());
  }
  void sweep(const std::string& kind, const std::string& at) {
    Record record;
    record.kind = RecordKind::kSweep;
    record.at = when(at);
    record.key = stream::make_key(kTenant, kAccount);
    record.envelope.set_tenant(kTenant);
    record.changed_kinds = {kind};
    ASSERT_TRUE(harness_.handle(record).ok());
  }
  void until(const std::string& at) { harness_.advance(when(at)); }

  // Claims and sends all that is asked for, until nothing is, at `at`.
  void send_all(const std::string& at) {
    for (auto asked = effects(); !asked.empty(); asked = effects()) {
      for (const auto& one : asked) outcome(one, at);
    }
  }
  Lines effects() {
    Lines ids;
    for (const auto& intent : harness_.take_intents()) {
      ids.push_back(intent.id);
      if (intent.kind == kMailEffect) mail_.ParseFromString(intent.body);
    }
    return ids;
  }

  // What was said since the last call: "planned first I1 100.00".
  Lines said() {
    Lines lines;
    for (const auto& emitted : harness_.take_facts()) {
      const auto fact = emitted.as<DunningRecord>();
      const std::string on = paris().local_date(emitted.at).to_string();
      if (fact.has_action_planned()) {
        lines.push_back(on + " planned " + show(fact.action_planned().action()));
      }
      if (fact.has_action_suppressed()) {
        const auto& action = fact.action_suppressed().action();
        lines.push_back(on + " suppressed " + action.reason_code() + " " + show(action));
      }
      if (fact.has_action_claimed()) lines.push_back(on + " claimed");
      if (fact.has_action_sent()) lines.push_back(on + " sent " + fact.action_sent().step());
      if (fact.has_action_unknown()) lines.push_back(on + " unknown");
      if (fact.has_action_failed()) {
        const auto& failed = fact.action_failed();
        lines.push_back(on + " failed " + failed.reason_code() +
                        (failed.has_retry_at() ? " again" : ""));
      }
      if (fact.has_action_superseded()) {
        lines.push_back(on + " superseded " + fact.action_superseded().reason_code());
      }
      if (fact.has_case_state_changed()) {
        const auto& changed = fact.case_state_changed();
        lines.push_back(on + " case " + v1alpha1::CaseState_Name(changed.to()).substr(11) +
                        (changed.level() > 0 ? " " + std::to_string(changed.level()) : "") +
                        (changed.from_level() > 0
                             ? " after " + std::to_string(changed.from_level())
                             : ""));
      }
    }
    return lines;
  }
  static std::string show(const Action& action) {
    std::string out = action.step();
    for (const auto& line : action.lines()) {
      out += " " + line.invoice() + ":" + line.step() + ":" +
             std::to_string(line.open_amount().minor());
    }
    return out;
  }

  DunningStage stage_;
  StageHarness harness_{stage_};
  v1alpha1::SendMail mail_;
  int ids_ = 0;
};

TEST_F(DunningTest, AnUnpaidInvoiceGoesThroughItsSteps) {
  invoice("I1", "2026-02-01", "2026-03-10");
  for (const char* at : {"2026-03-05T08:00", "2026-03-13T08:00", "2026-03-25T08:00",
                         "2026-04-09T08:00", "2026-06-01T08:00"}) {
    until(at);
    send_all(at);
  }
  EXPECT_EQ(said(), (Lines{"2026-03-05 planned courtesy I1:courtesy:10000", "2026-03-05 claimed",
                           "2026-03-05 sent courtesy", "2026-03-05 case PRE_DUE",
                           "2026-03-13 planned first I1:first:10000", "2026-03-13 claimed",
                           "2026-03-13 sent first", "2026-03-13 case LEVEL 1",
                           "2026-03-25 planned second I1:second:10000", "2026-03-25 claimed",
                           "2026-03-25 sent second", "2026-03-25 case LEVEL 2 after 1",
                           "2026-04-09 planned last I1:last:10000", "2026-04-09 claimed",
                           "2026-04-09 sent last", "2026-04-09 case LEVEL 3 after 2"}));
  EXPECT_EQ(mail_.action().contact(), "anna");
  EXPECT_EQ(mail_.action().lines(0).days_late(), 30);
}

TEST_F(DunningTest, APaymentOfTheStepsOwnDayStopsIt) {
  invoice("I1", "2026-02-01", "2026-03-10");
  until("2026-03-05T08:00");
  send_all("2026-03-05T08:00");
  said();
  open("I1", "2026-03-13", 0);  // 06:00, before the sending hours.
  until("2026-06-01");
  EXPECT_EQ(said(), Lines{"2026-03-13 case CLEAR"});
  EXPECT_TRUE(effects().empty());
}

TEST_F(DunningTest, APaymentAfterThePlanStopsItBeforeTheClaim) {
  invoice("I1", "2026-02-01", "2026-03-10");
  until("2026-03-13T08:00");
  const auto asked = effects();
  ASSERT_EQ(asked.size(), 2u);  // The courtesy of 5 March was never answered.
  said();
  open("I1", "2026-03-13T08:01", 0);
  EXPECT_EQ(said(), (Lines{"2026-03-13 superseded settled"}));
  for (const auto& one : asked) outcome(one, "2026-03-13T08:02");
  EXPECT_TRUE(said().empty());
  EXPECT_TRUE(effects().empty());
}

TEST_F(DunningTest, ANewerStepTakesThePlaceOfOneThatHasNotLeft) {
  invoice("I1", "2026-02-01", "2026-03-10");
  until("2026-03-13T08:00");
  EXPECT_EQ(said(), (Lines{"2026-03-05 planned courtesy I1:courtesy:10000",
                           "2026-03-13 planned first I1:first:10000",
                           "2026-03-13 superseded missed"}));
}

TEST_F(DunningTest, OneMessageForAllInvoicesOfADayWithTheStepOfTheHighest) {
  invoice("I1", "2026-01-02", "2026-02-26");  // Its second step is due on 13 March,
  invoice("I2", "2026-02-01", "2026-03-10", 5000);  // with the first one of this.
  until("2026-02-21T08:00"), send_all("2026-02-21T08:00");
  until("2026-03-01T08:00"), send_all("2026-03-01T08:00");
  until("2026-03-05T08:00"), send_all("2026-03-05T08:00");
  said();
  until("2026-03-13T08:00");
  EXPECT_EQ(said(), (Lines{"2026-03-13 planned second I1:second:10000 I2:first:5000"}));
  open("I1", "2026-03-13T08:01", 0);
  send_all("2026-03-13T08:02");
  ASSERT_EQ(mail_.action().lines_size(), 1);
  EXPECT_EQ(mail_.action().lines(0).invoice(), "I2");
  EXPECT_EQ(mail_.action().amount().minor(), 5000);
}

TEST_F(DunningTest, APartPaymentChangesWhatIsSaid) {
  invoice("I1", "2026-02-20", "2026-03-10");
  until("2026-03-05T08:00"), send_all("2026-03-05T08:00");
  until("2026-03-13T08:00");
  open("I1", "2026-03-13T08:01", 2500);
  send_all("2026-03-13T08:02");
  EXPECT_EQ(mail_.action().amount().minor(), 2500);
}

TEST_F(DunningTest, ACorrectedInvoiceIsSaidAsItIsNow) {
  invoice("I1", "2026-02-20", "2026-03-10");
  until("2026-03-05T08:00"), send_all("2026-03-05T08:00");
  invoice("I1", "2026-03-06", "2026-03-10", 8000);
  until("2026-03-13T08:00"), send_all("2026-03-13T08:01");
  EXPECT_EQ(mail_.action().amount().minor(), 8000);
}

TEST_F(DunningTest, ACancelledInvoiceIsSilentUntilItIsBroughtBack) {
  invoice("I1", "2026-02-20", "2026-03-10");
  until("2026-03-05T08:00"), send_all("2026-03-05T08:00");
  cancel("I1", "2026-03-12");
  until("2026-03-16T08:00");
  EXPECT_EQ(effects(), Lines());
  invoice("I1", "2026-03-17", "2026-03-10");
  until("2026-03-18T08:00"), send_all("2026-03-18T08:01");
  EXPECT_EQ(mail_.action().step(), "first");
}

TEST_F(DunningTest, WithoutAContactNothingLeavesAndItIsSaid) {
  account({});
  invoice("I1", "2026-03-01", "2026-03-10");
  until("2026-03-13T08:00");
  EXPECT_EQ(said(), (Lines{"2026-03-05 suppressed no_contact courtesy I1:courtesy:10000",
                           "2026-03-13 suppressed no_contact first I1:first:10000"}));
  EXPECT_TRUE(effects().empty());
}

TEST_F(DunningTest, AFailureIsTriedAgainLaterAndARefusalIsNot) {
  invoice("I1", "2026-03-05", "2026-03-10");
  until("2026-03-13T08:00");
  outcome(effects().at(0), "2026-03-13T08:00");
  const auto mail = effects();
  ASSERT_EQ(mail.size(), 1u);
  said();
  outcome(mail[0], "2026-03-13T08:00", "connection_refused");
  EXPECT_EQ(said(), (Lines{"2026-03-13 failed connection_refused again"}));
  until("2026-03-13T08:00");
  EXPECT_TRUE(effects().empty());
  until("2026-03-13T08:01");
  const auto claim = effects();
  ASSERT_EQ(claim.size(), 1u);
  EXPECT_NE(claim[0], mail[0]);
  outcome(claim[0], "2026-03-13T08:01");
  outcome(effects().at(0), "2026-03-13T08:01", "smtp_550");
  EXPECT_EQ(said(), (Lines{"2026-03-13 claimed", "2026-03-13 failed smtp_550"}));
  until("2026-03-20");
  EXPECT_TRUE(effects().empty());
}

TEST_F(DunningTest, WhatMayHaveLeftIsRepeatedUnderTheSameId) {
  invoice("I1", "2026-03-05", "2026-03-10");
  until("2026-03-13T08:00");
  outcome(effects().at(0), "2026-03-13T08:00");
  outcome(effects().at(0), "2026-03-13T08:00", "lost");
  const std::string first = mail_.action().id();
  until("2026-03-13T08:01");
  send_all("2026-03-13T08:01");
  EXPECT_EQ(mail_.action().id(), first);
  EXPECT_EQ(said(), (Lines{"2026-03-13 planned first I1:first:10000", "2026-03-13 claimed",
                           "2026-03-13 unknown", "2026-03-13 claimed", "2026-03-13 sent first",
                           "2026-03-13 case LEVEL 1"}));
}

TEST_F(DunningTest, WhatWaitsForASuspensionIsClaimedWhenItEnds) {
  invoice("I1", "2026-03-05", "2026-03-10");
  until("2026-03-13T08:00");
  outcome(effects().at(0), "2026-03-13T08:00", "suspended");
  until("2026-03-14T07:00");
  EXPECT_TRUE(effects().empty());
  sweep("sending", "2026-03-14T07:00");
  send_all("2026-03-14T07:00");
  EXPECT_EQ(said().back(), "2026-03-14 case LEVEL 1");
}

TEST_F(DunningTest, ANewVersionSaysNoStepTwice) {
  invoice("I1", "2026-02-01", "2026-03-10");
  until("2026-03-05T08:00"), send_all("2026-03-05T08:00");
  until("2026-03-13T08:00"), send_all("2026-03-13T08:00");
  said();
  // The same keys on other days, and one more between them.
  harness_.set_setting(kTenant, "scenario", "default",
                       scenario({{"courtesy", -2}, {"first", 6}, {"middle", 8}, {"last", 30}}));
  sweep("scenario", "2026-03-14T00:00");
  until("2026-03-18T08:00"), send_all("2026-03-18T08:00");
  until("2026-04-09T08:00"), send_all("2026-04-09T08:00");
  EXPECT_EQ(said(), (Lines{"2026-03-18 planned middle I1:middle:10000", "2026-03-18 claimed",
                           "2026-03-18 sent middle", "2026-03-18 case LEVEL 2 after 1",
                           "2026-04-09 planned last I1:last:10000", "2026-04-09 claimed",
                           "2026-04-09 sent last", "2026-04-09 case LEVEL 3 after 2"}));
}

// The ERP posts two late invoices in the morning; one of them was paid.
TEST_F(DunningTest, WhatBecomesDueInTheSendingHoursIsSaidAtOnceInOneMessage) {
  invoice("I1", "2026-03-13T10:30", "2026-03-10");
  invoice("I2", "2026-03-13T10:30", "2026-02-26", 5000);
  invoice("I3", "2026-03-13T10:30", "2026-02-26", 700);
  const auto asked = effects();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_NE(asked[0].find("/collect/EUR"), std::string::npos);
  open("I3", "2026-03-13T10:30", 0);
  outcome(asked[0], "2026-03-13T10:31");
  EXPECT_EQ(said(), (Lines{"2026-03-13 planned second I1:first:10000 I2:second:5000"}));
  send_all("2026-03-13T10:31");
  // The account has had its message of the day.
  invoice("I4", "2026-03-13T11:00", "2026-03-10");
  EXPECT_TRUE(effects().empty());
  said();
  until("2026-03-14T08:00");
  EXPECT_EQ(said(), (Lines{"2026-03-14 planned first I4:first:10000"}));
}

TEST_F(DunningTest, OutsideTheSendingHoursNothingIsSaidAtOnce) {
  invoice("I1", "2026-03-13T07:59", "2026-03-10");
  EXPECT_TRUE(effects().empty());
  until("2026-03-13T08:00"), send_all("2026-03-13T08:00");
  EXPECT_EQ(said().at(0), "2026-03-13 planned first I1:first:10000");
  invoice("I2", "2026-03-13T18:00", "2026-03-10", 5000);
  EXPECT_TRUE(effects().empty());
  until("2026-03-14T08:00");
  EXPECT_EQ(said(), (Lines{"2026-03-14 planned first I2:first:5000"}));
}

// A payment that the bank takes back in the midst of the day.
TEST_F(DunningTest, AnInvoiceThatIsOpenAgainIsSaidAtOnce) {
  invoice("I1", "2026-02-01", "2026-03-10");
  open("I1", "2026-03-02", 0);
  until("2026-03-20");
  said(), effects();
  open("I1", "2026-03-20T14:00", 10000);
  send_all("2026-03-20T14:00");
  EXPECT_EQ(said(), (Lines{"2026-03-20 planned first I1:first:10000", "2026-03-20 claimed",
                           "2026-03-20 sent first", "2026-03-20 case LEVEL 1"}));
}

TEST_F(DunningTest, WhatWasPaidWhileItWasCollectedIsNotSaid) {
  invoice("I1", "2026-03-13T10:30", "2026-03-10");
  const auto asked = effects();
  open("I1", "2026-03-13T10:30", 0);
  outcome(asked.at(0), "2026-03-13T10:31");
  EXPECT_TRUE(said().empty());
  EXPECT_TRUE(effects().empty());
}

TEST_F(DunningTest, InEventsModeAMessageIsClaimedAtOnce) {
  harness_.open_tenant(kTenant);
  invoice("I1", "2026-03-05", "2026-03-10");
  until("2026-03-13T08:00");
  EXPECT_EQ(said(), (Lines{"2026-03-13 planned first I1:first:10000", "2026-03-13 claimed"}));
  const auto asked = effects();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_NE(asked[0].find("/mail/"), std::string::npos);
  outcome(asked[0], "2026-03-13T08:00");
  EXPECT_EQ(said(), (Lines{"2026-03-13 sent first", "2026-03-13 case LEVEL 1"}));
}

// Wall mode: nothing leaves before go-live; the backlog begins with its first step.
TEST_F(DunningTest, GoLiveBeginsWithWhatIsChosen) {
  stream::TenantSetting setting;
  setting.set_time_zone("Europe/Paris");
  setting.set_clock_mode(stream::TenantSetting::CLOCK_MODE_WALL);
  harness_.set_setting(kTenant, "tenant", "tenant", setting);
  invoice("I1", "2026-05-10T10:00", "2026-03-10");
  invoice("I2", "2026-05-10T10:00", "2026-05-20");
  until("2026-05-11T08:00");
  EXPECT_EQ(said(), (Lines{"2026-05-11 suppressed before_go_live last I1:last:10000"}));
  stream::set_timestamp(when("2026-05-12T10:00"), setting.mutable_live_from());
  setting.set_backlog(stream::TenantSetting::BACKLOG_FIRST_STEP);
  harness_.set_setting(kTenant, "tenant", "tenant", setting);
  sweep("tenant", "2026-05-12T10:00");
  send_all("2026-05-12T10:00");
  until("2026-05-15T08:00"), send_all("2026-05-15T08:00");
  EXPECT_EQ(said(), (Lines{"2026-05-12 planned first I1:first:10000", "2026-05-12 claimed",
                           "2026-05-12 sent first", "2026-05-12 case LEVEL 1",
                           "2026-05-15 planned courtesy I2:courtesy:10000", "2026-05-15 claimed",
                           "2026-05-15 sent courtesy"}));
}

}  // namespace
}  // namespace encours::dunning
