// Fakes of the two sides of a CommandGate: the command topic, and the runner that decides.
//
// The board keeps outcomes as the runtime does: a row that find() sees, then an announcement that
// await() gets. The log keeps what was appended; `on_append` may commit an outcome at once. Both
// are safe from any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/commands.h"

namespace encours::rpc::testing {

class FakeOutcomeBoard final : public OutcomeBoard {
 public:
  explicit FakeOutcomeBoard(Clock& clock) : clock_(clock) {}

  bool owns(std::int32_t) override {
    const std::lock_guard lock(mutex_);
    return owned_;
  }
  Result<std::optional<CommandOutcome>> find(std::int32_t,
                                             const std::string& tenant,
                                             const std::string& request_id) override {
    const std::lock_guard lock(mutex_);
    if (unreadable_) return error(Reaction::kRetry, "not_here", "The store is away.");
    const auto row = rows_.find({tenant, request_id});
    return row == rows_.end() ? std::nullopt : std::optional(row->second);
  }
  void expect(const std::string&, const std::string&) override {
    const std::lock_guard lock(mutex_);
    ++expected_;
  }
  std::optional<CommandOutcome> await(const std::string& tenant,
                                      const std::string& request_id,
                                      std::int64_t deadline_ms) override {
    std::unique_lock lock(mutex_);
    --expected_;
    const auto announced = [&] { return announced_.count({tenant, request_id}) > 0; };
    if (!clock_.wait_until(lock, changed_, deadline_ms, announced)) return std::nullopt;
    return announced_[{tenant, request_id}];
  }

  void commit(const std::string& tenant, const std::string& request_id, CommandOutcome outcome) {
    const std::lock_guard lock(mutex_);
    rows_[{tenant, request_id}] = outcome;
    announced_[{tenant, request_id}] = std::move(outcome);
    changed_.notify_all();
  }
  // Only the row, as after a restore: nobody is told.
  void commit_silently(const std::string& tenant, const std::string& id, CommandOutcome outcome) {
    const std::lock_guard lock(mutex_);
    rows_[{tenant, id}] = std::move(outcome);
  }
  void set_owned(bool owned) {
    const std::lock_guard lock(mutex_);
    owned_ = owned;
  }
  void set_unreadable() {
    const std::lock_guard lock(mutex_);
    unreadable_ = true;
  }
  int expected() {
    const std::lock_guard lock(mutex_);
    return expected_;
  }

 private:
  using Id = std::pair<std::string, std::string>;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Id, CommandOutcome> rows_;
  std::map<Id, CommandOutcome> announced_;
  bool owned_ = true;
  bool unreadable_ = false;
  int expected_ = 0;
};

class FakeCommandLog final : public CommandLog {
 public:
  // Called after a record is kept; what it returns is the answer.
  std::function<Status(const CommandRecord&)> on_append = [](const CommandRecord&) {
    return Status();
  };

  Status append(const CommandRecord& record) override {
    {
      const std::lock_guard lock(mutex_);
      records_.push_back(record);
    }
    return on_append(record);
  }
  std::vector<CommandRecord> records() {
    const std::lock_guard lock(mutex_);
    return records_;
  }

 private:
  std::mutex mutex_;
  std::vector<CommandRecord> records_;
};

}  // namespace encours::rpc::testing
