// TaskRunner: the loop of one thread: poll, decode, decide, stage, commit, apply.
//
// It owns a group reader, a committer and the tasks of its partitions; one transaction covers them
// all. It has one failure path: anything but success or a plain retry drops the overlays, replaces
// the writer (which fences what is in flight), and restores from committed offsets and changelog.
// Fatal errors end run(); the process leaves and is restarted. Start it on a thread of its own;
// request_stop() may be called from any thread.
//
//   p-0: rec rec | tick ~slice~ ~slice~ | rec ...      each | is a commit
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/stream/commit.h"
#include "common/stream/poll.h"
#include "common/stream/restore.h"
#include "common/stream/task_board.h"

namespace encours::stream {

// When a transaction ends. An idle runner commits at once; the next commit starts no earlier than
// `min_interval_ms` after the last one began; a loaded one commits at `max_age_ms` or
// `max_records`.
struct Pace {
  std::int64_t min_interval_ms = 25;
  std::int64_t max_age_ms = 100;
  std::size_t max_records = 20000;
};

struct RunnerOptions {
  std::filesystem::path data_dir;
  EffectsMode effects_mode = EffectsMode::kLive;
  Pace pace;
  // Needed where a stage emits personal data; outlives the runner.
  const Sealer* sealer = nullptr;
  RestoreOptions restore;
};

// What the runner tells the outside about its work; called on the runner's thread.
class RunnerObserver {
 public:
  virtual ~RunnerObserver() = default;
  virtual void on_commit(std::int64_t commit_ms, std::size_t records) = 0;
  virtual void on_recycle(const Error& why) = 0;
  virtual void on_restore(std::int32_t partition, const RestoreProgress& progress,
                          std::int64_t took_ms) = 0;
  // The store of a partition was damaged or not ours: it stands aside, a new one is restored.
  virtual void on_quarantine(std::int32_t partition) = 0;
  virtual void on_assignment(const std::vector<std::int32_t>& partitions) = 0;
  virtual void on_counts(std::int32_t partition, const TaskCounts& counts) = 0;
};

class TaskRunner final : public RebalanceListener {
 public:
  TaskRunner(const Topology& topology, RunnerOptions options, LogClient& log,
             const StoreMemory& memory, DocumentStore& documents, TaskBoard& board, Clock& clock,
             RunnerObserver& observer);
  ~TaskRunner() override;

  // Returns when stopped (ok) or when the process can't go on.
  Status run();
  void request_stop() { stop_ = true; }
  // Monotonic time of the last turn of the loop, for the watchdog.
  std::int64_t last_turn_ms() const { return last_turn_ms_; }

  void on_assigned(const std::vector<TopicPartition>& partitions) override;
  void on_revoked() override;

 private:
  Status connect();
  Status turn();
  Status work();
  Result<bool> work_on(Task& task);
  Result<std::size_t> take_from(Task& task, const TopicPartition& at, std::size_t share);
  bool commit_is_due() const;
  Status commit_now();
  Status rejoin(const Error& fenced);
  Status recover(const Error& why);
  Status pause_before_retry(const Error& why, int attempt);
  void tell_inputs();

  Status take_over();
  Status open_tasks(const std::set<std::int32_t>& wanted);
  Result<std::shared_ptr<Store>> open_store(std::int32_t partition);
  Result<std::vector<NextOffset>> start_positions(Task& task, const RestoreProgress& progress,
                                                  const std::vector<NextOffset>& committed);
  Status find_tenant_topics();
  Status leave_deleted_topics();
  // All that a task reads, settings aside.
  std::vector<TopicPartition> answers_to_read_first(std::int32_t partition) const;
  std::vector<TopicPartition> inputs_of_task(std::int32_t partition) const;
  std::vector<TopicPartition> tenant_inputs_of_task(std::int32_t partition) const;

  const Topology& topology_;
  RunnerOptions options_;
  LogClient& log_;
  const StoreMemory& memory_;
  DocumentStore& documents_;
  TaskBoard& board_;
  Clock& clock_;
  RunnerObserver& observer_;

  std::string cluster_id_;
  std::unique_ptr<GroupReader> reader_;
  std::unique_ptr<Poller> poller_;
  std::unique_ptr<LogReplay> replay_;
  Committer committer_;
  std::map<std::int32_t, std::unique_ptr<Task>> tasks_;

  std::set<TopicPartition> assigned_;
  std::set<TopicPartition> started_;
  // With as many partitions as each has: an ERP's topic is not ours to cut.
  std::map<std::string, std::int32_t> tenant_topics_;
  bool assignment_changed_ = false;
  std::optional<std::int64_t> fenced_ms_;
  std::optional<std::int64_t> tenant_topics_looked_ms_;
  std::optional<std::int64_t> inputs_told_ms_;
  std::int64_t last_commit_began_ms_ = 0;
  std::int64_t opened_ms_ = 0;
  std::size_t records_in_transaction_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<std::int64_t> last_turn_ms_{0};
};

}  // namespace encours::stream
