// Goal: in events mode a tick waits for the outcomes of what was planned before it, and the same
// outcomes give the same facts whatever their order of arrival, the slices and the aborts; in wall
// time an outcome counts at once and once. Method: a stage that asks the outside at 10:00, twice
// where it is told "again"; an outside that answers in any order.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/documents/memory_store.h"
#include "common/stream/task.h"
#include "common/stream/testing/memory_store.h"

namespace encours::stream {
namespace {

using encours::stream::v1alpha1::AuditEntry;

constexpr Table<AuditEntry> kTrail{0x20, "trail", "ss"};
constexpr std::uint8_t kTimerKind = 7;

AuditEntry says(const std::string& text) {
  AuditEntry body;
  body.set_reason(text);
  return body;
}

// Each fact sets a timer for 10:00, which asks the outside; "again" asks once more.
class AskingStage final : public Stage {
 public:
  std::string name() const override { return "asking"; }
  std::vector<StageInput> inputs() const override {
    return {{.topic = "in", .tick_stages = {"up"}},
            {.topic = "outcomes", .kind = InputKind::kOutcomes}};
  }
  std::vector<TickOutput> tick_outputs() const override { return {{"out", false}}; }
  std::vector<TableInfo> tables() const override { return {kTrail.info()}; }

  Result<Effects> decide(const View& view, const Record& record, const Settings&) const override {
    Effects effects(view);
    if (record.kind == RecordKind::kFact) {
      const std::string word = record.envelope.order_key();
      if (word == "now") effects.ask("mail", "now", says("now"));
      effects.set_timer(kTimerKind, KeyWriter().text(word),
                        Instant::from_unix_seconds(10 * 3600));
      return effects;
    }
    if (record.kind == RecordKind::kTimer) {
      KeyReader reader(record.timer.entity);
      const std::string word = reader.text().value_or("");
      effects.ask("mail", word + "/1", says(word));
      return effects;
    }
    const auto& outcome = record.outcome;
    if (outcome.code() == "again") effects.ask("mail", outcome.effect() + "+", says("again"));
    const std::string hour = std::to_string(record.at.unix_seconds() / 3600);
    effects.emit("out", record.key, says(outcome.effect() + "=" + outcome.code() + "@" + hour));
    return effects;
  }
};

class EffectsTest : public ::testing::Test {
 protected:
  void make(EffectsMode mode = EffectsMode::kLive, std::size_t slice = 1000) {
    topology_.service = "t";
    topology_.partitions = 1;
    topology_.stages = {std::make_shared<AskingStage>()};
    topology_.slice_size = slice;
    sink_.records.clear();
    store_ = std::make_shared<testing::MemoryStore>();
    mode_ = mode;
    task_ = std::make_unique<Task>(topology_, 0, store_, sink_, documents_, nullptr, mode_);
    ASSERT_TRUE(task_->reload().ok());
    take(opened("e", TenantSetting::CLOCK_MODE_EVENTS, 1));
    take(opened("w", TenantSetting::CLOCK_MODE_WALL, 2));
    commit();
  }

  LogRecord opened(const std::string& tenant, TenantSetting::ClockMode mode, int sequence) {
    TenantSetting body;
    body.set_clock_mode(mode);
    body.mutable_live_from()->set_seconds(0);
    Setting setting;
    setting.mutable_envelope()->set_tenant(tenant);
    setting.set_sequence(sequence);
    setting.set_kind("tenant");
    setting.set_name("tenant");
    setting.set_type("encours.stream.v1alpha1.TenantSetting");
    setting.set_body(body.SerializeAsString());
    return {.topic = kSettingsTopic,
            .offset = next_++,
            .key = tenant,
            .value = setting.SerializeAsString()};
  }
  LogRecord fact(const std::string& word, int hour) {
    Envelope envelope;
    envelope.set_tenant(tenant_);
    envelope.set_id("id-" + word);
    envelope.set_order_key(word);
    envelope.set_settings_version(2);
    envelope.mutable_recorded_at()->set_seconds(hour * 3600);
    return {.topic = "in",
            .offset = next_++,
            .key = tenant_ + "/" + word,
            .value = encode_fact(envelope, "")};
  }
  LogRecord tick(int hour) {
    Tick tick;
    tick.set_clock(tenant_ == "w" ? "wall" : "tenant/" + tenant_);
    tick.mutable_instant()->set_seconds(hour * 3600);
    tick.set_stage("up");
    tick.set_settings_version(2);
    return {.topic = "in", .offset = next_++, .key = tick.clock(), .value = encode_tick(tick)};
  }
  LogRecord outcome(const std::string& effect, int hour, const std::string& code = "ok",
                    int round = 0, int recorded_hour = 0) {
    EffectOutcome outcome;
    outcome.mutable_envelope()->set_tenant(tenant_);
    outcome.mutable_envelope()->set_id("o-" + effect);
    outcome.mutable_envelope()->set_settings_version(2);
    outcome.mutable_envelope()->mutable_recorded_at()->set_seconds(
        (recorded_hour == 0 ? hour : recorded_hour) * 3600);
    outcome.set_effect(effect);
    outcome.set_stage("asking");
    outcome.mutable_planned_at()->set_seconds(hour * 3600);
    outcome.set_round(round);
    outcome.set_code(code);
    return {.topic = "outcomes",
            .offset = next_++,
            .key = tenant_ + "/" + effect.substr(0, 1),
            .value = outcome.SerializeAsString()};
  }

  void take(LogRecord one) {
    const auto accepted = task_->accept(one);
    ASSERT_TRUE(accepted.ok()) << accepted.failure().message;
    ASSERT_EQ(*accepted, Accepted::kDone);
  }
  void commit() {
    ASSERT_TRUE(task_->finish().ok());
    ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  }
  // Takes and handles; every `abort_nth` slice is lost and done again.
  void run(const LogRecord& one, int abort_nth = 0) {
    take(one);
    commit();
    drain(abort_nth);
  }
  void drain(int abort_nth) {
    for (int slice = 1; task_->has_backlog(); ++slice) {
      ASSERT_LT(slice, 1000) << "no progress";
      const std::size_t sent = sink_.records.size();
      ASSERT_TRUE(task_->drain(topology_.slice_size).ok());
      if (abort_nth > 0 && slice % abort_nth == 0) {
        sink_.records.resize(sent);
        task_->roll_back();
        ASSERT_TRUE(task_->reload().ok());
        ASSERT_TRUE(task_->drain(topology_.slice_size).ok());
      }
      commit();
    }
  }
  void restart() {
    task_ = std::make_unique<Task>(topology_, 0, store_, sink_, documents_, nullptr, mode_);
    ASSERT_TRUE(task_->reload().ok());
    drain(0);
  }
  std::vector<std::string> said() const {
    std::vector<std::string> out;
    for (const auto& one : sink_.records) {
      const auto head = decode_head(*one.value);
      if (head->tick) {
        out.push_back("T" + std::to_string(head->tick->instant().seconds() / 3600));
        continue;
      }
      AuditEntry body;
      EXPECT_TRUE(body.ParseFromString(*one.value));
      out.push_back(body.reason());
    }
    return out;
  }

  std::string tenant_ = "e";
  EffectsMode mode_ = EffectsMode::kLive;
  Topology topology_;
  testing::MemorySink sink_;
  MemoryStore documents_;
  std::shared_ptr<testing::MemoryStore> store_;
  std::unique_ptr<Task> task_;
  std::int64_t next_ = 0;
  std::int64_t applied_ = 0;
};

using Said = std::vector<std::string>;

TEST_F(EffectsTest, ATickGoesOnOnlyWithTheOutcomesOfWhatItPlanned) {
  make();
  run(fact("a", 5));
  run(tick(12));
  run(fact("late", 13));
  EXPECT_EQ(said(), Said{});
  run(outcome("a/1", 12));
  EXPECT_EQ(said(), (Said{"a/1=ok@12", "T12"}));
  run(outcome("a/1", 12));  // A repetition.
  EXPECT_EQ(said().size(), 2u);
}

TEST_F(EffectsTest, WhatWasPlannedBeforeTheTickIsDecidedBeforeItsTimers) {
  make();
  run(fact("now", 5));
  run(tick(12));
  EXPECT_EQ(said(), Said{});
  run(outcome("now", 5, "yes"));
  EXPECT_EQ(said(), (Said{"now=yes@12"}));
  run(outcome("now/1", 12));
  EXPECT_EQ(said(), (Said{"now=yes@12", "now/1=ok@12", "T12"}));
}

TEST_F(EffectsTest, AWaitingTickHoldsUpNoOtherClock) {
  make();
  run(fact("a", 5));
  run(tick(12));
  tenant_ = "w";
  run(tick(11));
  EXPECT_EQ(said(), (Said{"T11"}));
}

// Three asked, two of them twice: any order of answers, any slices, aborts and restarts.
TEST_F(EffectsTest, TheOrderOfAnswersChangesNothing) {
  const Said expected = {"a/1=again@12",  "b/1=ok@12",    "c/1=again@12",
                         "a/1+=again@12", "c/1+=ok@12",   "a/1++=ok@12",
                         "T12"};
  std::mt19937 random(7);
  for (int history = 0; history < 200; ++history) {
    make(EffectsMode::kLive, 1 + random() % 4);
    for (const char* word : {"c", "a", "b"}) run(fact(word, 5));
    run(tick(12));
    std::vector<std::vector<LogRecord>> rounds = {
        {outcome("a/1", 12, "again"), outcome("b/1", 12), outcome("c/1", 12, "again")},
        {outcome("a/1+", 12, "again", 1), outcome("c/1+", 12, "ok", 1)},
        {outcome("a/1++", 12, "ok", 2)}};
    for (auto& round : rounds) {
      std::shuffle(round.begin(), round.end(), random);
      for (const auto& one : round) {
        if (random() % 3 == 0) restart();
        run(one, static_cast<int>(random() % 3));
      }
    }
    ASSERT_EQ(said(), expected) << "history " << history;
  }
}

TEST_F(EffectsTest, InWallTimeAnOutcomeCountsAtOnceAndOnce) {
  make();
  tenant_ = "w";
  run(fact("a", 5));
  run(tick(12));
  EXPECT_EQ(said(), (Said{"T12"}));
  run(outcome("a/1", 12, "ok", 0, 13));
  EXPECT_EQ(said(), (Said{"T12", "a/1=ok@13"}));
  run(outcome("a/1", 12, "ok", 0, 14));
  EXPECT_EQ(said().size(), 2u);
}

// A rebuild reads the outcomes before what plans them, and asks nobody.
TEST_F(EffectsTest, ARebuildGivesTheSame) {
  for (const char* tenant : {"e", "w"}) {
    tenant_ = tenant;
    make();
    for (const auto& one : {fact("a", 5), tick(12), outcome("a/1", 12, "again", 0, 13)}) run(one);
    const bool events = tenant_ == "e";
    const LogRecord second = outcome("a/1+", events ? 12 : 13, "ok", events ? 1 : 0, 14);
    for (const auto& one : {second, tick(20)}) run(one);
    const Said live = said();
    make(EffectsMode::kRebuild);
    for (const auto& one : {outcome("a/1", 12, "again", 0, 13), second, fact("a", 5), tick(12),
                            tick(20)}) {
      run(one);
    }
    Said rebuilt = said();
    EXPECT_EQ(rebuilt.size(), live.size()) << tenant;
    std::erase_if(rebuilt, [](const std::string& one) { return one.front() == 'T'; });
    Said facts = live;
    std::erase_if(facts, [](const std::string& one) { return one.front() == 'T'; });
    EXPECT_EQ(rebuilt, facts) << tenant;
  }
}

}  // namespace
}  // namespace encours::stream
