#include "tests/fault/oracle.h"

#include <algorithm>

#include "common/kafka/log_client.h"
#include "common/state/store.h"
#include "tally.pb.h"

namespace encours::test {
namespace fs = std::filesystem;

namespace {

using stream::LogRecord;
using stream::TopicPartition;

constexpr std::int64_t kLeaveMs = 10000;
// No transaction outlives its processes by more: they are gone, and the broker looks every second.
constexpr std::int64_t kReadMs = 15000;
constexpr std::int64_t kLookMs = 200;
constexpr const char* kChangelog = "encours.tally.changelog";
constexpr const char* kWrittenTopics[] = {"tally.mid", "tally.out", "encours.dead-letters",
                                          "encours.audit", kChangelog};

}  // namespace

Oracle::Oracle(Installation& installation)
    : installation_(installation),
      expected_(model_of(installation.workload())),
      judge_(installation.workload(), expected_) {}

Oracle::~Oracle() = default;

Status Oracle::connect() {
  if (log_) return {};
  log_ = kafka::make_kafka_log(installation_.settings());
  ENCOURS_ASSIGN(replay_, log_->make_replay());
  ENCOURS_ASSIGN(reader_, log_->make_reader());
  ENCOURS_ASSIGN(cluster_id_, log_->cluster_id());
  return {};
}

// Reads from `*position` to the high watermark, which is reached only when no transaction is open.
Status Oracle::read_committed(const std::string& topic, std::int32_t partition,
                              std::int64_t deadline_ms, const Visitor& visit,
                              std::int64_t* position) {
  const TopicPartition at{topic, partition};
  ENCOURS_ASSIGN(const auto range, replay_->range(at));
  const auto idle = [&]() -> Status {
    if (monotonic_ms() < deadline_ms) return {};
    return error(Reaction::kAbort, "open_transaction",
                 topic + " p-" + std::to_string(partition) + " can't be read up to its end at " +
                     std::to_string(range.high) + ", only to " + std::to_string(*position));
  };
  const auto take = [&](const LogRecord& record) -> Status {
    *position = record.offset + 1;
    visit(record);
    return {};
  };
  ENCOURS_TRY(replay_->replay(at, *position, range.high, take, idle));
  *position = range.high;
  return {};
}

Status Oracle::await_outputs(std::int64_t timeout_ms, const Workload::Cut& cut) {
  ENCOURS_TRY(connect());
  const auto& workload = installation_.workload();
  const std::int64_t deadline_ms = monotonic_ms() + timeout_ms;
  const auto look = [&](const LogRecord& record) {
    tally::TallyRecord out;
    if (!out.ParseFromString(record.value) || !out.has_tick()) return;
    auto& last = out_ticks_[{record.partition, out.tick().clock()}];
    last = std::max(last, out.tick().instant().seconds());
  };
  const auto is_out = [&](std::int32_t p) {
    for (std::size_t c = 0; c < workload.clocks.size(); ++c) {
      if (out_ticks_[{p, workload.clocks[c]}] < cut.ticks[c].unix_seconds()) return false;
    }
    return true;
  };
  std::string late;
  const bool done = await(timeout_ms, [&] {
    for (std::int32_t p = 0; p < workload.options.partitions; ++p) {
      if (is_out(p)) continue;
      // A read that an open transaction holds up goes on where it stood.
      const std::int64_t until_ms = std::min(deadline_ms, monotonic_ms() + kLookMs);
      const Status read = read_committed("tally.out", p, until_ms, look, &out_positions_[p]);
      if (is_out(p)) continue;
      late = "the last tick has not come out of tally.out p-" + std::to_string(p) +
             (read ? "" : "; " + read.failure().message);
      return false;
    }
    return true;
  });
  if (!done) return error(Reaction::kAbort, "not_done", late);
  return {};
}

Status Oracle::await_input_read(std::int64_t timeout_ms) {
  ENCOURS_TRY(connect());
  std::vector<TopicPartition> inputs;
  std::map<TopicPartition, std::int64_t> ends;
  for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
    const TopicPartition at{kTallyIn, p};
    ENCOURS_ASSIGN(const auto range, replay_->range(at));
    ends[at] = range.high;
    if (range.high > 0) inputs.push_back(at);
  }
  std::string late = "no committed offsets";
  const bool done = await(timeout_ms, [&] {
    const auto committed = reader_->stable_committed(inputs);
    if (!committed || committed->size() != inputs.size()) return false;
    for (const auto& next : *committed) {
      if (next.offset == ends[next.at]) continue;
      late = next.at.topic + " p-" + std::to_string(next.at.partition) + " is read up to " +
             std::to_string(next.offset) + " of " + std::to_string(ends[next.at]);
      return false;
    }
    return true;
  });
  if (!done) return error(Reaction::kAbort, "not_read", late);
  return {};
}

Status Oracle::await_decided(std::int64_t timeout_ms) {
  ENCOURS_TRY(connect());
  std::string open;
  const auto all_decided = [&]() -> bool {
    for (const char* topic : kWrittenTopics) {
      for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
        open = std::string(topic) + " p-" + std::to_string(p);
        const auto range = replay_->range({topic, p});
        const auto stable = replay_->stable_end({topic, p});
        if (!range || !stable || *stable < range->high) return false;
      }
    }
    return true;
  };
  if (await(timeout_ms, all_decided)) return {};
  return error(Reaction::kAbort, "open_transaction", "A transaction is open on " + open + ".");
}

Verdict Oracle::judge(std::int64_t liveness_ms) {
  const Status done = await_outputs(liveness_ms, installation_.workload().cuts.back());
  if (!done) {
    judge_.note(kLiveness,
                "not done in " + std::to_string(liveness_ms) + " ms: " + done.failure().message);
  }
  if (!installation_.stop_all(kLeaveMs)) {
    judge_.note(kLiveness, "an instance did not leave cleanly");
  }
  if (!log_) return judge_.verdict();
  read_outputs();
  judge_.check_outputs();
  check_offsets();
  judge_.check_accounted();
  check_stores();
  return judge_.verdict();
}

// A changelog begins where records may have been deleted.
void Oracle::read_outputs() {
  for (const char* topic : kWrittenTopics) {
    const bool is_judged = std::string(topic) != kChangelog;
    for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
      std::int64_t position = 0;
      if (!is_judged) {
        const auto range = replay_->range({topic, p});
        if (range) position = range->low;
      }
      const auto visit = [&](const LogRecord& record) {
        if (is_judged) judge_.take(record);
      };
      const Status read = read_committed(topic, p, monotonic_ms() + kReadMs, visit, &position);
      if (!read) judge_.note(kOpenTransaction, read.failure().message);
    }
  }
}

void Oracle::check_offsets() {
  const auto committed = reader_->stable_committed(judge_.group_partitions());
  if (!committed) return judge_.note(kOffsets, committed.failure().message);
  judge_.check_offsets(*committed);
}

void Oracle::check_stores() {
  static const auto memory = StoreMemory::with_limits(8 << 20, 32 << 20);
  const auto in = [](const fs::path& dir, std::int32_t p) {
    return dir / "tally" / ("p-" + std::to_string(p));
  };
  std::map<std::int32_t, std::vector<std::string>> places;
  for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
    auto& named = places[p];
    for (const auto& dir : installation_.data_dirs()) {
      if (fs::exists(in(dir, p))) named.push_back(dir.string());
    }
  }
  const auto open = [&](std::int32_t p, const std::string& dir) -> Result<std::shared_ptr<Store>> {
    ENCOURS_ASSIGN(auto opened, Store::open(in(dir, p), {cluster_id_, "tally", p}, memory));
    return std::shared_ptr<Store>(std::move(opened));
  };
  SystemClock clock;
  judge_.check_stores(places, installation_.scratch_dir("rebuilt").string(), open, *replay_, clock);
}

Result<std::int64_t> Oracle::log_end(const std::string& topic) {
  std::int64_t sum = 0;
  for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
    ENCOURS_ASSIGN(const std::int64_t end, log_end(topic, p));
    sum += end;
  }
  return sum;
}

Result<std::int64_t> Oracle::log_end(const std::string& topic, std::int32_t partition) {
  ENCOURS_TRY(connect());
  ENCOURS_ASSIGN(const auto range, replay_->range({topic, partition}));
  return range.high;
}

Result<std::vector<stream::NextOffset>> Oracle::committed(
    const std::vector<TopicPartition>& partitions) {
  ENCOURS_TRY(connect());
  return reader_->stable_committed(partitions);
}

Result<std::int64_t> Oracle::count_records(const std::string& topic, bool committed_only) {
  kafka::KafkaSettings settings = installation_.settings();
  if (!committed_only) settings.extra = {{"isolation.level", "read_uncommitted"}};
  const auto log = kafka::make_kafka_log(settings);
  ENCOURS_ASSIGN(const auto replay, log->make_replay());
  std::int64_t count = 0;
  const std::int64_t deadline_ms = monotonic_ms() + kReadMs;
  for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
    ENCOURS_ASSIGN(const auto range, replay->range({topic, p}));
    ENCOURS_TRY(replay->replay(
        {topic, p}, range.low, range.high,
        [&](const LogRecord&) {
          ++count;
          return Status();
        },
        [&]() -> Status {
          if (monotonic_ms() < deadline_ms) return {};
          return error(Reaction::kRetry, "count", topic + " can't be read up to its end");
        }));
  }
  return count;
}

}  // namespace encours::test
