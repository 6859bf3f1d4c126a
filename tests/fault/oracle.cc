#include "tests/fault/oracle.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/kafka/log_client.h"
#include "common/state/store.h"
#include "common/stream/restore.h"
#include "common/stream/runtime_tables.h"
#include "tally.pb.h"
#include "tests/fault/tally/no_documents.h"
#include "tests/fault/tally/stages.h"

namespace encours::test {
namespace fs = std::filesystem;

namespace {

using stream::LogRecord;
using stream::TopicPartition;

constexpr std::int64_t kLeaveMs = 10000;
// No transaction outlives its processes by more: they are gone, and the broker looks every second.
constexpr std::int64_t kReadMs = 15000;
constexpr std::int64_t kLookMs = 200;
constexpr const char* kGroupTopics[] = {"tally.in", "tally.mid", "encours.settings"};
constexpr const char* kOutputTopics[] = {"tally.mid", "tally.out", "encours.dead-letters",
                                         "encours.audit", "encours.tally.changelog"};

// A task without a log: for restores in this process.
class NoSink final : public stream::Sink {
 public:
  Status produce(const stream::Outgoing&) override {
    return fatal("no_sink", "The oracle writes nothing.");
  }
};

std::optional<std::pair<std::int32_t, std::int64_t>> origin_of(const LogRecord& record) {
  for (const auto& [name, value] : record.headers) {
    encours::stream::v1alpha1::SourcePosition position;
    if (name == stream::kSourceHeader && !value.empty() && position.ParseFromString(value)) {
      return std::pair{position.partition(), position.offset()};
    }
  }
  return std::nullopt;
}

}  // namespace

std::set<std::string> Verdict::failed() const {
  std::set<std::string> names;
  for (const auto& finding : findings) names.insert(finding.comparison);
  return names;
}

std::string Verdict::text() const {
  std::string out;
  for (const auto& finding : findings) out += finding.comparison + ": " + finding.what + "\n";
  return out.empty() ? "exact" : out;
}

Oracle::Oracle(Installation& installation)
    : installation_(installation), expected_(model_of(installation.workload())) {}

Oracle::~Oracle() = default;

Status Oracle::connect() {
  if (log_) return {};
  log_ = kafka::make_kafka_log(installation_.settings());
  ENCOURS_ASSIGN(replay_, log_->make_replay());
  ENCOURS_ASSIGN(reader_, log_->make_reader());
  ENCOURS_ASSIGN(cluster_id_, log_->cluster_id());
  return {};
}

void Oracle::note(const char* comparison, std::string what) {
  verdict_.findings.push_back({comparison, std::move(what)});
}

void Oracle::note_differences(const char* comparison, const Canonical& expected,
                              const Canonical& found) {
  for (auto& line : differences(expected, found)) note(comparison, std::move(line));
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
    for (const char* topic : kOutputTopics) {
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
  verdict_ = Verdict();
  const Status done = await_outputs(liveness_ms, installation_.workload().cuts.back());
  if (!done) {
    note(kLiveness,
         "not done in " + std::to_string(liveness_ms) + " ms: " + done.failure().message);
  }
  if (!installation_.stop_all(kLeaveMs)) note(kLiveness, "an instance did not leave cleanly");
  if (!log_) return verdict_;
  read_outputs();
  note_differences(kOutputs, expected_.outputs, outputs_);
  check_offsets();
  check_accounted();
  check_stores();
  return verdict_;
}

// Where a log begins whose records may have been deleted.
std::int64_t Oracle::low_of(const TopicPartition& at) {
  const auto range = replay_->range(at);
  return range ? range->low : 0;
}

void Oracle::read_outputs() {
  for (const char* topic : kOutputTopics) {
    const bool compared = std::string(topic) != "encours.tally.changelog";
    for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
      std::int64_t position = compared ? 0 : low_of({topic, p});
      const auto visit = [&](const LogRecord& record) {
        if (!compared) return;
        last_offsets_[topic][p] = record.offset;
        add_record(record, &outputs_);
        if (const auto origin = origin_of(record)) origins_[topic].insert(*origin);
      };
      const Status read = read_committed(topic, p, monotonic_ms() + kReadMs, visit, &position);
      if (!read) note(kOpenTransaction, read.failure().message);
    }
  }
}

// The input's offsets are known; those of a topic with control records lie behind its last record.
void Oracle::check_offsets() {
  std::vector<TopicPartition> all;
  for (const char* topic : kGroupTopics) {
    for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
      all.push_back({topic, p});
    }
  }
  const auto committed = reader_->stable_committed(all);
  if (!committed) return note(kOffsets, committed.failure().message);
  std::map<TopicPartition, std::int64_t> found;
  for (const auto& next : *committed) found[next.at] = next.offset;
  for (const auto& at : all) {
    std::int64_t wanted = 0;
    if (at.topic == kTallyIn) wanted = expected_.ends[at.partition];
    if (at.topic == "encours.settings") {
      wanted = static_cast<std::int64_t>(installation_.workload().clocks.size());
    }
    if (at.topic == "tally.mid") {
      const auto last = last_offsets_[at.topic].find(at.partition);
      wanted = last == last_offsets_[at.topic].end() ? 0 : last->second + 1;
    }
    if (found[at] == wanted) continue;
    note(kOffsets, at.topic + " p-" + std::to_string(at.partition) + ": " +
                       std::to_string(found[at]) + " is committed, the end is " +
                       std::to_string(wanted));
  }
}

// Each record of the input has become one record of the next topic or one dead letter, and each
// amount one record at the end unless it was a repetition. Needs no model of what is in them.
void Oracle::check_accounted() {
  std::map<std::int32_t, std::int64_t> offsets;
  std::size_t wrong = 0;
  for (const auto& record : installation_.workload().records) {
    if (record.topic != kTallyIn) continue;
    const std::pair origin{record.partition, offsets[record.partition]++};
    tally::TallyRecord parsed;
    if (!record.is_poison() && parsed.ParseFromString(record.value) && parsed.has_tick()) continue;
    const std::size_t mid = origins_["tally.mid"].count(origin);
    const std::size_t out = origins_["tally.out"].count(origin);
    const std::size_t dead = origins_["encours.dead-letters"].count(origin);
    const std::size_t no_op = expected_.no_ops.contains(origin) ? 1 : 0;
    const bool good = record.is_poison() ? mid == 0 && out == 0 && dead == 1
                                         : mid == 1 && out + no_op == 1 && dead == 0;
    if (good || ++wrong > 3) continue;
    note(kAccounted, "record " + std::to_string(origin.second) + " of tally.in p-" +
                         std::to_string(origin.first) + " became " + std::to_string(mid) +
                         " in tally.mid, " + std::to_string(out) + " in tally.out, " +
                         std::to_string(dead) + " dead letters");
  }
}

struct Oracle::Rows {
  Canonical rows;
  std::int64_t next_offset = 0;
  std::int64_t sum = 0;
};

// The rows of one store; brought up to date first by the runtime's own restore where asked for.
Result<Oracle::Rows> Oracle::rows_of(const fs::path& data_dir, std::int32_t partition,
                                     bool bring_up_to_date) {
  static const auto memory = StoreMemory::with_limits(8 << 20, 32 << 20);
  const auto topology = tally_topology(installation_.workload().options.partitions);
  ENCOURS_ASSIGN(auto opened,
                 Store::open(data_dir / topology.service / ("p-" + std::to_string(partition)),
                             {cluster_id_, topology.service, partition}, memory));
  std::shared_ptr<Store> store(std::move(opened));
  if (bring_up_to_date) {
    NoSink sink;
    NoDocuments documents;
    SystemClock clock;
    stream::Task task(topology, partition, store, sink, documents, nullptr,
                      stream::EffectsMode::kLive);
    const auto restored =
        stream::restore(topology, task, *replay_, clock, std::nullopt,
                        [](const auto&) { return Status(); });
    if (!restored) return restored.failure();
  }
  Rows out;
  out.next_offset = store->changelog_next_offset();
  for (const auto& table : topology.tables()) {
    if (!table.left_out_because.empty()) continue;
    const std::string prefix(1, static_cast<char>(table.id));
    auto& rows = out.rows[store_heading(partition, table)];
    store->scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
      rows.push_back(store_row(key, value));
      if (table.name == "total") out.sum += stream::View::parse<tally::TallyRow>(value).total();
      return true;
    });
    if (rows.empty()) out.rows.erase(store_heading(partition, table));
  }
  ENCOURS_TRY(store->take_read_failure());
  return out;
}

// C: the newest store of each partition as it stands. D: one built from the changelog alone, and
// what any other instance has left behind, brought up to date.
void Oracle::check_stores() {
  Canonical rebuilt;
  Canonical left_behind;
  std::int64_t sum = 0;
  for (std::int32_t p = 0; p < installation_.workload().options.partitions; ++p) {
    const auto part = "tally/p-" + std::to_string(p);
    std::vector<fs::path> dirs;
    std::optional<std::pair<fs::path, Rows>> newest;
    for (const auto& dir : installation_.data_dirs()) {
      if (!fs::exists(dir / part)) continue;
      auto rows = rows_of(dir, p, false);
      if (!rows) {
        note(kStore, dir.string() + ": " + rows.failure().message);
        continue;
      }
      dirs.push_back(dir);
      if (newest && newest->second.next_offset >= rows->next_offset) continue;
      newest = {dir, std::move(rows).value()};
    }
    if (!newest) {
      note(kStore, "no instance has a store of p-" + std::to_string(p));
      continue;
    }
    rows_.insert(newest->second.rows.begin(), newest->second.rows.end());
    sum += newest->second.sum;
    for (const auto& dir : dirs) {
      if (dir == newest->first) continue;
      const auto rows = rows_of(dir, p, true);
      if (!rows) note(kLeftBehind, dir.string() + ": " + rows.failure().message);
      if (rows) note_differences(kLeftBehind, newest->second.rows, rows->rows);
    }
    const auto fresh = rows_of(installation_.scratch_dir("rebuilt"), p, true);
    if (!fresh) note(kRebuilt, fresh.failure().message);
    if (fresh) note_differences(kRebuilt, newest->second.rows, fresh->rows);
  }
  note_differences(kStore, expected_.rows, rows_);
  if (sum != expected_.sum) {
    note(kStore, "the totals sum up to " + std::to_string(sum) + ", the amounts to " +
                     std::to_string(expected_.sum));
  }
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
