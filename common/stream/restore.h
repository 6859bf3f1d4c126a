// Restore: brings a task's store up to all that is committed, before it reads its first record.
//
// The order of steps is the proof (reliability, section 3): the caller has initialised its writer
// (1) and fetched stable committed offsets (2); only then is the changelog's high watermark taken
// with open transactions counted (3), and committed records are replayed until the position has
// reached it (4). A zombie that had sent its offsets is decided by (2); one that had not can no
// longer send them. Runs on the runner's thread; `idle` keeps the group membership alive.
//
// What can't be proven complete is refused (kFatal) and left as it is: a changelog that ends before
// the store, and one that has lost its head where the store needs it.
#pragma once

#include <functional>

#include "common/stream/log_client.h"
#include "common/stream/task.h"
#include "common/time/clock.h"

namespace encours::stream {

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

// `idle` is called between reads with how far it is; its failure ends the restore.
Result<RestoreProgress> restore(const Topology& topology, Task& task, LogReplay& replay,
                                Clock& clock,
                                const std::function<Status(const RestoreProgress&)>& idle,
                                const RestoreOptions& options = {});

}  // namespace encours::stream
