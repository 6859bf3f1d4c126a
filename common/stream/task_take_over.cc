// The part of TaskRunner that takes partitions over: open stores, restore, start at exact offsets.
#include <algorithm>

#include "common/stream/task_runner.h"

namespace encours::stream {
namespace {

constexpr std::int64_t kTenantTopicsEveryMs = 1000;
constexpr int kOpenTries = 50;

Error offsets_lost(const std::string& of) {
  return error(Reaction::kRetry, kOffsetsLost,
               "The group has no committed offsets for " + of +
                   ", but its changelog holds what came of it; read again, it would count twice.");
}

}  // namespace

void TaskRunner::set_settled(bool settled) {
  if (settled_ && !settled) unsettled_ms_ = clock_.monotonic_ms();
  settled_ = settled;
}

bool TaskRunner::is_ready() const {
  if (silent_ms() > kUnreadyAfterMs) return false;
  return settled_ || clock_.monotonic_ms() - unsettled_ms_ <= kUnreadyAfterMs;
}

Status TaskRunner::take_over() {
  if (!assigned_) {
    assignment_changed_ = false;
    return {};  // It comes.
  }
  const auto generation = reader_->generation();
  if (!generation) return {};  // The membership was lost: soon revoked.
  assignment_changed_ = false;
  generation_ = *generation;
  ENCOURS_TRY(check_assignment());
  return open_book();
}

// Where topics have other numbers of partitions, `range` shows it at once.
Status TaskRunner::check_assignment() const {
  std::set<std::int32_t> partitions;
  for (const auto& at : *assigned_) partitions.insert(at.partition);
  for (const std::int32_t p : partitions) {
    for (const auto& topic : topology_.input_topics()) {
      if (assigned_->contains({topic, p})) continue;
      return fatal("not_co_partitioned", "Partition " + std::to_string(p) + " of " + topic +
                                             " went to another member: all inputs need the same "
                                             "number of partitions.");
    }
  }
  return {};
}

// Beside those that run already; all of it is ours when it returns.
Status TaskRunner::take_partitions(const std::set<std::int32_t>& fresh) {
  ENCOURS_TRY(open_tasks(fresh));
  // Tenants' topics are found anew in the turn that follows, and start beside these.
  tenant_topics_.clear();
  tenant_topics_looked_ms_.reset();
  inputs_told_ms_.reset();
  if (fresh.empty()) return {};
  // Step 2 of the start order: stable offsets before the changelog is read.
  ENCOURS_ASSIGN(const auto committed, reader_->stable_committed(committed_inputs(fresh)));
  std::vector<NextOffset> positions;
  for (const std::int32_t p : fresh) {
    ENCOURS_ASSIGN(const auto starts, restore_task(*tasks_.at(p), committed));
    positions.insert(positions.end(), starts.begin(), starts.end());
  }
  ENCOURS_TRY(poller_->start(positions));
  for (const auto& next : positions) started_.insert(next.at);
  for (const std::int32_t p : fresh) {
    running_.insert(p);
    board_.set_running(p, tasks_.at(p)->shared_store());
  }
  return {};
}

// All inputs with committed offsets of their own, the tenants' topics aside.
std::vector<TopicPartition> TaskRunner::committed_inputs(
    const std::set<std::int32_t>& partitions) const {
  std::vector<TopicPartition> inputs;
  for (const std::int32_t p : partitions) {
    for (const auto& topic : topology_.input_topics()) inputs.push_back({topic, p});
  }
  return inputs;
}

// Brings the task's store to where the committed offsets belong; the positions of its inputs.
Result<std::vector<NextOffset>> TaskRunner::restore_task(
    Task& task, const std::vector<NextOffset>& committed) {
  const std::int32_t partition = task.partition();
  const auto idle = [&](const RestoreProgress& progress) -> Status {
    board_.set_restoring(partition, static_cast<std::uint64_t>(progress.next - progress.from),
                         static_cast<std::uint64_t>(progress.until - progress.from));
    last_turn_ms_ = clock_.monotonic_ms();
    ENCOURS_TRY(poller_->poll(0));
    if (assignment_changed_ || stop_) {
      return error(Reaction::kRetry, "assignment_changed", "The group has rebalanced again.");
    }
    return {};
  };
  const std::int64_t began = clock_.monotonic_ms();
  board_.set_restoring(partition, 0, 0);
  std::optional<std::int64_t> until;
  for (const auto& next : committed) {
    if (next.at.partition != partition) continue;
    if (!next.changelog_next) {
      return fatal("offsets_foreign",
                   "The committed offset of " + next.at.topic + " p-" + std::to_string(partition) +
                       " is not this service's own: it was set by hand or by a tool. Going on from "
                       "it would decide records twice or not at all. Rebuild the service from its "
                       "inputs.");
    }
    until = std::max(until.value_or(0), *next.changelog_next);
  }
  const auto restored = restore(topology_, task, *replay_, clock_, until, idle,
                                options_.restore);
  if (!restored) return late_or_lost(restored.failure(), partition, committed);
  observer_.on_restore(partition, *restored, clock_.monotonic_ms() - began);
  auto starts = start_positions(task, *restored, committed);
  if (!starts) return late_or_lost(starts.failure(), partition, committed);
  return starts;
}

// Offsets that don't fit the state are those of an owner that comes late, while another commits; or
// they were lost, and then they are still the same.
Error TaskRunner::late_or_lost(const Error& why, std::int32_t partition,
                               const std::vector<NextOffset>& committed) {
  if (why.code != kOffsetsBehindState && why.code != kOffsetsLost) return why;
  const auto now = reader_->stable_committed(committed_inputs({partition}));
  if (!now) return now.failure();
  auto before = committed;
  std::erase_if(before, [&](const auto& next) { return next.at.partition != partition; });
  if (*now != before) return error(Reaction::kRetry, "late_owner", why.message);
  return fatal(why.code, why.message + " Restore the group's offsets or rebuild the service from "
                                       "its inputs.");
}

Status TaskRunner::open_tasks(const std::set<std::int32_t>& fresh) {
  for (const std::int32_t p : fresh) {
    if (tasks_.contains(p)) continue;
    if (options_.copies != nullptr) options_.copies->release(p);
    ENCOURS_ASSIGN(auto store, open_store(p));
    tasks_[p] = std::make_unique<Task>(topology_, p, std::move(store), committer_, documents_,
                                       options_.sealer, options_.effects_mode,
                                       options_.decoded_bytes);
  }
  return {};
}

Result<std::shared_ptr<Store>> TaskRunner::open_store(std::int32_t partition) {
  const StoreIdentity identity{cluster_id_, topology_.service, partition};
  for (int attempt = 0;; ++attempt) {
    auto store = stores_.open(identity);
    if (store && (*store)->was_quarantined()) observer_.on_quarantine(partition);
    // A query may still hold the database of an earlier assignment open for a moment; a full disk
    // stays full.
    if (store || store.failure().code == kDiskFull || attempt == kOpenTries) return store;
    clock_.sleep_for(100);
    last_turn_ms_ = clock_.monotonic_ms();
  }
}

// Positions of one task's inputs. Without a committed offset an input starts at its beginning, but
// only where the state is new too: state without offsets means that the offsets were lost.
Result<std::vector<NextOffset>> TaskRunner::start_positions(
    Task& task, const RestoreProgress& progress, const std::vector<NextOffset>& committed) {
  std::vector<NextOffset> positions;
  bool any_committed = false;
  std::vector<TopicPartition> unknown;
  const auto find = [&](const TopicPartition& at) {
    return std::find_if(committed.begin(), committed.end(),
                        [&](const NextOffset& next) { return next.at == at; });
  };
  auto inputs = inputs_of_task(task.partition());
  if (topology_.reads_settings) inputs.push_back({kSettingsTopic, task.partition()});
  for (const auto& at : inputs) {
    if (const auto found = find(at); found != committed.end()) {
      positions.push_back(*found);
      any_committed = true;
    } else {
      unknown.push_back(at);
    }
  }
  // Not the changelog's end: a first transaction that was aborted has left records there too.
  const bool has_state = progress.wiped || task.store().changelog_next_offset() > 0;
  if (!any_committed && has_state) {
    return offsets_lost("partition " + std::to_string(task.partition()));
  }
  for (const auto& at : unknown) {
    // Of an input that is new, or was empty so far, there is nothing to lose.
    if (task.has_read(at.topic, at.partition)) {
      return offsets_lost(at.topic + " p-" + std::to_string(at.partition));
    }
    ENCOURS_ASSIGN(const auto range, replay_->range(at));
    positions.push_back({at, range.low});
  }
  return positions;
}

// Topics encours.erp.<tenant> are no part of the subscription: a new one is added beside the
// others, so it moves no partition. Partitions that are added to one are found in the same way, and
// one that was deleted is let go of, so that a new one of its name starts at its own beginning.
// Their offsets may be asked for behind the restore: a transaction flushes its rows before it sends
// its offsets, so one whose offsets count here had its rows below the watermark.
Status TaskRunner::find_tenant_topics() {
  if (!topology_.reads_tenant_topics() || tasks_.empty()) return {};
  const std::int64_t now = clock_.monotonic_ms();
  if (tenant_topics_looked_ms_ && now - *tenant_topics_looked_ms_ < kTenantTopicsEveryMs) {
    return {};
  }
  tenant_topics_looked_ms_ = now;
  ENCOURS_ASSIGN(const auto found, log_.topics_with_prefix(kTenantTopicPrefix));
  std::vector<TopicPartition> fresh;
  const auto tenants = [&] {
    std::set<std::string> names;
    for (const auto& [partition, task] : tasks_) {
      for (auto& name : task->settings().tenants(task->settings().last_sequence())) {
        names.insert(std::move(name));
      }
    }
    return names;
  }();
  tenant_topics_.clear();
  for (const auto& [topic, count] : found) {
    // A topic of a tenant that is not open yet is left alone: nothing of it is lost.
    const std::string tenant = topic.substr(std::string(kTenantTopicPrefix).size());
    if (tenants.contains(tenant)) tenant_topics_[topic] = count;
  }
  for (const auto& [partition, task] : tasks_) {
    for (auto& at : tenant_inputs_of_task(partition)) {
      if (!started_.contains(at)) fresh.push_back(std::move(at));
    }
  }
  ENCOURS_TRY(leave_deleted_topics());
  if (fresh.empty()) return {};
  ENCOURS_ASSIGN(auto positions, reader_->stable_committed(fresh));
  for (const auto& at : fresh) {
    const bool known = std::any_of(positions.begin(), positions.end(),
                                   [&](const NextOffset& next) { return next.at == at; });
    if (known) continue;
    ENCOURS_ASSIGN(const auto range, replay_->range(at));
    positions.push_back({at, range.low});
  }
  ENCOURS_TRY(poller_->start(positions));
  for (const auto& next : positions) started_.insert(next.at);
  return {};
}

Status TaskRunner::leave_deleted_topics() {
  std::vector<TopicPartition> deleted;
  for (const auto& at : started_) {
    if (at.topic.starts_with(kTenantTopicPrefix) && !tenant_topics_.contains(at.topic)) {
      deleted.push_back(at);
    }
  }
  if (deleted.empty()) return {};
  // What was taken from them is committed with its offsets while those are still known.
  if (committer_.is_open() && records_in_transaction_ > 0) ENCOURS_TRY(commit_now());
  ENCOURS_TRY(reader_->stop(deleted));
  for (const auto& at : deleted) {
    poller_->forget(at);
    started_.erase(at);
  }
  return {};
}

}  // namespace encours::stream
