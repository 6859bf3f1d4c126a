#include "common/stream/task_board.h"

namespace encours::stream {

void TaskBoard::set_restoring(std::int32_t partition, std::uint64_t restored,
                              std::uint64_t to_restore) {
  std::lock_guard lock(mutex_);
  standings_[partition] = TaskStanding{TaskState::kRestoring, restored, to_restore};
  stores_.erase(partition);
}

void TaskBoard::set_running(std::int32_t partition, std::shared_ptr<const Store> store) {
  std::lock_guard lock(mutex_);
  standings_[partition] = TaskStanding{TaskState::kRunning, 0, 0};
  stores_[partition] = std::move(store);
  ++commits_;
  changed_.notify_all();
}

void TaskBoard::set_recycling(std::int32_t partition, const std::string& reason) {
  std::lock_guard lock(mutex_);
  standings_[partition] = TaskStanding{.state = TaskState::kRecycling, .reason = reason};
  stores_.erase(partition);
}

void TaskBoard::set_inputs(std::int32_t partition, std::vector<InputStanding> inputs) {
  std::lock_guard lock(mutex_);
  const auto found = standings_.find(partition);
  if (found == standings_.end() || found->second.state != TaskState::kRunning) return;
  found->second.inputs = std::move(inputs);
}

void TaskBoard::remove(std::int32_t partition) {
  std::shared_ptr<const Store> store;  // Destroyed after the lock is released.
  std::lock_guard lock(mutex_);
  standings_.erase(partition);
  if (auto found = stores_.find(partition); found != stores_.end()) {
    store = std::move(found->second);
    stores_.erase(found);
  }
}

void TaskBoard::announce_commit(const std::vector<DecidedCommand>& decided) {
  std::lock_guard lock(mutex_);
  ++commits_;
  for (const auto& command : decided) {
    const auto found = waiting_.find({command.tenant, command.request_id});
    if (found != waiting_.end()) found->second.outcome = command.outcome;
  }
  changed_.notify_all();
}

void TaskBoard::set_ready(bool ready) {
  std::lock_guard lock(mutex_);
  ready_ = ready;
}

void TaskBoard::set_owners(std::int64_t known_at, std::map<std::int32_t, std::string> owners) {
  std::lock_guard lock(mutex_);
  if (known_at < owners_known_at_) return;
  owners_known_at_ = known_at;
  owners_ = std::move(owners);
}

std::map<std::int32_t, std::string> TaskBoard::owners() const {
  std::lock_guard lock(mutex_);
  return owners_;
}

bool TaskBoard::ready() const {
  std::lock_guard lock(mutex_);
  return ready_;
}

std::map<std::int32_t, TaskStanding> TaskBoard::standings() const {
  std::lock_guard lock(mutex_);
  return standings_;
}

std::vector<std::int32_t> TaskBoard::running() const {
  std::lock_guard lock(mutex_);
  std::vector<std::int32_t> out;
  for (const auto& [partition, store] : stores_) out.push_back(partition);
  return out;
}

bool TaskBoard::runs(std::int32_t partition) const {
  std::lock_guard lock(mutex_);
  return stores_.contains(partition);
}

std::unique_ptr<Snapshot> TaskBoard::snapshot(std::int32_t partition) const {
  std::shared_ptr<const Store> store;
  {
    std::lock_guard lock(mutex_);
    const auto found = stores_.find(partition);
    if (found == stores_.end()) return nullptr;
    store = found->second;
  }
  return store->snapshot();
}

std::uint64_t TaskBoard::commits() const {
  std::lock_guard lock(mutex_);
  return commits_;
}

bool TaskBoard::wait_commit(std::uint64_t seen, std::int64_t deadline_ms) const {
  std::unique_lock lock(mutex_);
  return clock_.wait_until(lock, changed_, deadline_ms, [&] { return commits_ > seen; });
}

bool TaskBoard::wait_until(std::int64_t deadline_ms, const std::function<bool()>& done) const {
  while (true) {
    const std::uint64_t seen = commits();
    if (done()) return true;
    if (!wait_commit(seen, deadline_ms)) return done();
  }
}

void TaskBoard::expect(const std::string& tenant, const std::string& request_id) {
  std::lock_guard lock(mutex_);
  ++waiting_[{tenant, request_id}].waiters;
}

std::optional<encours::stream::v1alpha1::CommandOutcome> TaskBoard::await_outcome(
    const std::string& tenant, const std::string& request_id, std::int64_t deadline_ms) {
  std::unique_lock lock(mutex_);
  const auto found = waiting_.find({tenant, request_id});
  if (found == waiting_.end()) return std::nullopt;
  Waiting& waiting = found->second;
  clock_.wait_until(lock, changed_, deadline_ms, [&] { return waiting.outcome.has_value(); });
  auto outcome = waiting.outcome;
  if (--waiting.waiters == 0) waiting_.erase(found);
  return outcome;
}

}  // namespace encours::stream
