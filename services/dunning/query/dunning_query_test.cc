// Goal: the list of actions keeps what every list must keep; a first day is counted as the decision
// would make it up, whole and in parts. Method: two partitions in memory, figures by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/query/testing/list_test.h"
#include "common/settings/policies.h"
#include "common/settings/scenario.h"
#include "common/stream/decode.h"
#include "services/dunning/domain/decide.h"
#include "services/dunning/domain/steps.h"
#include "services/dunning/domain/tables.h"
#include "services/dunning/query/action_list.h"
#include "services/dunning/query/first_day.h"

namespace encours::dunning {
namespace {

using query::testing::MemoryStore;
using testing::ElementsAre;
using v1alpha1::Backlog;

Date day(const std::string& text) { return *Date::parse(text); }

class Actions : public query::testing::ListTest<ActionsMethod> {
 protected:
  Actions() : ListTest(kDunningStage, stream::TenantSetting::CLOCK_MODE_EVENTS) {}

  static void put(MemoryStore& store, const std::string& account, const std::string& id,
                  const std::string& on, v1alpha1::ActionState state) {
    state::ActionRow row;
    auto& action = *row.mutable_action();
    action.set_account(account);
    action.set_id(id);
    *action.mutable_day() = to_proto(day(on));
    action.set_state(state);
    const std::string key =
        KeyWriter().byte(kActionTable.id).text("acme").text(account).text(id).take();
    ASSERT_TRUE(store.write({{key, row.SerializeAsString()}}, 0, 0).ok());
  }
  static void own(MemoryStore& store, const std::string& account, const std::string& owner) {
    state::DunnedAccountRow row;
    row.set_owner(owner);
    const std::string key = KeyWriter().byte(kAccountTable.id).text("acme").text(account).take();
    ASSERT_TRUE(store.write({{key, row.SerializeAsString()}}, 0, 0).ok());
  }
  void SetUp() override {
    put(left, "C-1", "a1", "2026-03-05", v1alpha1::ACTION_STATE_SENT);
    put(left, "C-2", "a2", "2026-03-13", v1alpha1::ACTION_STATE_PLANNED);
    put(right, "C-3", "a3", "2026-03-13", v1alpha1::ACTION_STATE_SUPPRESSED);
    own(left, "C-1", "lea");
    look();
  }
};

TEST_F(Actions, TheNewestFirstByFilterAndOwner) {
  for (const auto& response : {here(request()), apart(request())}) {
    EXPECT_THAT(ids(response), ElementsAre("a2", "a3", "a1"));
  }
  EXPECT_THAT(ids(here(request("state = SENT"))), ElementsAre("a1"));
  EXPECT_THAT(ids(here(request(), "lea")), ElementsAre("a1"));
}

// Two partitions of a tenant whose clock stands at 12 March, 00:00: the next opening is that day's.
class FirstDays : public ::testing::Test {
 protected:
  void SetUp() override {
    stream::TenantSetting tenant;
    tenant.set_time_zone("Europe/Paris");
    tenant.set_clock_mode(stream::TenantSetting::CLOCK_MODE_WALL);
    setting("tenant", "tenant", tenant);
    for (MemoryStore* store : {&left_, &right_}) {
      stream::rt::ClockRow clock;
      stream::set_timestamp(Zone::load("Europe/Paris")->at(day("2026-03-12"), 0, 0),
                            clock.mutable_handled());
      write(*store, KeyWriter().byte(stream::kClockTable.id).text(kDunningStage).text("wall"),
            clock);
    }
  }
  void scenario() {
    Scenario body;
    for (const auto& [key, days] : std::vector<std::pair<std::string, int>>{
             {"courtesy", -5}, {"first", 3}, {"second", 15}}) {
      auto& step = *body.add_steps();
      step.set_key(key);
      step.set_number(body.steps_size());
      step.set_days_after_due(days);
      step.set_channel(v1alpha1::STEP_CHANNEL_EMAIL);
    }
    setting(settings::kScenarioKind, settings::kDefaultName, body);
  }
  void setting(const std::string& kind, const std::string& name,
               const google::protobuf::Message& body) {
    stream::Setting one;
    one.mutable_envelope()->set_tenant("acme");
    one.set_sequence(settings_.last_sequence() + 1);
    one.set_kind(kind);
    one.set_name(name);
    one.set_type(body.GetDescriptor()->full_name());
    one.set_body(body.SerializeAsString());
    settings_.add(one);
  }
  static void write(MemoryStore& store, KeyWriter& key, const google::protobuf::Message& row) {
    ASSERT_TRUE(store.write({{key.take(), row.SerializeAsString()}}, 0, 0).ok());
  }
  static void invoice(MemoryStore& store, const std::string& account, const std::string& number,
                      const std::string& due, std::int64_t minor,
                      const std::string& currency = "EUR") {
    state::DunnedInvoiceRow row;
    *row.mutable_due_date() = to_proto(day(due));
    *row.mutable_known_on() = to_proto(day("2025-01-01"));
    row.mutable_open_amount()->set_currency_code(currency);
    row.mutable_open_amount()->set_minor(minor);
    write(store, KeyWriter().byte(kInvoiceTable.id).text("acme").text(account).text(number), row);
  }
  static v1alpha1::PreviewFirstDayRequest asked(Backlog::Choice choice, int step = 0) {
    v1alpha1::PreviewFirstDayRequest request;
    request.set_tenant("acme");
    request.mutable_backlog()->set_choice(choice);
    request.mutable_backlog()->set_step(step);
    return request;
  }
  Result<v1alpha1::PreviewFirstDayResponse> preview(const v1alpha1::PreviewFirstDayRequest& request,
                                                    bool apart = false) {
    const auto left = left_.snapshot();
    const auto right = right_.snapshot();
    ENCOURS_ASSIGN(const auto query, FirstDay::prepare(request, {}));
    const auto answer = [&](std::vector<query::PartitionRows> partitions) {
      return query.answer({partitions, 2, kDunningStage, &settings_, {}});
    };
    if (!apart) return answer({{0, left.get()}, {1, right.get()}});
    ENCOURS_ASSIGN(auto one, answer({{0, left.get()}}));
    ENCOURS_ASSIGN(auto two, answer({{1, right.get()}}));
    return query.merge({one, two});
  }
  // "first 2/1": two messages to one account.
  static std::vector<std::string> counts(const v1alpha1::PreviewFirstDayResponse& response) {
    std::vector<std::string> out;
    for (const auto& one : response.counts()) {
      out.push_back(one.step() + " " + std::to_string(one.message_count()) + "/" +
                    std::to_string(one.account_count()));
    }
    return out;
  }

  MemoryStore left_;
  MemoryStore right_;
  stream::SettingsTable settings_;
};

TEST_F(FirstDays, CountsMessagesByTheStepOfTheHighestInvoice) {
  scenario();
  invoice(left_, "C-1", "I1", "2026-01-01", 10'000);         // Late at go-live.
  invoice(left_, "C-1", "I2", "2026-03-17", 5'000);          // Courtesy on 12 March.
  invoice(left_, "C-1", "I3", "2026-03-17", 900, "USD");     // A message of its own.
  invoice(left_, "C-2", "I4", "2026-12-01", 7'000);          // Nothing yet.
  invoice(right_, "C-3", "I5", "2026-02-01", 99'000);
  invoice(right_, "C-3", "I6", "2026-02-01", 0);             // Paid.
  for (const bool apart : {false, true}) {
    const auto first = preview(asked(Backlog::CHOICE_FIRST_STEP), apart);
    ASSERT_TRUE(first.ok()) << first.failure().message;
    EXPECT_THAT(counts(*first), ElementsAre("courtesy 1/1", "first 2/2"));
    EXPECT_EQ(first->examples(0).account(), "C-3");
    EXPECT_EQ(first->examples(0).amount().minor(), 99'000);
    EXPECT_EQ(first->examples(1).lines_size(), 2);
    EXPECT_EQ(first->coverage().missing_partitions_size(), 0);
    EXPECT_THAT(counts(*preview(asked(Backlog::CHOICE_STEP, 3), apart)),
                ElementsAre("courtesy 1/1", "second 2/2"));
    EXPECT_THAT(counts(*preview(asked(Backlog::CHOICE_NONE), apart)),
                ElementsAre("courtesy 2/1"));
  }
}

TEST_F(FirstDays, RefusesWhatItCanNotAnswer) {
  EXPECT_EQ(preview(asked(Backlog::CHOICE_UNSPECIFIED)).failure().field, "backlog.choice");
  EXPECT_EQ(preview(asked(Backlog::CHOICE_NONE)).failure().code, "scenario_not_found");
  scenario();
  EXPECT_EQ(preview(asked(Backlog::CHOICE_STEP, 4)).failure().code, "unknown_step");
}

}  // namespace
}  // namespace encours::dunning
