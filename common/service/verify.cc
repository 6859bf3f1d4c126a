#include "common/service/verify.h"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "common/kafka/admin.h"
#include "common/stream/restore.h"

namespace encours {
namespace {

using Report = std::function<void(const VerifyFinding&)>;
using stream::TopicPartition;

constexpr std::int64_t kSettleMs = 20000;

// Topics that this service writes, where a transaction of its may still be open.
std::vector<std::string> written_topics(const stream::Topology& topology) {
  std::vector<std::string> topics = {topology.changelog_topic()};
  for (const auto& stage : topology.stages) {
    for (const auto& output : stage->tick_outputs()) topics.push_back(output.topic);
  }
  return topics;
}

// A healthy system has transactions open all the time, each for a moment: only one that stays is
// a finding. So the end that was seen first must become stable within the settle time.
Result<std::int64_t> check_open_transactions(ServiceParts& parts, const Report& report) {
  ENCOURS_ASSIGN(const auto replay, parts.log.make_replay());
  std::int64_t items = 0;
  for (const auto& topic : written_topics(parts.topology)) {
    for (std::int32_t p = 0; p < parts.topology.partitions; ++p) {
      const TopicPartition at{topic, p};
      ENCOURS_ASSIGN(const auto range, replay->range(at));
      const std::int64_t deadline = parts.clock.monotonic_ms() + kSettleMs;
      std::int64_t stable = 0;
      while (true) {
        ENCOURS_ASSIGN(stable, replay->stable_end(at));
        if (stable >= range.high || parts.clock.monotonic_ms() >= deadline) break;
        parts.clock.sleep_for(50);
      }
      ++items;
      if (stable < range.high) {
        report({"open_transactions", p,
                topic + " is stable up to " + std::to_string(stable) + " of " +
                    std::to_string(range.high) + ": a transaction has stayed open."});
      }
    }
  }
  return items;
}

std::filesystem::path verify_root(const ServiceConfig& config, const stream::Topology& topology) {
  return std::filesystem::path(config.data_dir) / topology.service / "verify";
}

// A folder that no other run has, gone when this one ends, however it ends.
class ScratchFolder {
 public:
  explicit ScratchFolder(const ServiceParts& parts) {
    static std::atomic<std::uint64_t> runs{0};
    path_ = verify_root(parts.config, parts.topology) / std::to_string(++runs);
  }
  ~ScratchFolder() {
    std::error_code left;  // What stays is cleared at the next start.
    std::filesystem::remove_all(path_, left);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A store of its own, rebuilt from the changelog up to where the snapshot stands.
Result<std::unique_ptr<Store>> rebuild(ServiceParts& parts, stream::LogReplay& replay,
                                       std::int32_t partition, std::int64_t until,
                                       const std::filesystem::path& dir) {
  const auto memory = StoreMemory::with_limits(16 << 20, 16 << 20);
  ENCOURS_ASSIGN(auto store,
                 Store::open(dir, {"verify", parts.topology.service, partition}, memory));
  const TopicPartition changelog{parts.topology.changelog_topic(), partition};
  ENCOURS_ASSIGN(const auto range, replay.range(changelog));
  constexpr std::size_t kBatch = 10000;
  std::vector<RowChange> batch;
  std::int64_t next = 0;
  const auto flush = [&]() -> Status {
    ENCOURS_TRY(store->write(batch, next, parts.clock.now().unix_micros()));
    batch.clear();
    return {};
  };
  ENCOURS_TRY(replay.replay(
      changelog, range.low, until,
      [&](const stream::LogRecord& record) -> Status {
        if (record.offset >= until) return {};
        next = record.offset + 1;
        batch.push_back(
            {record.key, record.tombstone ? std::nullopt : std::optional(record.value)});
        return batch.size() < kBatch ? Status() : flush();
      },
      [] { return Status(); }));
  if (!batch.empty()) ENCOURS_TRY(flush());
  return store;
}

// Rows of `left` that `right` has not, or has otherwise.
std::int64_t differences(const RowReader& left, const RowReader& right, std::int64_t* items) {
  std::int64_t different = 0;
  left.scan(std::string(1, '\x01'), {}, [&](std::string_view key, std::string_view value) {
    ++*items;
    if (right.get(key) != value) ++different;
    return true;
  });
  return different;
}

// Compares the living store with one that is rebuilt beside it.
Result<std::int64_t> check_changelog(ServiceParts& parts, const Report& report) {
  ENCOURS_ASSIGN(const auto replay, parts.log.make_replay());
  std::int64_t items = 0;
  for (const std::int32_t p : parts.board.running()) {
    const auto snapshot = parts.board.snapshot(p);
    if (!snapshot) continue;
    const ScratchFolder folder(parts);
    ENCOURS_ASSIGN(const auto rebuilt,
                   rebuild(parts, *replay, p, snapshot->changelog_next_offset(), folder.path()));
    const std::int64_t wrong = differences(*snapshot, *rebuilt, &items);
    std::int64_t again = 0;
    const std::int64_t missing = differences(*rebuilt, *snapshot, &again);
    ENCOURS_TRY(snapshot->status());
    ENCOURS_TRY(rebuilt->take_read_failure());
    if (wrong + missing == 0) continue;
    report({"changelog", p,
            std::to_string(wrong) + " rows of the store differ from the changelog, " +
                std::to_string(missing) + " of the changelog from the store."});
  }
  return items;
}

// Records that stand in a partition between what the group has committed and `end`.
Result<std::int64_t> left_over(ServiceParts& parts, kafka::KafkaAdmin& admin,
                               stream::LogReplay& replay, const TopicPartition& at,
                               std::int64_t end) {
  ENCOURS_ASSIGN(const std::int64_t committed, admin.committed(parts.topology.service, at));
  ENCOURS_ASSIGN(const auto range, replay.range(at));
  std::int64_t records = 0;
  // Offsets alone would not do: the markers of transactions take some and are never read.
  ENCOURS_TRY(replay.replay(
      at, std::max(committed, range.low), end,
      [&](const stream::LogRecord& record) {
        if (record.offset < end) ++records;
        return Status();
      },
      [] { return Status(); }));
  return records;
}

// What stood in the inputs when the check began is committed before it ends.
Result<std::int64_t> check_inputs(ServiceParts& parts, const Report& report) {
  ENCOURS_ASSIGN(const auto replay, parts.log.make_replay());
  ENCOURS_ASSIGN(const auto admin, kafka::KafkaAdmin::make(parts.kafka));
  std::int64_t items = 0;
  for (const std::int32_t p : parts.board.running()) {
    for (const auto& topic : parts.topology.input_topics()) {
      const TopicPartition at{topic, p};
      ENCOURS_ASSIGN(const std::int64_t end, replay->stable_end(at));
      const std::int64_t deadline = parts.clock.monotonic_ms() + kSettleMs;
      std::int64_t left = 0;
      while (true) {
        ENCOURS_ASSIGN(left, left_over(parts, *admin, *replay, at, end));
        if (left == 0 || parts.clock.monotonic_ms() >= deadline) break;
        parts.clock.sleep_for(100);
      }
      ++items;
      if (left == 0) continue;
      report({"inputs_accounted", p, std::to_string(left) + " records of " + topic +
                                         " are not taken after 20 seconds."});
    }
  }
  return items;
}

Result<std::int64_t> check_ledger(ServiceParts& parts, const LedgerCheck& check,
                                  const Report& report) {
  std::int64_t items = 0;
  for (const std::int32_t p : parts.board.running()) {
    const auto snapshot = parts.board.snapshot(p);
    if (!snapshot) continue;
    ENCOURS_ASSIGN(const auto findings, check(*snapshot, &items));
    ENCOURS_TRY(snapshot->status());
    for (const auto& finding : findings) report({"ledger_sums", p, finding});
  }
  return items;
}

}  // namespace

std::vector<std::string> verify_checks(bool has_ledger) {
  std::vector<std::string> checks = {"open_transactions", "changelog", "inputs_accounted"};
  if (has_ledger) checks.push_back("ledger_sums");
  return checks;
}

Status clear_verify_folders(const ServiceConfig& config, const stream::Topology& topology) {
  const auto root = verify_root(config, topology);
  std::error_code failed;
  std::filesystem::remove_all(root, failed);
  if (failed) return fatal("data_dir", root.string() + ": " + failed.message());
  return {};
}

Result<std::int64_t> run_check(ServiceParts& parts, const LedgerCheck& ledger_check,
                               const std::string& check, const Report& report) {
  if (check == "open_transactions") return check_open_transactions(parts, report);
  if (check == "changelog") return check_changelog(parts, report);
  if (check == "inputs_accounted") return check_inputs(parts, report);
  ENCOURS_CHECK(check == "ledger_sums" && ledger_check, "a check is one of verify_checks()");
  return check_ledger(parts, ledger_check, report);
}

}  // namespace encours
