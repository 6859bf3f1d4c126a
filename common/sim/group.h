// Group: a consumer group as its coordinator keeps it: members, generations, offsets.
//
// The classic protocol, eager, with static members and the `range` assignment; answers to JoinGroup
// and SyncGroup wait until the group is so far. Offsets of a transaction are pending until its mark
// comes; until then whoever asks for stable ones has to wait. One thread; part of a Broker.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/sim/journal.h"
#include "common/sim/protocol.h"

namespace encours::sim {

struct JoinRequest {
  std::string member;
  std::string instance;
  std::int64_t session_timeout_ms = 0;
  std::int64_t rebalance_timeout_ms = 0;
  std::vector<std::string> topics;
};

struct JoinAnswer {
  Code code = Code::kNone;
  std::string member;
  std::int32_t generation = -1;
  bool leads = false;
};

struct SyncAnswer {
  Code code = Code::kNone;
  std::vector<stream::TopicPartition> partitions;
};

class Group {
 public:
  using PartitionsOf = std::function<std::int32_t(const std::string& topic)>;

  Group(Scheduler& scheduler, Journal& journal, std::string name, PartitionsOf partitions_of)
      : scheduler_(scheduler),
        journal_(journal),
        name_(std::move(name)),
        partitions_of_(std::move(partitions_of)) {}

  void join(const JoinRequest& request, std::function<void(JoinAnswer)> answer);
  // From the leader: the assignment is made, for all that wait for it.
  void sync(const Membership& membership, std::function<void(SyncAnswer)> answer);
  Code heartbeat(const Membership& membership);
  void leave(const Membership& membership);

  // Offsets of a transaction: the membership that they come with must be of this generation.
  Code add_pending(const Membership& membership, Producer producer,
                   const std::vector<stream::NextOffset>& offsets);
  void end_transaction(Producer producer, bool commit);
  bool has_pending(const std::vector<stream::TopicPartition>& partitions) const;
  bool has_pending() const { return !pending_.empty(); }
  const std::map<stream::TopicPartition, stream::NextOffset>& committed() const {
    return committed_;
  }
  std::size_t size() const { return members_.size(); }
  // The instances of the members.
  std::vector<std::string> names() const;

 private:
  enum class State { kEmpty, kPreparing, kCompleting, kStable };
  struct Member {
    std::string instance;
    std::int64_t session_timeout_ms = 0;
    std::int64_t rebalance_timeout_ms = 0;
    std::int64_t deadline_ms = 0;
    std::vector<std::string> topics;
    std::function<void(JoinAnswer)> joining;
    std::function<void(SyncAnswer)> syncing;
    std::vector<stream::TopicPartition> partitions;
  };

  Code check(const Membership& membership) const;
  void join_known(const std::string& id, const JoinRequest& request,
                  std::function<void(JoinAnswer)> answer);
  void replace(const std::string& old_id, const JoinRequest& request,
               std::function<void(JoinAnswer)> answer);
  std::string new_member(const JoinRequest& request);
  void prepare_rebalance();
  void complete_join_if_all_are_there();
  void complete_join();
  void assign();
  void remove(const std::string& id);
  void keep_alive(const std::string& id);
  void watch(const std::string& id, std::int64_t at_ms);

  Scheduler& scheduler_;
  Journal& journal_;
  std::string name_;
  PartitionsOf partitions_of_;
  State state_ = State::kEmpty;
  std::int32_t generation_ = 0;
  std::uint64_t rebalance_ = 0;
  std::uint64_t made_ = 0;
  std::string leader_;
  std::map<std::string, Member> members_;
  std::map<std::string, std::string> by_instance_;
  std::map<stream::TopicPartition, stream::NextOffset> committed_;
  // Of a partition that two transactions commit, what was sent last counts, whichever ends last.
  struct Pending {
    stream::NextOffset next;
    std::uint64_t order = 0;
  };
  std::map<std::int64_t, std::map<stream::TopicPartition, Pending>> pending_;
  std::map<stream::TopicPartition, std::uint64_t> committed_order_;
  std::uint64_t sent_ = 0;
  std::map<std::int64_t, std::int32_t> epochs_;
};

}  // namespace encours::sim
