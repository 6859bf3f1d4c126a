#include "common/stream/copy_keeper.h"

#include <utility>

namespace encours::stream {
namespace {

constexpr std::int64_t kRoundMs = 250;
constexpr std::int64_t kLookMs = 2;

}  // namespace

void CopyKeeper::keep(const std::string& cluster_id, std::set<std::int32_t> partitions) {
  std::lock_guard lock(mutex_);
  cluster_id_ = cluster_id;
  wanted_ = std::move(partitions);
}

std::set<std::int32_t> CopyKeeper::warm() const {
  std::lock_guard lock(mutex_);
  std::set<std::int32_t> out;
  for (const auto& [partition, copy] : copies_) {
    if (copy->warm && wanted_.contains(partition)) out.insert(partition);
  }
  return out;
}

void CopyKeeper::release(std::int32_t partition) {
  const auto is_at_rest = [&] {
    std::lock_guard lock(mutex_);
    wanted_.erase(partition);
    if (at_work_on_ == partition) return false;
    copies_.erase(partition);
    return true;
  };
  while (!is_at_rest()) clock_.sleep_for(kLookMs);
}

bool CopyKeeper::is_wanted(std::int32_t partition) const {
  std::lock_guard lock(mutex_);
  return !stop_ && wanted_.contains(partition);
}

// The next one to be worked on; closes those that are no longer wanted on the way.
std::optional<std::int32_t> CopyKeeper::next_after(std::int32_t partition) {
  std::lock_guard lock(mutex_);
  at_work_on_.reset();
  std::erase_if(copies_, [&](const auto& one) { return !wanted_.contains(one.first); });
  const auto next = wanted_.upper_bound(partition);
  if (next == wanted_.end() || stop_) return std::nullopt;
  at_work_on_ = *next;
  auto& copy = copies_[*next];
  if (!copy) copy = std::make_unique<Copy>();
  return *next;
}

void CopyKeeper::run() {
  while (!stop_) {
    round();
    clock_.sleep_for(kRoundMs);
  }
  std::lock_guard lock(mutex_);
  copies_.clear();
}

void CopyKeeper::round() {
  for (auto p = next_after(-1); p; p = next_after(*p)) {
    Copy* copy = nullptr;
    {
      std::lock_guard lock(mutex_);
      copy = copies_.at(*p).get();
    }
    const Status followed = follow_one(*p, *copy);
    if (followed) continue;
    if (is_wanted(*p)) observer_.on_copy_failure(*p, followed.failure());
    replay_.reset();
    std::lock_guard lock(mutex_);
    *copy = Copy();
  }
}

Status CopyKeeper::follow_one(std::int32_t partition, Copy& copy) {
  if (!replay_) {
    ENCOURS_ASSIGN(replay_, log_.make_replay());
  }
  if (!copy.store) {
    std::string cluster_id;
    {
      std::lock_guard lock(mutex_);
      cluster_id = cluster_id_;
    }
    ENCOURS_ASSIGN(copy.store, stores_.open({cluster_id, topology_.service, partition}));
  }
  const TopicPartition changelog{topology_.changelog_topic(), partition};
  const auto idle = [&](const RestoreProgress&) -> Status {
    if (is_wanted(partition)) return {};
    return error(Reaction::kRetry, "copy_released", "The partition is taken over.");
  };
  ENCOURS_ASSIGN(const auto progress,
                 follow(changelog, *copy.store, *replay_, clock_, idle, options_));
  observer_.on_copy(partition, progress);
  std::lock_guard lock(mutex_);
  copy.warm = true;
  return {};
}

}  // namespace encours::stream
