// Goal: when a setting changes, each scope of its tenant hears of it once, at the tick from which
// the change holds and before that tick's timers, whatever the slices, aborts and restarts. Method:
// a stage that remembers its records' keys and says what it hears.
#include <gtest/gtest.h>

#include "common/documents/memory_store.h"
#include "common/stream/task.h"
#include "common/stream/testing/memory_store.h"

namespace encours::stream {
namespace {

using encours::stream::v1alpha1::AuditEntry;

constexpr Table<AuditEntry> kKnown{0x20, "known", "ss"};

class ListeningStage final : public Stage {
 public:
  std::string name() const override { return "listening"; }
  std::vector<StageInput> inputs() const override {
    return {{.topic = "in", .tick_stages = {"up"}}};
  }
  std::vector<TickOutput> tick_outputs() const override { return {{"out", false}}; }
  std::vector<TableInfo> tables() const override { return {kKnown.info()}; }
  std::vector<std::string> sweep_kinds() const override { return {"k", "l"}; }
  std::uint8_t sweep_table() const override { return kKnown.id; }

  Result<Effects> decide(const View& view, const Record& record,
                         const Settings& settings) const override {
    Effects effects(view);
    AuditEntry said;
    if (record.kind == RecordKind::kFact) {
      effects.put(kKnown, said);
      return effects;
    }
    std::string kinds;
    for (const auto& kind : record.changed_kinds) kinds += kind;
    said.set_reason(std::string(entity_of_key(record.key)) + ":" + kinds + "@" +
                    std::to_string(settings.sequence()));
    effects.emit("out", record.key, said);
    return effects;
  }
};

class SweepTest : public ::testing::Test {
 protected:
  void SetUp() override { make(1000); }
  void make(std::size_t slice) {
    topology_.service = "t";
    topology_.partitions = 1;
    topology_.stages = {std::make_shared<ListeningStage>()};
    topology_.slice_size = slice;
    sink_.records.clear();
    store_ = std::make_shared<testing::MemoryStore>();
    sequence_ = 0;
    restart();
    set("e", "tenant");
    set("f", "tenant");
    for (const char* key : {"e/a", "e/b", "e/c", "f/a"}) fact(key);
  }
  void restart() {
    task_ = std::make_unique<Task>(topology_, 0, store_, sink_, documents_, nullptr,
                                   EffectsMode::kLive);
    ASSERT_TRUE(task_->reload().ok());
  }
  void take(LogRecord one) {
    const auto accepted = task_->accept(one);
    ASSERT_TRUE(accepted.ok()) << accepted.failure().message;
    commit();
  }
  void commit() {
    ASSERT_TRUE(task_->finish().ok());
    ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  }
  void set(const std::string& tenant, const std::string& kind) {
    Setting setting;
    setting.mutable_envelope()->set_tenant(tenant);
    setting.set_sequence(++sequence_);
    setting.set_kind(kind);
    setting.set_name(kind);
    setting.set_type("encours.stream.v1alpha1.TenantSetting");
    take({.topic = kSettingsTopic,
          .offset = next_++,
          .key = tenant,
          .value = setting.SerializeAsString()});
  }
  void fact(const std::string& key, std::int64_t version = 0) {
    Envelope envelope;
    envelope.set_settings_version(version);
    envelope.set_tenant(std::string(tenant_of_key(key)));
    envelope.set_id(key);
    envelope.mutable_recorded_at()->set_seconds(1);
    take({.topic = "in", .offset = next_++, .key = key, .value = encode_fact(envelope, "")});
  }
  // Every `restart_nth` slice is followed by a restart from what was committed.
  void tick(int hour, std::int64_t version, int restart_nth = 0) {
    Tick tick;
    tick.set_clock("wall");
    tick.mutable_instant()->set_seconds(hour * 3600);
    tick.set_stage("up");
    tick.set_settings_version(version);
    take({.topic = "in", .offset = next_++, .key = "wall", .value = encode_tick(tick)});
    for (int slice = 1; task_->has_backlog(); ++slice) {
      ASSERT_LT(slice, 100) << "no progress";
      const std::size_t sent = sink_.records.size();
      ASSERT_TRUE(task_->drain(topology_.slice_size).ok());
      if (restart_nth > 0 && slice % restart_nth == 0) {
        sink_.records.resize(sent);  // Lost with the transaction.
        restart();
        ASSERT_TRUE(task_->drain(topology_.slice_size).ok());
      }
      commit();
    }
  }
  std::vector<std::string> said() {
    std::vector<std::string> out;
    for (const auto& one : sink_.records) {
      AuditEntry body;
      EXPECT_TRUE(body.ParseFromString(*one.value));
      out.push_back(body.has_tick() ? "T" : body.reason());
    }
    sink_.records.clear();
    return out;
  }

  Topology topology_;
  testing::MemorySink sink_;
  MemoryStore documents_;
  std::shared_ptr<testing::MemoryStore> store_;
  std::unique_ptr<Task> task_;
  std::int64_t sequence_ = 0;
  std::int64_t next_ = 0;
  std::int64_t applied_ = 0;
};

using Said = std::vector<std::string>;

TEST_F(SweepTest, EachScopeOfTheTenantHearsOnceAtTheTickOfTheChange) {
  tick(1, 2);
  EXPECT_EQ(said(), Said{"T"});
  set("e", "k");
  set("e", "l");
  set("f", "of-no-interest");
  tick(2, 2);  // The tick does not bring them yet.
  EXPECT_EQ(said(), Said{"T"});
  tick(3, 5);
  EXPECT_EQ(said(), (Said{"a:kl@5", "b:kl@5", "c:kl@5", "T"}));
  tick(4, 5);
  EXPECT_EQ(said(), Said{"T"});
  set("f", "k");
  tick(5, 6);
  EXPECT_EQ(said(), (Said{"a:k@6", "T"}));
}

// In wall time a tick may come after a record that was made after it.
TEST_F(SweepTest, WhatWasDecidedByNewerSettingsIsNotDecidedByOlderOnesAgain) {
  set("e", "k");
  set("e", "l");
  fact("e/d", 4);
  restart();
  tick(2, 3);
  EXPECT_EQ(said(), (Said{"a:k@4", "b:k@4", "c:k@4", "d:k@4", "T"}));
  tick(3, 4);
  EXPECT_EQ(said(), (Said{"a:l@4", "b:l@4", "c:l@4", "d:l@4", "T"}));
}

TEST_F(SweepTest, SlicesAndRestartsChangeNothing) {
  for (std::size_t slice = 1; slice <= 3; ++slice) {
    for (int nth = 0; nth <= 3; ++nth) {
      make(slice);
      set("e", "k");
      set("f", "k");
      tick(1, 4, nth);
      EXPECT_EQ(said(), (Said{"a:k@4", "b:k@4", "c:k@4", "a:k@4", "T"})) << slice << " " << nth;
    }
  }
}

}  // namespace
}  // namespace encours::stream
