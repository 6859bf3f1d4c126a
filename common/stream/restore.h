// Restore: brings a task's store up to all that is committed, before it reads its first record.
//
// The order of steps is the proof (reliability, section 3): the caller has initialised its writer
// (1) and fetched stable committed offsets (2), which say where the changelog goes on behind the
// transaction that has committed them; committed records are replayed exactly up to there (3). A
// zombie that had sent its offsets is decided by (2); one that had not can no longer send them.
// The log's own end would be too far for an owner that comes late: another's next transaction may
// stand there in part, and its offsets are not those of (2). Runs on the runner's thread; `idle`
// keeps the group membership alive.
//
// What can't be proven complete is refused (kFatal) and left as it is: a changelog that ends before
// the store or the offsets, and one that has lost its head where the store needs it.
#pragma once

#include <functional>
#include <optional>

#include "common/stream/log_client.h"
#include "common/stream/task.h"
#include "common/time/clock.h"

namespace encours::stream {

// Codes of a state and offsets that don't belong together.
inline constexpr const char* kOffsetsBehindState = "offsets_behind_state";
inline constexpr const char* kOffsetsLost = "offsets_lost";

struct RestoreProgress {
  // Offsets of the changelog: where it began, the next one, and the end.
  std::int64_t from = 0;
  std::int64_t next = 0;
  std::int64_t until = 0;
  std::uint64_t records = 0;
  bool wiped = false;
};

struct RestoreOptions {
  // Keys written to the store in one batch; a restore that is cut off goes on from its last batch.
  std::size_t batch_keys = 50000;
  // Half of the changelog's delete.retention.ms (24 h): a store that was away longer may have
  // missed deletions that compaction has already forgotten, so it is built from the beginning.
  Duration tombstone_limit = std::chrono::hours(12);
};

// Called between reads with how far it is; its failure ends the restore.
using RestoreIdle = std::function<Status(const RestoreProgress&)>;

// `until` is where the committed offsets say that the changelog goes on; without it (an older
// release has committed them, or nobody) all is replayed that the log has now, open transactions
// included.
//
// Fails with changelog_lost where the log ends before what is committed or stored, and with
// offsets_behind_state where the store has more than the offsets say.
Result<RestoreProgress> restore(const Topology& topology, Task& task, LogReplay& replay,
                                Clock& clock, std::optional<std::int64_t> until,
                                const RestoreIdle& idle, const RestoreOptions& options = {});

// Brings a copy, which nobody works with, up to what is committed now: never beyond the last record
// of a transaction that has ended, so that it is never ahead of the offsets.
Result<RestoreProgress> follow(const TopicPartition& changelog, Store& store, LogReplay& replay,
                               Clock& clock, const RestoreIdle& idle,
                               const RestoreOptions& options = {});

}  // namespace encours::stream
