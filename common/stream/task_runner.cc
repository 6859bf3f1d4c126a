#include "common/stream/task_runner.h"

#include <algorithm>
#include <utility>

#include "common/base/fault_point.h"
#include "common/stream/apply.h"

namespace encours::stream {
namespace {

constexpr int kIdlePollMs = 20;
constexpr std::size_t kShare = 500;
// Then the process leaves, and whoever starts it again looks at it anew.
constexpr std::int64_t kGiveUpMs = 120'000;
constexpr std::int64_t kRetryMs = 200;
constexpr std::int64_t kTwinMs = 60'000;
constexpr std::int64_t kTellInputsMs = 100;
// Work is light where it takes at most this share of the time between two commits.
constexpr std::int64_t kLightShare = 8;

}  // namespace

TaskRunner::TaskRunner(const Topology& topology, RunnerOptions options, LogClient& log,
                       StoreOpener& stores, DocumentStore& documents, TaskBoard& board,
                       Clock& clock, RunnerObserver& observer)
    : topology_(topology),
      options_(std::move(options)),
      log_(log),
      stores_(stores),
      documents_(documents),
      board_(board),
      clock_(clock),
      observer_(observer),
      committer_(log),
      book_(topology.placement_topic(), topology.partitions),
      last_turn_ms_(clock.monotonic_ms()) {}

TaskRunner::~TaskRunner() = default;

Status TaskRunner::run() {
  last_turn_ms_ = clock_.monotonic_ms();
  Status connected = connect();
  for (int attempt = 0; !connected; ++attempt) {
    ENCOURS_TRY(pause_before_retry(connected.failure(), attempt));
    if (stop_) return {};
    connected = connect();
  }
  bool whole = true;
  while (!stop_) {
    last_turn_ms_ = clock_.monotonic_ms();
    const Status turned = turn();
    whole = turned.ok();
    if (!whole) ENCOURS_TRY(recover(turned.failure()));
  }
  // A clean leave: what is staged is committed, or simply not; the log decides either way. What a
  // failure has cut, half a record perhaps, is not: a stop comes before it has been rolled back.
  if (whole && (committer_.is_open() || !poller_->taken().empty())) {
    const Status last = commit_now();
    if (!last) observer_.on_recycle(last.failure());
  }
  for (const auto& [partition, task] : tasks_) board_.remove(partition);
  tasks_.clear();
  if (reader_) reader_->close();
  return {};
}

Status TaskRunner::connect() {
  ENCOURS_ASSIGN(cluster_id_, log_.cluster_id());
  ENCOURS_TRY(committer_.recycle());
  if (!replay_) {
    ENCOURS_ASSIGN(replay_, log_.make_replay());
  }
  if (!reader_) {
    ENCOURS_ASSIGN(reader_, log_.make_reader());
    poller_ = std::make_unique<Poller>(*reader_);
    ENCOURS_TRY(reader_->subscribe(topology_.input_topics(), this));
  }
  return {};
}

Status TaskRunner::pause_before_retry(const Error& why, int attempt) {
  if (why.reaction == Reaction::kFatal || why.reaction == Reaction::kRefused) return why;
  const std::int64_t now = clock_.monotonic_ms();
  if (attempt == 0) retrying_since_ms_ = now;
  if (now - retrying_since_ms_ >= kGiveUpMs) return fatal("retries_used_up", why.message);
  observer_.on_recycle(why);
  clock_.sleep_for(std::min<std::int64_t>(kRetryMs * (attempt + 1), 2000));
  last_turn_ms_ = clock_.monotonic_ms();
  return {};
}

Status TaskRunner::turn() {
  const bool busy = settled_ && (poller_->has_records() || committer_.is_open() ||
                                 std::any_of(tasks_.begin(), tasks_.end(), [](const auto& one) {
                                   return one.second->has_backlog();
                                 }));
  if (!busy) gather();
  ENCOURS_TRY(poller_->poll(busy ? 0 : kIdlePollMs));
  pass_fault_point("poll.after");
  if (assignment_changed_) ENCOURS_TRY(take_over());
  ENCOURS_TRY(read_book());
  if (!settled_) return {};  // Nothing is ours: also no slice of a tick.
  ENCOURS_TRY(find_tenant_topics());
  tell_inputs();
  ENCOURS_TRY(work());
  if (commit_is_due()) return commit_now();
  // Staged work waits for its turn to commit: sleep a little rather than spin.
  if (committer_.is_open() && !poller_->has_records() && !poller_->came_back_full()) {
    return poller_->poll(static_cast<int>(std::clamp<std::int64_t>(
        last_commit_began_ms_ + options_.pace.min_interval_ms - clock_.monotonic_ms(), 0, 5)));
  }
  return {};
}

// Where work is light, what comes before the next commit may begin is left where it is until then
// and taken in one go: one round of requests instead of several, and none that meets the end of the
// last transaction (the broker then answers CONCURRENT_TRANSACTIONS, and the library waits 20 ms).
void TaskRunner::gather() {
  const auto& pace = options_.pace;
  if (!settled_ || poller_->came_back_full()) return;
  if (last_work_ms_ * kLightShare > pace.min_interval_ms) return;
  const std::int64_t left =
      last_commit_began_ms_ + pace.min_interval_ms - clock_.monotonic_ms();
  if (left > 0) clock_.sleep_for(left);
}

// For status, and for claims that wait until an input has been read: nobody is asked.
void TaskRunner::tell_inputs() {
  const std::int64_t now = clock_.monotonic_ms();
  if (inputs_told_ms_ && now - *inputs_told_ms_ < kTellInputsMs) return;
  inputs_told_ms_ = now;
  std::map<std::int32_t, std::vector<InputStanding>> by_task;
  for (auto& one : poller_->standings()) {
    if (one.at == placement_log()) continue;
    by_task[one.at.partition % topology_.partitions].push_back(std::move(one));
  }
  for (auto& [partition, inputs] : by_task) board_.set_inputs(partition, std::move(inputs));
}

// From task to task, on from where it ended last, until none has anything or it is time to commit.
Status TaskRunner::work() {
  const std::int64_t began = clock_.monotonic_ms();
  for (std::size_t without = 0; without < tasks_.size() && !commit_is_due();) {
    auto next = tasks_.upper_bound(last_worked_on_);
    if (next == tasks_.end()) next = tasks_.begin();
    last_worked_on_ = next->first;
    ENCOURS_ASSIGN(const bool some, work_on(*next->second));
    without = some ? 0 : without + 1;
  }
  work_ms_ += clock_.monotonic_ms() - began;
  return {};
}

// One round for one task: a slice of its tick if one is open, else a share from each partition.
Result<bool> TaskRunner::work_on(Task& task) {
  if (records_in_transaction_ == 0) {
    opened_ms_ = clock_.monotonic_ms();
    bytes_in_transaction_ = 0;
  }
  if (task.has_backlog()) {
    ENCOURS_ASSIGN(const std::size_t done, task.drain(topology_.slice_size));
    records_in_transaction_ += done;
    ENCOURS_TRY(committer_.open());
    return true;
  }
  // Settings first: other records name them.
  ENCOURS_ASSIGN(std::size_t taken, take_from(task, {kSettingsTopic, task.partition()}, kShare));
  const auto answers = answers_to_read_first(task.partition());
  for (const auto& at : answers.empty() ? inputs_of_task(task.partition()) : answers) {
    if (task.has_backlog()) break;
    ENCOURS_ASSIGN(const std::size_t some, take_from(task, at, kShare));
    taken += some;
  }
  return taken > 0;
}

Result<std::size_t> TaskRunner::take_from(Task& task, const TopicPartition& at,
                                          std::size_t share) {
  std::size_t taken = 0;
  while (taken < share && !task.has_backlog()) {
    LogRecord* record = poller_->front(at);
    if (record == nullptr) break;
    const std::size_t bytes = record->value.size();
    ENCOURS_ASSIGN(const Accepted accepted, task.accept(*record));
    if (accepted == Accepted::kHold) break;
    bytes_in_transaction_ += bytes;
    poller_->pop(at);
    pass_fault_point("stage.record");
    ++taken;
    ++records_in_transaction_;
  }
  return taken;
}

// In a rebuild what was asked and what the outside answered is read before anything else: it waits
// with its time, and no tick overtakes it.
std::vector<TopicPartition> TaskRunner::answers_to_read_first(std::int32_t partition) const {
  std::vector<TopicPartition> found;
  if (options_.effects_mode != EffectsMode::kRebuild) return found;
  for (const auto& stage : topology_.stages) {
    for (const auto& input : stage->inputs()) {
      if (input.kind != InputKind::kCommands && input.kind != InputKind::kOutcomes) continue;
      const TopicPartition at{input.topic, partition};
      if (!poller_->is_read_to_its_end(at)) found.push_back(at);
    }
  }
  return found;
}

std::vector<TopicPartition> TaskRunner::inputs_of_task(std::int32_t partition) const {
  auto inputs = tenant_inputs_of_task(partition);
  for (const auto& topic : topology_.input_topics()) {
    if (topic != kSettingsTopic) inputs.push_back({topic, partition});
  }
  return inputs;
}

// A tenant's topic may have fewer partitions than we have tasks, or more: partition q of it belongs
// to the task of q modulo their number.
std::vector<TopicPartition> TaskRunner::tenant_inputs_of_task(std::int32_t partition) const {
  std::vector<TopicPartition> inputs;
  for (const auto& [topic, count] : tenant_topics_) {
    for (std::int32_t q = partition; q < count; q += topology_.partitions) {
      inputs.push_back({topic, q});
    }
  }
  return inputs;
}

bool TaskRunner::is_full() const {
  return records_in_transaction_ >= options_.pace.max_records ||
         bytes_in_transaction_ >= options_.pace.max_bytes;
}

bool TaskRunner::commit_is_due() const {
  if (records_in_transaction_ == 0) return false;
  if (is_full()) return true;
  const Pace& pace = options_.pace;
  const std::int64_t now = clock_.monotonic_ms();
  const std::int64_t age = now - opened_ms_;
  if (age >= (poller_->came_back_full() ? pace.backlog_age_ms : pace.max_age_ms)) return true;
  const bool slice = records_in_transaction_ >= topology_.slice_size &&
                     std::any_of(tasks_.begin(), tasks_.end(),
                                 [](const auto& one) { return one.second->has_backlog(); });
  if (slice) return true;
  const bool idle = !poller_->has_records() && !poller_->came_back_full();
  return idle && now - last_commit_began_ms_ >= pace.min_interval_ms;
}

Status TaskRunner::commit_now() {
  const std::int64_t began = clock_.monotonic_ms();
  last_commit_began_ms_ = began;
  last_work_ms_ = std::exchange(work_ms_, 0);
  std::vector<Task*> tasks;
  std::vector<TopicPartition> changed;
  const std::string carrier = topology_.input_topics().front();
  for (auto& [partition, task] : tasks_) {
    if (!running_.contains(partition)) continue;
    ENCOURS_TRY(task->finish());
    tasks.push_back(task.get());
    if (task->dirty()) changed.push_back({carrier, partition});
  }
  // What says no more than where things are is fenced by the place up to which that was read.
  if (changed.empty()) changed.push_back(placement_log());
  if (mutation_is_on("apply_before_commit")) {
    // The broken rule: the store knows what Kafka may still forget.
    for (Task* task : tasks) {
      const std::int64_t next = task->store().changelog_next_offset();
      ENCOURS_TRY(task->store().write(task->changes(), next, clock_.now().unix_micros()));
    }
    pass_fault_point("commit.applied_early");
  }
  ENCOURS_TRY(committer_.commit(topology_, tasks, poller_->to_commit(changed), *reader_));
  poller_->mark_committed();
  ENCOURS_TRY(apply(tasks, committer_, clock_));
  std::vector<DecidedCommand> decided;
  for (auto& [partition, task] : tasks_) {
    for (auto& one : task->take_decided()) decided.push_back(std::move(one));
    observer_.on_counts(partition, task->counts());
  }
  board_.announce_commit(decided);
  observer_.on_commit(clock_.monotonic_ms() - began, records_in_transaction_);
  records_in_transaction_ = 0;
  return {};
}

// The group has given our instance's name to another member. After a restart of the broker that may
// be ourselves, as it remembers us from before; so we join anew as whoever starts does. Fenced
// again soon after means a twin, and one of the two has to go.
Status TaskRunner::rejoin(const Error& fenced) {
  const std::int64_t now = clock_.monotonic_ms();
  if (fenced_ms_ && now - *fenced_ms_ < kTwinMs) return fenced;
  fenced_ms_ = now;
  observer_.on_recycle(fenced);
  for (auto& [partition, task] : tasks_) {
    task->roll_back();
    board_.set_recycling(partition, fenced.message);
  }
  records_in_transaction_ = 0;
  reader_->close();
  poller_.reset();
  reader_.reset();
  started_.clear();
  running_.clear();
  assigned_.reset();
  set_settled(false);
  Status connected = connect();
  for (int attempt = 0; !connected && !stop_; ++attempt) {
    ENCOURS_TRY(pause_before_retry(connected.failure(), attempt));
    connected = connect();
  }
  return stop_ ? Status() : connected;
}

// The one failure path. A few seconds slower than cleverness, and ten states fewer.
Status TaskRunner::recover(const Error& failure) {
  Error why = failure;
  for (int attempt = 0; !stop_; ++attempt) {
    if (why.code == kConsumerFenced) return rejoin(why);
    // Poison that nobody has put aside would come again and again.
    if (why.reaction == Reaction::kFatal || why.reaction == Reaction::kRefused ||
        why.reaction == Reaction::kPoison) {
      return why;
    }
    observer_.on_recycle(why);
    for (auto& [partition, task] : tasks_) {
      task->roll_back();
      board_.set_recycling(partition, why.message);
    }
    records_in_transaction_ = 0;
    set_settled(false);
    running_.clear();
    if (why.reaction == Reaction::kCorrupted) tasks_.clear();
    poller_->forget_all();
    if (!started_.empty()) {
      const Status stopped =
          reader_->stop(std::vector<TopicPartition>(started_.begin(), started_.end()));
      started_.clear();
      if (!stopped && stopped.failure().reaction == Reaction::kFatal) return stopped;
    }
    assignment_changed_ = true;
    const Status fresh = committer_.recycle();
    if (fresh) return {};
    why = fresh.failure();
    ENCOURS_TRY(pause_before_retry(why, attempt));
    std::vector<FetchedRun> nothing;
    const Status polled = reader_->poll(0, 1, &nothing);
    if (!polled) why = polled.failure();  // The group's failure is recovered from in the same way.
  }
  return {};
}

void TaskRunner::on_assigned(const std::vector<TopicPartition>& partitions) {
  assigned_ = std::set<TopicPartition>(partitions.begin(), partitions.end());
  assignment_changed_ = true;
}

void TaskRunner::on_revoked() {
  // Still the owner here: commit what is staged; if that fails, the next owner does it again.
  if (committer_.is_open() && records_in_transaction_ > 0) {
    const Status last = commit_now();
    if (!last) {
      observer_.on_recycle(last.failure());
      for (auto& [partition, task] : tasks_) task->roll_back();
      records_in_transaction_ = 0;
      const Status fresh = committer_.recycle();
      if (!fresh) observer_.on_recycle(fresh.failure());
    }
  }
  for (auto& [partition, task] : tasks_) board_.set_restoring(partition, 0, 0);
  if (settled_) observer_.on_assignment({});
  poller_->forget_all();
  started_.clear();
  running_.clear();
  assigned_.reset();
  assignment_changed_ = true;  // A restore that is under way ends.
  set_settled(false);
}

}  // namespace encours::stream
