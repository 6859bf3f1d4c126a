// Goal: a task gives the same facts whatever the order of arrival, the cut into slices and the
// aborts; it decides a command once; it holds what names settings that it has not read.
// Method: one stage that writes its records' names into a row (so order shows), a store and a sink
// in memory. Logs are drawn as  c0: a@06 T08  c1: T08 b@05  with the hour of recorded time.
#include "common/stream/task.h"

#include <gtest/gtest.h>

#include "common/documents/memory_store.h"
#include "common/stream/testing/memory_store.h"

namespace encours::stream {
namespace {

using encours::stream::v1alpha1::Command;
using encours::stream::v1alpha1::SourcePosition;

constexpr Table<SourcePosition> kTrail{0x20, "trail", "ss"};
constexpr std::uint8_t kTimerKind = 7;

// Appends the file name of each record to one row, and sets a timer for 10:00 of its day.
class TrailStage final : public Stage {
 public:
  std::string name() const override { return "trail"; }
  std::vector<StageInput> inputs() const override {
    return {{.topic = "in", .tick_stages = {"up"}, .from_all_partitions = true},
            {.topic = "commands", .kind = InputKind::kCommands},
            {.topic = "door.", .kind = InputKind::kTenantRaw}};
  }
  std::vector<TickOutput> tick_outputs() const override { return {{"out", false}}; }
  std::vector<TableInfo> tables() const override { return {kTrail.info()}; }
  std::string scope(const Record& record) const override { return scope_of(record.tenant(), "x"); }

  Result<Effects> decide(const View& view, const Record& record,
                         const Settings& settings) const override {
    Effects effects(view);
    SourcePosition row = view.get(kTrail).value_or(SourcePosition());
    std::string word = record.envelope.order_key();
    if (record.kind == RecordKind::kTimer) {
      word = "timer@" + std::to_string(record.at.unix_seconds() / 3600);
      if (settings.tenant(record.tenant()) == nullptr) word += "-of-nobody";
    }
    if (word == "poison" || record.kind == RecordKind::kRaw) {
      return poison("bad", "field", "Refused.");
    }
    row.set_file_name(row.file_name() + " " + word);
    effects.put(kTrail, row);
    if (word == "large") row.set_file_name(std::string(kMaxFactBytes, 'x'));
    if (record.kind == RecordKind::kFact) {
      effects.set_timer(kTimerKind, KeyWriter().text(word), Instant::from_unix_seconds(10 * 3600));
    }
    if (record.kind == RecordKind::kCommand) effects.answer(row);
    effects.emit("out", record.key, row);
    return effects;
  }
};

class TaskTest : public ::testing::Test {
 protected:
  void SetUp() override { make_task(); }

  void make_task(std::size_t slice = 1000) {
    topology_.service = "t";
    topology_.partitions = partitions_;
    topology_.stages = {std::make_shared<TrailStage>()};
    topology_.slice_size = slice;
    sink_.records.clear();
    store_ = std::make_shared<testing::MemoryStore>();
    reopen();
  }
  void reopen() {
    task_ = std::make_unique<Task>(topology_, 0, store_, sink_, documents_, nullptr, mode_);
    ASSERT_TRUE(task_->reload().ok());
  }

  LogRecord record(const std::string& word, int hour, std::int64_t settings = 1) {
    Envelope envelope;
    envelope.set_tenant(tenant_);
    envelope.set_id("id-" + word);
    envelope.set_order_key(word);
    envelope.set_settings_version(settings);
    envelope.mutable_recorded_at()->set_seconds(hour * 3600);
    return {.topic = "in",
            .offset = next_++,
            .key = tenant_ + "/x",
            .value = encode_fact(envelope, "")};
  }
  LogRecord command(const std::string& request_id, int hour, const std::string& word = "cmd") {
    Command command;
    command.mutable_envelope()->set_tenant(tenant_);
    command.mutable_envelope()->set_id("cmd");
    command.mutable_envelope()->set_order_key(word);
    command.mutable_envelope()->mutable_recorded_at()->set_seconds(hour * 3600);
    command.set_request_id(request_id);
    command.set_type("T");
    return {.topic = "commands",
            .offset = next_++,
            .key = tenant_ + "/x",
            .value = command.SerializeAsString()};
  }
  LogRecord tick(int channel, int hour) {
    Tick tick;
    tick.set_clock(tenant_ == "w" ? "wall" : "tenant/" + tenant_);
    tick.mutable_instant()->set_seconds(hour * 3600);
    tick.set_stage("up");
    tick.set_partition(channel);
    tick.set_settings_version(1);
    return {.topic = "in", .offset = next_++, .key = tick.clock(), .value = encode_tick(tick)};
  }
  LogRecord open_tenants() {
    Setting setting;
    setting.mutable_envelope()->set_tenant("e");
    setting.mutable_envelope()->set_id("s1");
    setting.set_sequence(1);
    setting.set_kind("tenant");
    setting.set_name("tenant");
    setting.set_type("encours.stream.v1alpha1.TenantSetting");
    TenantSetting tenant;
    tenant.set_clock_mode(TenantSetting::CLOCK_MODE_EVENTS);
    setting.set_body(tenant.SerializeAsString());
    return {.topic = kSettingsTopic,
            .offset = next_++,
            .key = "e",
            .value = setting.SerializeAsString()};
  }

  Result<Accepted> offer(LogRecord one) { return task_->accept(one); }

  void take(LogRecord one) {
    const auto accepted = task_->accept(one);
    ASSERT_TRUE(accepted.ok()) << accepted.failure().message;
    ASSERT_EQ(*accepted, Accepted::kDone);
  }
  // Drains slice by slice; after each, the changes are applied or (every `abort_nth`) lost.
  void drain(int abort_nth = 0) {
    int slice = 0;
    while (task_->has_backlog()) {
      const std::size_t sent = sink_.records.size();
      const auto done = task_->drain(topology_.slice_size);
      ASSERT_TRUE(done.ok()) << done.failure().message;
      if (abort_nth > 0 && ++slice % abort_nth == 0) {
        sink_.records.resize(sent);
        task_->roll_back();
        ASSERT_TRUE(task_->reload().ok());
        ASSERT_LT(slice, 1000) << "no progress";
        continue;
      }
      ASSERT_TRUE(task_->finish().ok());
      ASSERT_TRUE(task_->apply(++applied_, 0).ok());
    }
  }
  std::string trail() const {
    const View view(*store_, scope_of(tenant_, "x"));
    return view.get(kTrail).value_or(SourcePosition()).file_name();
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> out;
    for (const auto& one : sink_.records) out.push_back(one.topic + ":" + one.value.value_or("-"));
    return out;
  }

  std::string tenant_ = "e";
  int partitions_ = 2;
  EffectsMode mode_ = EffectsMode::kLive;
  Topology topology_;
  testing::MemorySink sink_;
  MemoryStore documents_;
  std::shared_ptr<testing::MemoryStore> store_;
  std::unique_ptr<Task> task_;
  std::int64_t next_ = 0;
  std::int64_t applied_ = 0;
};

//  c0: b@06 T08   c1: a@05 T08      in any interleaving
TEST_F(TaskTest, MergesChannelsByRecordedTime) {
  std::vector<std::string> first;
  for (int order = 0; order < 3; ++order) {
    make_task();
    take(open_tenants());
    const std::vector<LogRecord> c0 = {record("b", 6), tick(0, 8), record("c", 9)};
    const std::vector<LogRecord> c1 = {record("a", 5), tick(1, 8)};
    if (order == 0) for (const auto* c : {&c0, &c1}) for (const auto& r : *c) take(r), drain();
    if (order == 1) for (const auto* c : {&c1, &c0}) for (const auto& r : *c) take(r), drain();
    if (order == 2) for (const auto& r : {c0[0], c1[0], c1[1], c0[1], c0[2]}) take(r), drain();
    EXPECT_EQ(trail(), " a b");  // c waits for the tick after 09:00.
    if (order == 0) first = sent();
    EXPECT_EQ(sent(), first);
  }
}

// A stage above has decided something at the tick of 08:00; somebody else recorded something at the
// very instant. The first belongs to the tick, the second waits for the next one.
TEST_F(TaskTest, WhatATickDecidesBelongsToItFurtherDown) {
  take(open_tenants());
  for (const auto& r : {record(std::string(kTimerOrder) + "x", 8), record("b", 8), tick(0, 8)}) {
    take(r), drain();
  }
  take(tick(1, 8)), drain();
  EXPECT_EQ(trail(), " " + std::string(kTimerOrder) + "x");
  take(tick(0, 9)), take(tick(1, 9)), drain();
  EXPECT_EQ(trail(), " " + std::string(kTimerOrder) + "x b");
}

TEST_F(TaskTest, FiresTimersAtTheTickAndForwardsItLast) {
  take(open_tenants());
  for (const auto& r : {record("a", 5), tick(0, 8), tick(1, 8), tick(0, 12)}) take(r), drain();
  EXPECT_EQ(trail(), " a");
  take(tick(1, 12)), drain();
  EXPECT_EQ(trail(), " a timer@12");
  const auto head = decode_head(*sink_.records.back().value);
  ASSERT_TRUE(head->tick.has_value());
  EXPECT_EQ(head->tick->instant().seconds(), 12 * 3600);
  EXPECT_EQ(head->tick->stage(), "trail");
}

// Facts of days long past, then the first tick ever: what is due fires by that tick's settings.
TEST_F(TaskTest, TheFirstTickBringsItsSettingsToItsTimers) {
  take(open_tenants());
  for (const auto& r : {record("a", 5), tick(0, 12), tick(1, 12)}) take(r), drain();
  EXPECT_EQ(trail(), " a timer@12");
}

// As where old offsets and a log that was compacted since have made the state: the clock has seen
// the tick, its row is gone. It must not be waited for in vain.
TEST_F(TaskTest, ATickWithoutItsRowIsAnError) {
  take(open_tenants());
  for (const auto& r : {tick(0, 8), tick(1, 8)}) take(r);
  ASSERT_TRUE(task_->finish().ok());
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  const Instant at = Instant::from_unix_micros(8LL * 3600 * 1000000);
  ASSERT_EQ(store_->rows.erase(pending_tick_key("trail", "tenant/e", at)), 1u);
  reopen();
  ASSERT_TRUE(task_->has_backlog());
  const auto done = task_->drain(topology_.slice_size);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.failure().code, "tick_lost");
  EXPECT_EQ(done.failure().reaction, Reaction::kRetry);
}

//  50 timers due at one tick, slices of 7, every third slice lost: nothing lost, nothing twice.
TEST_F(TaskTest, HandlesATickInSlicesOverAborts) {
  for (const int abort_nth : {0, 3, 2}) {
    make_task(7);
    take(open_tenants());
    for (int i = 0; i < 50; ++i) take(record("r" + std::to_string(i), 5));
    ASSERT_TRUE(task_->apply(++applied_, 0).ok());
    for (const auto& r : {tick(0, 8), tick(1, 8), tick(0, 12), tick(1, 12)}) {
      take(r);
      ASSERT_TRUE(task_->apply(++applied_, 0).ok());
      drain(abort_nth);
    }
    const std::string text = trail();
    std::size_t timers = 0;
    for (std::size_t at = text.find("timer@"); at != std::string::npos;
         at = text.find("timer@", at + 1)) {
      ++timers;
    }
    EXPECT_EQ(timers, 50u) << "aborting every " << abort_nth;
    EXPECT_EQ(task_->counts().staged.dead_letters, 0u);
  }
}

TEST_F(TaskTest, ARestartFindsItsBacklogAgain) {
  take(open_tenants());
  for (const auto& r : {record("a", 5), tick(0, 8), tick(1, 8)}) take(r);
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  reopen();
  ASSERT_TRUE(task_->has_backlog());
  drain();
  EXPECT_EQ(trail(), " a");
}

TEST_F(TaskTest, WallTenantsAreServedAtOnceInOrderOfArrival) {
  tenant_ = "w";
  take(open_tenants());
  for (const auto& r : {record("b", 6), record("a", 5)}) take(r);
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  EXPECT_EQ(trail(), " b a");
}

TEST_F(TaskTest, AWallChannelBeyondPatienceIsNotWaitedFor) {
  tenant_ = "w";
  take(open_tenants());
  take(tick(0, 8));
  EXPECT_FALSE(task_->has_backlog());  // Channel 1 was never heard of: it is beyond patience only
  take(tick(1, 8)), drain();           // once it lags behind a later tick.
  EXPECT_EQ(task_->handled(0, "wall"), Instant::from_unix_seconds(8 * 3600));
  take(tick(0, 9)), drain();
  EXPECT_EQ(task_->handled(0, "wall"), Instant::from_unix_seconds(9 * 3600));
}

TEST_F(TaskTest, HoldsARecordUntilItsSettingsAreRead) {
  const auto early = record("a", 5);
  EXPECT_EQ(*offer(early), Accepted::kHold);
  EXPECT_EQ(*offer(tick(0, 8)), Accepted::kHold);
  take(open_tenants());
  EXPECT_EQ(*offer(early), Accepted::kDone);
}

TEST_F(TaskTest, DecidesACommandOnce) {
  tenant_ = "w";
  take(open_tenants());
  const LogRecord one = command("r1", 5);
  take(one), take(one);
  const auto decided = task_->take_decided();
  ASSERT_EQ(decided.size(), 2u);
  EXPECT_EQ(decided[0].outcome.SerializeAsString(), decided[1].outcome.SerializeAsString());
  EXPECT_EQ(decided[0].outcome.status_code(), 0);
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  EXPECT_EQ(trail(), " cmd");
}

// A caller repeats a command in his own time, while an import moves the tenant's clock by months;
// by the wall a repetition is a new command after a week only.
TEST_F(TaskTest, AnOutcomeIsForgottenByTheWallAlone) {
  constexpr int kMonth = 31 * 24;
  take(open_tenants());
  const LogRecord one = command("r1", 5);
  take(one);
  take(tick(0, kMonth)), take(tick(1, kMonth)), drain();
  take(one);
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  EXPECT_EQ(trail(), " cmd");
  tenant_ = "w";
  take(tick(0, kMonth)), take(tick(1, kMonth)), drain();
  tenant_ = "e";
  take(one);
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  EXPECT_EQ(trail(), " cmd cmd");
}

TEST_F(TaskTest, PoisonAndRubbishBecomeDeadLettersAndHurtNobody) {
  tenant_ = "w";
  take(open_tenants());
  take({.topic = "in", .offset = next_++, .key = "w/x", .value = "\xFF\xFF rubbish"});
  take(record("poison", 5)), take(record("good", 6));
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  EXPECT_EQ(trail(), " good");
  EXPECT_EQ(task_->counts().staged.dead_letters, 2u);
  std::size_t letters = 0;
  for (const auto& one : sink_.records) letters += one.topic == kDeadLettersTopic;
  EXPECT_EQ(letters, 2u);
}

TEST_F(TaskTest, ARowThatWouldBeTooLargeIsADeadLetterAndHurtsNobody) {
  tenant_ = "w";
  take(open_tenants());
  take(record("good", 5)), take(record(std::string(kMaxRowBytes, 'x'), 6)), take(record("too", 7));
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  EXPECT_EQ(trail(), " good too");
  EXPECT_EQ(task_->counts().staged.dead_letters, 1u);
}

// One log: late@09 T08 b@08 c@08 T09, all from one place in an import. In wall time they were
// decided as they stand, so a rebuild does the same, also when it is started again on its way.
TEST_F(TaskTest, ARebuildInWallTimeKeepsTheOrderOfALog) {
  tenant_ = "w", partitions_ = 1, mode_ = EffectsMode::kRebuild;
  const auto from_one_place = [&](LogRecord one) {
    SourcePosition position;
    position.set_file_name("import.csv");
    one.headers.emplace_back(kSourceHeader, position.SerializeAsString());
    return one;
  };
  for (const bool again : {false, true}) {
    make_task();
    take(open_tenants());
    take(from_one_place(record("late", 9)));
    ASSERT_TRUE(task_->apply(++applied_, 0).ok());
    if (again) reopen();
    take(tick(0, 8)), drain();
    EXPECT_EQ(trail(), " late");
    take(from_one_place(record("b", 8))), take(from_one_place(record("c", 8)));
    take(tick(0, 9)), drain();
    EXPECT_EQ(trail(), " late b c");
  }
}

TEST_F(TaskTest, WhoGivesACommandThatIsPoisonHearsOfIt) {
  tenant_ = "w";
  take(open_tenants());
  take(command("r1", 5, "poison"));
  take(command("r2", 5, std::string(kMaxRowBytes, 'x')));
  const auto decided = task_->take_decided();
  ASSERT_EQ(decided.size(), 2u);
  EXPECT_EQ(decided[0].request_id, "r1");
  EXPECT_EQ(decided[0].outcome.error_code(), "bad");
  EXPECT_EQ(decided[0].outcome.error_field(), "field");
  EXPECT_EQ(decided[1].outcome.error_code(), "row_too_large");
  EXPECT_EQ(task_->counts().staged.dead_letters, 2u);
}

TEST_F(TaskTest, RemembersWhatItHasRead) {
  tenant_ = "w";
  take(open_tenants());
  EXPECT_TRUE(task_->has_read(kSettingsTopic, 0));
  EXPECT_FALSE(task_->has_read("in", 0));
  const LogRecord held = record("a", 5, 2);
  ASSERT_EQ(*offer(held), Accepted::kHold);
  EXPECT_FALSE(task_->has_read("in", 0)) << "it is offered again";
  take(record("a", 5));
  EXPECT_TRUE(task_->has_read("in", 0));
  task_->roll_back();
  EXPECT_FALSE(task_->has_read("in", 0));
  EXPECT_FALSE(task_->has_read(kSettingsTopic, 0));
  take(record("a", 5));
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  reopen();
  EXPECT_TRUE(task_->has_read("in", 0));
}

TEST_F(TaskTest, StopsWhereMostOfAnInputIsPoison) {
  topology_.poison_limit = {.window = 4, .percent = 50};
  make_task();
  tenant_ = "w";
  take(open_tenants());
  for (const char* word : {"a", "poison", "b", "poison"}) take(record(word, 5));
  const auto last = offer(record("poison", 5));
  ASSERT_FALSE(last.ok());
  EXPECT_EQ(last.failure().reaction, Reaction::kFatal);
  EXPECT_EQ(last.failure().code, "too_much_poison");
  EXPECT_NE(last.failure().message.find("3 of the last 4 records of in p-0"), std::string::npos);
  EXPECT_EQ(task_->counts().staged.dead_letters, 2u);
}

TEST_F(TaskTest, ADoorTakesAnyAmountOfPoison) {
  topology_.poison_limit = {.window = 4, .percent = 50};
  make_task();
  tenant_ = "w";
  take(open_tenants());
  for (int i = 0; i < 20; ++i) take({.topic = "door.w", .offset = i, .key = "k", .value = "x"});
  EXPECT_EQ(task_->counts().staged.dead_letters, 20u);
}

TEST_F(TaskTest, AFactThatNoTopicTakesIsPoison) {
  tenant_ = "w";
  take(open_tenants());
  take(record("large", 5));
  EXPECT_EQ(task_->counts().staged.dead_letters, 1u);
  EXPECT_FALSE(task_->changes().empty()) << "the settings at least";
  ASSERT_TRUE(task_->apply(++applied_, 0).ok());
  EXPECT_EQ(trail(), "") << "half of a decision is staged";
  EXPECT_EQ(sink_.records.back().topic, kDeadLettersTopic);
  topology_.large_topics["out"] = 2 * kMaxFactBytes;
  take(record("large", 5));
  EXPECT_EQ(task_->counts().staged.dead_letters, 1u);
  EXPECT_EQ(sink_.records.back().topic, "out");
}

}  // namespace
}  // namespace encours::stream
