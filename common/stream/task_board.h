// TaskBoard: what the threads outside the runners may know of the tasks of this process.
//
// Runners put their stores here when a task runs and take them away when it goes; query handlers
// get snapshots (a snapshot keeps its database open, so a revocation never pulls it from under a
// scan), wait for commits, and wait for the outcome of commands. Everything is guarded by one
// mutex that is never held during I/O. Lives as long as the process.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/state/store.h"
#include "common/stream/log_client.h"
#include "common/stream/stage.h"
#include "common/time/clock.h"

namespace encours::stream {

enum class TaskState { kRestoring, kRunning, kRecycling };

struct TaskStanding {
  TaskState state = TaskState::kRestoring;
  // Offsets of the changelog that the running restore has passed, and all that it has to pass.
  std::uint64_t restored = 0;
  std::uint64_t to_restore = 0;
  // Why it recycles.
  std::string reason = {};
  // Of a running task, as its runner last told; empty where it has not yet.
  std::vector<InputStanding> inputs = {};
};

class TaskBoard {
 public:
  explicit TaskBoard(Clock& clock) : clock_(clock) {}

  // Runner side.
  void set_restoring(std::int32_t partition, std::uint64_t restored, std::uint64_t to_restore);
  void set_running(std::int32_t partition, std::shared_ptr<const Store> store);
  // After a failure, until it restores.
  void set_recycling(std::int32_t partition, const std::string& reason);
  // Of a task that runs; others have no inputs.
  void set_inputs(std::int32_t partition, std::vector<InputStanding> inputs);
  void remove(std::int32_t partition);
  void announce_commit(const std::vector<DecidedCommand>& decided);
  void set_ready(bool ready);
  // Addresses of the owners of all partitions, as the placement had them at a place of its log;
  // what is known from a later place stays.
  void set_owners(std::int64_t known_at, std::map<std::int32_t, std::string> owners);

  // Reader side.
  bool ready() const;
  std::map<std::int32_t, TaskStanding> standings() const;
  std::map<std::int32_t, std::string> owners() const;
  std::vector<std::int32_t> running() const;
  bool runs(std::int32_t partition) const;
  // Null when the partition does not run here.
  std::unique_ptr<Snapshot> snapshot(std::int32_t partition) const;
  // Number of commits so far; wait_commit returns when it has passed `seen` or at the deadline.
  std::uint64_t commits() const;
  bool wait_commit(std::uint64_t seen, std::int64_t deadline_ms) const;
  // Looks at each commit until `done` says so; false at the deadline.
  bool wait_until(std::int64_t deadline_ms, const std::function<bool()>& done) const;
  // The outcome of a command that is decided after the call of expect(); cancel() forgets it.
  void expect(const std::string& tenant, const std::string& request_id);
  std::optional<encours::stream::v1alpha1::CommandOutcome> await_outcome(
      const std::string& tenant, const std::string& request_id, std::int64_t deadline_ms);

 private:
  using CommandId = std::pair<std::string, std::string>;
  struct Waiting {
    int waiters = 0;
    std::optional<encours::stream::v1alpha1::CommandOutcome> outcome;
  };

  Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::int32_t, TaskStanding> standings_;
  std::map<std::int32_t, std::shared_ptr<const Store>> stores_;
  std::map<CommandId, Waiting> waiting_;
  std::uint64_t commits_ = 0;
  bool ready_ = false;
  std::int64_t owners_known_at_ = -1;
  std::map<std::int32_t, std::string> owners_;
};

}  // namespace encours::stream
