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
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/state/stores.h"
#include "common/stream/commit.h"
#include "common/stream/copy_keeper.h"
#include "common/stream/placement_book.h"
#include "common/stream/poll.h"
#include "common/stream/restore.h"
#include "common/stream/task_board.h"

namespace encours::stream {

// When a transaction ends. An idle runner commits at once; the next commit starts no earlier than
// `min_interval_ms` after the last one began; a loaded one commits at `max_age_ms`. One that is
// behind (a poll comes back full) goes on up to `backlog_age_ms`, as what waits in the log waits
// longer anyway: a row that changes often is then written once for many changes. None grows beyond
// `max_records` or `max_bytes` of what it has read.
struct Pace {
  std::int64_t min_interval_ms = 25;
  std::int64_t max_age_ms = 100;
  std::int64_t backlog_age_ms = 750;
  std::size_t max_records = 250'000;
  std::size_t max_bytes = 64 << 20;
};

struct RunnerOptions {
  // The member that the runner is: its group.instance.id, which is its transactional.id too.
  std::string member;
  // Where the process answers gRPC, for the other instances.
  std::string address;
  // Null where no copies of others' partitions are kept; outlives the runner.
  CopyKeeper* copies = nullptr;
  EffectsMode effects_mode = EffectsMode::kLive;
  Pace pace;
  // Needed where a stage emits personal data; outlives the runner.
  const Sealer* sealer = nullptr;
  RestoreOptions restore;
  // Of each partition's committed rows, kept decoded.
  std::size_t decoded_bytes = 8 << 20;
};

inline constexpr std::int64_t kUnreadyAfterMs = 5000;

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
  // All that it works on from now on; nothing between two generations of the group.
  virtual void on_assignment(const std::vector<std::int32_t>& partitions) = 0;
  virtual void on_counts(std::int32_t partition, const TaskCounts& counts) = 0;
};

class TaskRunner final : public RebalanceListener {
 public:
  TaskRunner(const Topology& topology, RunnerOptions options, LogClient& log,
             StoreOpener& stores, DocumentStore& documents, TaskBoard& board, Clock& clock,
             RunnerObserver& observer);
  ~TaskRunner() override;

  // Returns when stopped (ok) or when the process can't go on.
  Status run();
  void request_stop() { stop_ = true; }
  // Hands all partitions over to other members as soon as these have warm copies. Any thread.
  void request_drain() { drains_ = true; }
  // Nothing is left to hand over. Any thread.
  bool is_drained() const { return drained_; }
  // For how long the loop has not turned, for the watchdog. Any thread.
  std::int64_t silent_ms() const { return clock_.monotonic_ms() - last_turn_ms_; }
  // Whether its partitions are restored and it goes on with them. A short failure or rebalance
  // keeps it ready, as whoever asks can wait; without them or silent for kUnreadyAfterMs it is not.
  // Any thread.
  bool is_ready() const;

  void on_assigned(const std::vector<TopicPartition>& partitions) override;
  void on_revoked() override;

 private:
  Status connect();
  Status turn();
  Status work();
  Result<bool> work_on(Task& task);
  Result<std::size_t> take_from(Task& task, const TopicPartition& at, std::size_t share);
  bool is_full() const;
  bool commit_is_due() const;
  Status commit_now();
  Status rejoin(const Error& fenced);
  Status recover(const Error& why);
  Status pause_before_retry(const Error& why, int attempt);
  void tell_inputs();
  void gather();

  // Places: who owns what, by the placement's log (task_places.cc).
  Status open_book();
  Status read_book();
  Status fence_the_gone();
  Status say_what_is_due();
  PlacementBook::Report report() const;
  Status follow_placement();
  Status let_go(const std::set<std::int32_t>& partitions);
  // The first partition of the service's placement topic.
  TopicPartition placement_log() const { return {topology_.placement_topic(), 0}; }

  // Taking partitions over (task_take_over.cc).
  Status take_over();
  Status check_assignment() const;
  Status take_partitions(const std::set<std::int32_t>& fresh);
  void set_settled(bool settled);
  Result<std::vector<NextOffset>> restore_task(Task& task,
                                               const std::vector<NextOffset>& committed);
  Error late_or_lost(const Error& why, std::int32_t partition,
                     const std::vector<NextOffset>& committed);
  Status open_tasks(const std::set<std::int32_t>& fresh);
  std::vector<TopicPartition> committed_inputs(const std::set<std::int32_t>& partitions) const;
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
  StoreOpener& stores_;
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
  // Of them, those that are restored and read; the others' stores stay open from one generation to
  // the next, as most of them come back.
  std::set<std::int32_t> running_;

  // The group's own assignment says no more than who leads. Empty between a revocation and the next
  // assignment.
  std::optional<std::set<TopicPartition>> assigned_;
  std::int32_t generation_ = -1;
  PlacementBook book_;
  // The book is whole once it has been read up to where its log ended when we came.
  std::int64_t book_next_ = 0;
  std::int64_t book_until_ = 0;
  bool book_changed_ = false;
  std::int64_t book_opened_ms_ = 0;
  // The group's members now, and all that we have ever met.
  std::vector<std::string> members_;
  std::set<std::string> met_;
  // Of the leader: whom it has fenced.
  bool leads_ = false;
  std::set<std::string> fenced_;
  // What was written last, until it is read.
  std::int64_t placement_written_ = 0;
  std::string report_written_;
  // Closed to be handed over; the report that says so may not be committed yet.
  std::map<std::int32_t, encours::stream::v1alpha1::ReleasedSeat> released_;
  std::optional<std::int64_t> copies_looked_ms_;
  std::set<TopicPartition> started_;
  // With as many partitions as each has: an ERP's topic is not ours to cut.
  std::map<std::string, std::int32_t> tenant_topics_;
  bool assignment_changed_ = false;
  std::optional<std::int64_t> fenced_ms_;
  std::optional<std::int64_t> tenant_topics_looked_ms_;
  std::optional<std::int64_t> inputs_told_ms_;
  std::int64_t last_commit_began_ms_ = 0;
  std::int64_t opened_ms_ = 0;
  std::int64_t retrying_since_ms_ = 0;
  std::int64_t work_ms_ = 0;  // In this transaction,
  std::int64_t last_work_ms_ = 0;  // and in the last one.
  std::int32_t last_worked_on_ = -1;
  std::size_t records_in_transaction_ = 0;
  std::size_t bytes_in_transaction_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<bool> drains_{false};
  std::atomic<bool> drained_{false};
  std::atomic<std::int64_t> last_turn_ms_{0};
  std::atomic<bool> settled_{false};
  std::atomic<std::int64_t> unsettled_ms_{INT64_MIN / 2};  // Since when; at first, for ever.
};

}  // namespace encours::stream
