// Goal: how an input is cut and in which order its partitions are read changes nothing. In events
// mode all bytes are the same; in wall time, where records are decided as they come, what stands at
// a tick is the same for any order between two ticks. Method: tasks of the tally without a broker,
// pumped by a seed: which task is next, how much it takes, how small a slice of a tick is, when it
// commits, and when it has to begin again from its last commit.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/sim/random.h"
#include "common/stream/task.h"
#include "common/stream/testing/memory_store.h"
#include "encours/stream/v1alpha1/command.pb.h"
#include "tally.pb.h"
#include "tests/fault/judge.h"
#include "tests/fault/tally/no_documents.h"
#include "tests/fault/tally/stages.h"

namespace encours::test {
namespace {

using stream::LogRecord;
using stream::TopicPartition;
using tally::TallyRecord;

constexpr std::uint64_t kCuts = 60;
constexpr const char* kInputs[] = {"encours.settings", "tally.in", "tally.mid"};

// The tasks of all partitions over logs in memory, which get what a task has committed.
class Pump {
 public:
  Pump(std::int32_t partitions, std::uint64_t seed)
      : topology_(tally_topology(partitions)), random_(seed) {
    for (std::int32_t p = 0; p < partitions; ++p) {
      auto& line = lines_.emplace_back(std::make_unique<Line>());
      line->task = std::make_unique<stream::Task>(topology_, p, line->store, line->sink, documents_,
                                                  nullptr, stream::EffectsMode::kLive);
    }
  }

  void append(const stream::Outgoing& record) {
    auto& log = logs_[{record.topic, record.partition}];
    LogRecord stored;
    stored.topic = record.topic;
    stored.partition = record.partition;
    stored.offset = static_cast<std::int64_t>(log.size());
    stored.key = record.key;
    stored.value = record.value.value_or("");
    stored.tombstone = !record.value.has_value();
    stored.headers = record.headers;
    log.push_back(std::move(stored));
  }

  // Until nobody has anything left to do.
  void run() {
    while (true) {
      std::vector<Line*> busy;
      for (auto& line : lines_) {
        if (has_work(*line)) busy.push_back(line.get());
      }
      if (busy.empty()) return;
      step(*busy[static_cast<std::size_t>(draw(0, static_cast<std::int64_t>(busy.size()) - 1))]);
    }
  }

  Canonical outputs() const {
    Canonical out;
    for (const auto& [at, log] : logs_) {
      const bool written = std::none_of(std::begin(kInputs), std::end(kInputs) - 1,
                                        [&](const char* input) { return at.topic == input; });
      for (const auto& record : log) {
        if (written) add_record(record, &out);
      }
    }
    return out;
  }
  const std::vector<LogRecord>& log(const TopicPartition& at) { return logs_[at]; }
  Canonical rows() {
    Canonical out;
    for (std::size_t p = 0; p < lines_.size(); ++p) {
      const auto found = rows_of(*lines_[p]->store, static_cast<std::int32_t>(p),
                                 topology_.partitions);
      out.insert(found->rows.begin(), found->rows.end());
    }
    return out;
  }

 private:
  struct Line {
    std::shared_ptr<stream::testing::MemoryStore> store =
        std::make_shared<stream::testing::MemoryStore>();
    stream::testing::MemorySink sink;
    std::unique_ptr<stream::Task> task;
    std::map<std::string, std::size_t> taken;
    std::map<std::string, std::size_t> committed;
  };

  std::int64_t draw(std::int64_t from, std::int64_t to) { return random_.between(from, to); }

  std::vector<LogRecord>& log_of(const Line& line, const char* topic) {
    return logs_[{topic, line.task->partition()}];
  }
  bool has_input(Line& line) {
    return std::any_of(std::begin(kInputs), std::end(kInputs), [&](const char* topic) {
      return line.taken[topic] < log_of(line, topic).size();
    });
  }
  bool has_work(Line& line) {
    return line.task->has_backlog() || line.taken != line.committed || has_input(line);
  }

  void step(Line& line) {
    const std::int64_t drawn = draw(1, 100);
    if (drawn <= 3) return begin_again(line);
    if (drawn <= 25 || (!line.task->has_backlog() && !has_input(line))) return commit(line);
    if (line.task->has_backlog()) {
      ASSERT_TRUE(line.task->drain(static_cast<std::size_t>(draw(1, 30))).ok());
      line.taken["slices"] += 1;
      return;
    }
    const char* topic = kInputs[draw(0, 2)];
    for (std::int64_t left = draw(1, 40); left > 0 && !line.task->has_backlog(); --left) {
      auto& next = line.taken[topic];
      const auto& log = log_of(line, topic);
      if (next == log.size()) return;
      LogRecord one = log[next];
      const auto accepted = line.task->accept(one);
      ASSERT_TRUE(accepted.ok()) << describe(accepted.failure());
      if (*accepted == stream::Accepted::kHold) return;
      ++next;
    }
  }

  void commit(Line& line) {
    ASSERT_TRUE(line.task->finish().ok());
    for (const auto& record : line.sink.records) append(record);
    line.sink.records.clear();
    ASSERT_TRUE(line.task->apply(line.store->changelog_next_offset() + 1, 1).ok());
    line.committed = line.taken;
  }

  void begin_again(Line& line) {
    line.sink.records.clear();
    line.task->roll_back();
    ASSERT_TRUE(line.task->reload().ok());
    line.taken = line.committed;
  }

  const stream::Topology topology_;
  sim::Random random_;
  NoDocuments documents_;
  std::map<TopicPartition, std::vector<LogRecord>> logs_;
  std::vector<std::unique_ptr<Line>> lines_;
};

TEST(Alignment, InEventsModeAnyCutGivesTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= kCuts; ++seed) {
    WorkloadOptions options;
    options.seed = 1 + seed % 6;
    options.partitions = 1 + static_cast<std::int32_t>(seed % 4);
    options.days = 3;
    options.amounts = 250;
    options.keys = 25;
    options.late = options.duplicates = 12;
    options.poison = 6;
    const Workload workload = generate(options);
    const Expected expected = model_of(workload);
    Pump pump(options.partitions, seed);
    for (const auto& record : workload.records) {
      pump.append({record.topic, record.partition, record.key, record.value, {}});
    }
    pump.run();
    for (const auto& line : differences(expected.outputs, pump.outputs())) {
      ADD_FAILURE() << "seed " << seed << ": " << line;
    }
    for (const auto& line : differences(expected.rows, pump.rows())) {
      ADD_FAILURE() << "seed " << seed << ": " << line;
    }
    if (HasFailure()) return;
  }
}

// A tenant in wall time: amounts of three keys between two ticks, one of which falls silent.
class WallInput {
 public:
  WallInput() {
    encours::stream::v1alpha1::TenantSetting tenant;
    tenant.set_time_zone("Europe/Paris");
    encours::stream::v1alpha1::Setting setting;
    setting.set_sequence(1);
    setting.set_kind("tenant");
    setting.set_name("tenant");
    setting.set_type(tenant.GetDescriptor()->full_name());
    setting.set_body(tenant.SerializeAsString());
    setting.mutable_envelope()->set_tenant("atelier");
    setting_ = {"encours.settings", 0, "atelier", setting.SerializeAsString(), {}};
  }

  const stream::Outgoing& setting() const { return setting_; }
  static stream::Outgoing tick(int hour) {
    TallyRecord record;
    record.mutable_tick()->set_clock("wall");
    record.mutable_tick()->mutable_instant()->set_seconds(kBegin + hour * 3600);
    record.mutable_tick()->set_settings_version(1);
    record.mutable_tick()->set_stage("clock");
    return {"tally.in", 0, "wall", record.SerializeAsString(), {}};
  }
  // Those that were recorded in the hour before the tick.
  static std::vector<stream::Outgoing> amounts_before(int hour) {
    std::vector<stream::Outgoing> made;
    for (int i = 0; i < 9; ++i) {
      TallyRecord record;
      auto& envelope = *record.mutable_envelope();
      envelope.set_tenant("atelier");
      envelope.set_id("entry-" + std::to_string(hour) + "-" + std::to_string(i));
      envelope.mutable_recorded_at()->set_seconds(kBegin + hour * 3600 - 60 * (i + 1));
      envelope.set_settings_version(1);
      record.set_key("key-" + std::to_string((hour + i) % (hour < kSilentFrom ? 3 : 2)));
      record.set_amount(hour * 100 + i);
      made.push_back({"tally.in", 0, "atelier/" + record.key(), record.SerializeAsString(), {}});
    }
    return made;
  }

  // What is decided as it comes shows the order in which it came: the totals on the way, and the
  // instants of timers, which move with their records. What stands does not, nor what ticks decide.
  static Canonical standing(Pump& pump) {
    Canonical out;
    for (const auto& [heading, rows] : pump.rows()) {
      if (heading.ends_with(" total")) out[heading] = rows;
    }
    for (const auto& record : pump.log({"tally.out", 0})) {
      TallyRecord one;
      if (!one.ParseFromString(record.value) || !one.report()) continue;
      out["reports"].push_back(one.key() + " " + std::to_string(one.total()));
    }
    return out;
  }

 private:
  static constexpr std::int64_t kBegin = 1'700'006'400;
  static constexpr int kSilentFrom = 4;
  stream::Outgoing setting_;
};

TEST(Alignment, InWallTimeWhatStandsAtATickIsTheSameForAnyOrderBetweenTwo) {
  constexpr int kTicks = 30;  // More than a day: timers fire too.
  const WallInput input;
  std::map<int, Canonical> first;
  for (std::uint64_t seed = 1; seed <= kCuts; ++seed) {
    std::mt19937_64 order(seed);
    Pump pump(1, seed);
    pump.append(input.setting());
    for (int hour = 1; hour <= kTicks; ++hour) {
      auto amounts = WallInput::amounts_before(hour);
      std::shuffle(amounts.begin(), amounts.end(), order);
      for (const auto& amount : amounts) pump.append(amount);
      pump.append(WallInput::tick(hour));
      pump.run();
      const Canonical standing = WallInput::standing(pump);
      ASSERT_FALSE(standing.empty());
      const auto known = first.try_emplace(hour, standing).first;
      for (const auto& line : differences(known->second, standing)) {
        ADD_FAILURE() << "seed " << seed << ", tick " << hour << ": " << line;
      }
    }
    if (HasFailure()) return;
  }
  EXPECT_EQ(first.at(kTicks)["reports"].size(), 1u);
}

}  // namespace
}  // namespace encours::test
