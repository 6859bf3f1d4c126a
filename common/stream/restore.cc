#include "common/stream/restore.h"

#include <algorithm>
#include <map>

#include "common/base/fault_point.h"

namespace encours::stream {
namespace {

// A copy that has nothing to take is no older for that.
constexpr std::int64_t kRefreshUs = 60'000'000;

std::string name_of(const TopicPartition& at) {
  return at.topic + " p-" + std::to_string(at.partition);
}

// Newest value of each key wins within a batch, so hot rows are written once.
class Batch {
 public:
  Batch(Store& store, Clock& clock, std::size_t max_keys)
      : store_(store), clock_(clock), max_keys_(max_keys) {}

  Status add(const LogRecord& record) {
    auto& value = changes_[record.key];
    if (record.tombstone) {
      value.reset();
    } else {
      value = record.value;
    }
    next_ = record.offset + 1;
    return changes_.size() < max_keys_ ? Status() : flush();
  }

  Status finish(std::int64_t next) {
    next_ = next;
    return flush();
  }

 private:
  Status flush() {
    std::vector<RowChange> rows;
    rows.reserve(changes_.size());
    for (auto& [key, value] : changes_) rows.push_back({key, std::move(value)});
    changes_.clear();
    ENCOURS_TRY(store_.write(rows, next_, clock_.now().unix_micros()));
    pass_fault_point("restore.after_batch");
    return {};
  }

  Store& store_;
  Clock& clock_;
  std::size_t max_keys_;
  std::map<std::string, std::optional<std::string>> changes_;
  std::int64_t next_ = 0;
};

bool is_stale(const Store& store, Clock& clock, Duration limit) {
  // The broken rule: an old store is brought up to date by a log that has forgotten deletions.
  if (mutation_is_on("keep_old_store")) return false;
  return store.changelog_next_offset() > 0 &&
         clock.now() - Instant::from_unix_micros(store.applied_at_us()) > limit;
}

// `ends_by_offsets`: they say where the store then stands; else the last record does.
Result<RestoreProgress> bring_up(const TopicPartition& changelog, Store& store, LogReplay& replay,
                                 Clock& clock, RestoreProgress progress,
                                 const LogReplay::Range& range, bool ends_by_offsets,
                                 const RestoreIdle& idle, const RestoreOptions& options) {
  const bool wipe = is_stale(store, clock, options.tombstone_limit);
  // A compacted log begins at 0 for ever; a later beginning means that records were deleted, and
  // rows may be among them of which nothing newer tells. Nothing is wiped before this is known.
  if ((wipe ? 0 : progress.from) < range.low) {
    return fatal("changelog_truncated",
                 name_of(changelog) + " has lost its records below " + std::to_string(range.low) +
                     ", and the store here " +
                     (progress.from == 0 ? "is new"
                      : wipe             ? "was away too long to be brought up to date"
                                         : "stands at " + std::to_string(progress.from)) +
                     ". Start an instance whose store has all of it, or rebuild the service from "
                     "its inputs.");
  }
  if (wipe) {
    // Not brought up to date but built anew: rows that the changelog does not name must go.
    ENCOURS_TRY(store.clear());
    progress.wiped = true;
    progress.from = 0;
  }
  progress.next = progress.from;
  Batch batch(store, clock, options.batch_keys);
  ENCOURS_TRY(replay.replay(
      changelog, progress.from, progress.until,
      [&](const LogRecord& record) {
        ++progress.records;
        progress.next = record.offset + 1;
        return batch.add(record);
      },
      [&] { return idle(progress); }));
  // Without offsets not behind the marker of the last transaction: those that are committed by now
  // belong to the place before it. Where nothing is committed the store stays new.
  const std::int64_t next = ends_by_offsets ? progress.until : progress.next;
  if (next > progress.from) ENCOURS_TRY(batch.finish(next));
  return progress;
}

}  // namespace

Result<RestoreProgress> restore(const Topology& topology, Task& task, LogReplay& replay,
                                Clock& clock, std::optional<std::int64_t> until,
                                const RestoreIdle& idle, const RestoreOptions& options) {
  const TopicPartition changelog{topology.changelog_topic(), task.partition()};
  ENCOURS_ASSIGN(const auto range, replay.range(changelog));
  RestoreProgress progress;
  progress.from = task.store().changelog_next_offset();
  progress.until = until.value_or(range.high);
  if (std::max(progress.from, progress.until) > range.high) {
    return fatal("changelog_lost",
                 name_of(changelog) + " ends at " + std::to_string(range.high) + ", the store at " +
                     std::to_string(progress.from) + ", what is committed at " +
                     std::to_string(progress.until) + ": the log has lost records.");
  }
  if (progress.from > progress.until) {
    return error(Reaction::kRetry, kOffsetsBehindState,
                 "The store has " + name_of(changelog) + " up to " + std::to_string(progress.from) +
                     ", the committed offsets belong to " + std::to_string(progress.until) + ".");
  }
  if (mutation_is_on("restore_to_lso")) {
    // The broken rule: what a transaction that is still open hides is left out.
    ENCOURS_ASSIGN(const auto stable, replay.stable_end(changelog));
    progress.until = std::min(progress.until, stable);
  }
  ENCOURS_ASSIGN(progress, bring_up(changelog, task.store(), replay, clock, progress, range,
                                    until.has_value(), idle, options));
  ENCOURS_TRY(task.reload());
  return progress;
}

Result<RestoreProgress> follow(const TopicPartition& changelog, Store& store, LogReplay& replay,
                               Clock& clock, const RestoreIdle& idle,
                               const RestoreOptions& options) {
  ENCOURS_ASSIGN(const auto range, replay.range(changelog));
  RestoreProgress progress;
  progress.from = store.changelog_next_offset();
  ENCOURS_ASSIGN(progress.until, replay.stable_end(changelog));
  // Where it stands already: a marker and what is still open lie between.
  progress.until = std::max(progress.from, progress.until);
  ENCOURS_ASSIGN(progress, bring_up(changelog, store, replay, clock, progress, range, false, idle,
                                    options));
  const std::int64_t now_us = clock.now().unix_micros();
  const bool quiet = progress.next == progress.from;
  if (quiet && progress.from > 0 && now_us - store.applied_at_us() > kRefreshUs) {
    ENCOURS_TRY(store.write({}, progress.from, now_us));
  }
  return progress;
}

}  // namespace encours::stream
