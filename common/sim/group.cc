#include "common/sim/group.h"

#include <algorithm>

namespace encours::sim {

Code Group::check(const Membership& membership) const {
  if (!membership.instance.empty()) {
    const auto named = by_instance_.find(membership.instance);
    if (named == by_instance_.end()) return Code::kUnknownMemberId;
    if (named->second != membership.member) return Code::kFencedInstanceId;
  }
  return members_.contains(membership.member) ? Code::kNone : Code::kUnknownMemberId;
}

void Group::join(const JoinRequest& request, std::function<void(JoinAnswer)> answer) {
  const auto named = by_instance_.find(request.instance);
  if (request.member.empty()) {
    if (!request.instance.empty() && named != by_instance_.end()) {
      return replace(named->second, request, std::move(answer));
    }
    const std::string id = new_member(request);
    members_[id].joining = std::move(answer);
    return prepare_rebalance();
  }
  if (!request.instance.empty() && named != by_instance_.end() && named->second != request.member) {
    journal_.visit("member fenced by its name");
    return answer({Code::kFencedInstanceId, {}, -1, false});
  }
  if (!members_.contains(request.member)) return answer({Code::kUnknownMemberId, {}, -1, false});
  join_known(request.member, request, std::move(answer));
}

void Group::join_known(const std::string& id, const JoinRequest& request,
                       std::function<void(JoinAnswer)> answer) {
  Member& member = members_[id];
  member.topics = request.topics;
  // Only the leader's coming back asks for a new assignment; anybody else has missed the answer.
  const bool again = state_ == State::kCompleting || (state_ == State::kStable && id != leader_);
  if (again) return answer({Code::kNone, id, generation_, id == leader_});
  member.joining = std::move(answer);
  if (state_ == State::kPreparing) return complete_join_if_all_are_there();
  prepare_rebalance();
}

// A static member that comes back without its id has been restarted: its name goes over to a new
// id, and whoever still uses the old one is fenced.
void Group::replace(const std::string& old_id, const JoinRequest& request,
                    std::function<void(JoinAnswer)> answer) {
  Member old = std::move(members_[old_id]);
  members_.erase(old_id);
  if (old.joining) old.joining({Code::kFencedInstanceId, {}, -1, false});
  if (old.syncing) old.syncing({Code::kFencedInstanceId, {}});
  const bool led = leader_ == old_id;
  const std::string id = new_member(request);
  Member& member = members_[id];
  member.partitions = std::move(old.partitions);
  if (led) leader_ = id;
  journal_.tell("group:", name_, old_id, "is now", id);
  if (state_ == State::kStable) return answer({Code::kNone, id, generation_, false});
  member.joining = std::move(answer);
  if (state_ == State::kPreparing) return complete_join_if_all_are_there();
  prepare_rebalance();
}

std::string Group::new_member(const JoinRequest& request) {
  const std::string id = request.instance + "-" + std::to_string(++made_);
  Member& member = members_[id];
  member.instance = request.instance;
  member.session_timeout_ms = request.session_timeout_ms;
  member.rebalance_timeout_ms = request.rebalance_timeout_ms;
  member.topics = request.topics;
  if (!request.instance.empty()) by_instance_[request.instance] = id;
  keep_alive(id);
  watch(id, member.deadline_ms);
  return id;
}

void Group::keep_alive(const std::string& id) {
  Member& member = members_[id];
  member.deadline_ms = scheduler_.now_ms() + member.session_timeout_ms;
}

void Group::watch(const std::string& id, std::int64_t at_ms) {
  scheduler_.at(at_ms, [this, id] {
    const auto found = members_.find(id);
    if (found == members_.end()) return;
    Member& member = found->second;
    // Who waits for the group is not gone.
    if (member.joining || member.syncing) keep_alive(id);
    if (member.deadline_ms > scheduler_.now_ms()) return watch(id, member.deadline_ms);
    journal_.tell("group:", name_, id, "has been silent for too long");
    journal_.visit("session timed out");
    remove(id);
  });
}

void Group::prepare_rebalance() {
  if (state_ == State::kPreparing) return complete_join_if_all_are_there();
  for (auto& [id, member] : members_) {
    if (!member.syncing) continue;
    keep_alive(id);
    std::exchange(member.syncing, nullptr)({Code::kRebalanceInProgress, {}});
  }
  state_ = State::kPreparing;
  journal_.tell("group:", name_, "rebalances after generation", generation_);
  std::int64_t timeout_ms = 0;
  for (const auto& [id, member] : members_) {
    timeout_ms = std::max(timeout_ms, member.rebalance_timeout_ms);
  }
  scheduler_.at(scheduler_.now_ms() + timeout_ms, [this, number = ++rebalance_] {
    if (state_ == State::kPreparing && rebalance_ == number) complete_join();
  });
  complete_join_if_all_are_there();
}

void Group::complete_join_if_all_are_there() {
  const bool all = std::all_of(members_.begin(), members_.end(),
                               [](const auto& one) { return one.second.joining != nullptr; });
  if (all) complete_join();
}

// Static members that have not come back keep their place until their sessions end.
void Group::complete_join() {
  std::vector<std::string> gone;
  for (const auto& [id, member] : members_) {
    if (!member.joining && member.instance.empty()) gone.push_back(id);
  }
  for (const auto& id : gone) members_.erase(id);
  ++generation_;
  ++rebalance_;
  journal_.tell("group:", name_, "generation", generation_, "of", members_.size());
  if (members_.empty()) {
    state_ = State::kEmpty;
    leader_.clear();
    return;
  }
  const auto leads = members_.find(leader_);
  if (leads == members_.end() || !leads->second.joining) {
    for (const auto& [id, member] : members_) {
      if (member.joining) leader_ = id;
    }
  }
  state_ = State::kCompleting;
  for (auto& [id, member] : members_) {
    if (!member.joining) continue;
    keep_alive(id);
    std::exchange(member.joining, nullptr)({Code::kNone, id, generation_, id == leader_});
  }
}

void Group::sync(const Membership& membership, std::function<void(SyncAnswer)> answer) {
  const Code code = check(membership);
  if (code != Code::kNone) return answer({code, {}});
  if (membership.generation != generation_) return answer({Code::kIllegalGeneration, {}});
  if (state_ == State::kPreparing) return answer({Code::kRebalanceInProgress, {}});
  Member& member = members_[membership.member];
  keep_alive(membership.member);
  if (state_ == State::kStable) return answer({Code::kNone, member.partitions});
  member.syncing = std::move(answer);
  if (membership.member != leader_) return;
  assign();
  state_ = State::kStable;
  for (auto& [id, other] : members_) {
    if (!other.syncing) continue;
    keep_alive(id);
    std::exchange(other.syncing, nullptr)({Code::kNone, other.partitions});
  }
}

// `range`: of each topic, members in order of their names get neighbours.
void Group::assign() {
  std::map<std::string, std::vector<std::pair<std::string, Member*>>> by_topic;
  for (auto& [id, member] : members_) {
    member.partitions.clear();
    for (const auto& topic : member.topics) {
      by_topic[topic].push_back({member.instance.empty() ? id : member.instance, &member});
    }
  }
  for (auto& [topic, members] : by_topic) {
    std::sort(members.begin(), members.end());
    const std::int32_t count = partitions_of_(topic);
    const auto size = static_cast<std::int32_t>(members.size());
    std::int32_t next = 0;
    for (std::int32_t m = 0; m < size; ++m) {
      const std::int32_t share = count / size + (m < count % size ? 1 : 0);
      auto& partitions = members[static_cast<std::size_t>(m)].second->partitions;
      for (std::int32_t i = 0; i < share; ++i) partitions.push_back({topic, next++});
    }
  }
}

Code Group::heartbeat(const Membership& membership) {
  const Code code = check(membership);
  if (code != Code::kNone) return code;
  if (membership.generation != generation_) return Code::kIllegalGeneration;
  keep_alive(membership.member);
  return state_ == State::kPreparing ? Code::kRebalanceInProgress : Code::kNone;
}

void Group::leave(const Membership& membership) {
  if (members_.contains(membership.member)) remove(membership.member);
}

void Group::remove(const std::string& id) {
  const auto node = members_.extract(id);
  const Member& member = node.mapped();
  if (const auto named = by_instance_.find(member.instance);
      named != by_instance_.end() && named->second == id) {
    by_instance_.erase(named);
  }
  if (leader_ == id) leader_.clear();
  if (member.joining) member.joining({Code::kUnknownMemberId, {}, -1, false});
  if (member.syncing) member.syncing({Code::kUnknownMemberId, {}});
  prepare_rebalance();
}

std::vector<std::string> Group::names() const {
  std::vector<std::string> names;
  for (const auto& [id, member] : members_) names.push_back(member.instance);
  return names;
}

Code Group::add_pending(const Membership& membership, Producer producer,
                        const std::vector<stream::NextOffset>& offsets) {
  auto& epoch = epochs_[producer.id];
  if (producer.epoch < epoch) return Code::kInvalidProducerEpoch;
  const bool alone = membership.generation < 0 && state_ == State::kEmpty;
  const bool named = membership.generation >= 0 || !membership.member.empty() ||
                     !membership.instance.empty();
  if (!alone && named) {
    Code code = check(membership);
    if (code == Code::kNone && membership.generation != generation_) {
      code = Code::kIllegalGeneration;
    }
    if (code != Code::kNone) {
      journal_.visit("fenced by generation");
      return code;
    }
  }
  epoch = producer.epoch;
  auto& pending = pending_[producer.id];
  for (const auto& next : offsets) pending.insert_or_assign(next.at, Pending{next, ++sent_});
  return Code::kNone;
}

void Group::end_transaction(Producer producer, bool commit) {
  auto& epoch = epochs_[producer.id];
  epoch = std::max(epoch, producer.epoch);
  const auto found = pending_.find(producer.id);
  if (found == pending_.end()) return;
  if (commit) {
    for (const auto& [at, one] : found->second) {
      if (one.order < committed_order_[at]) continue;
      committed_order_[at] = one.order;
      committed_.insert_or_assign(at, one.next);
    }
  }
  pending_.erase(found);
}

bool Group::has_pending(const std::vector<stream::TopicPartition>& partitions) const {
  for (const auto& [producer, offsets] : pending_) {
    for (const auto& at : partitions) {
      if (offsets.contains(at)) return true;
    }
  }
  return false;
}

}  // namespace encours::sim
