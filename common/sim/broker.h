// Broker: topics, producers' transactions and consumer groups, as one Kafka broker keeps them.
//
// It knows the protocol before KIP-890: an EndTxn names a producer and its epoch, not a
// transaction, so a late one ends whatever that producer has open. The marks of a transaction are
// written one by one, each a step of its own: for a while it is committed on one partition and
// still open on another. Calls are what a request does when it arrives; who asks, and how long the
// way is, is the network's business. One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/sim/group.h"
#include "common/sim/partition_log.h"

namespace encours::sim {

class Broker {
 public:
  struct InitAnswer {
    Code code = Code::kNone;
    Producer producer;
  };
  struct Batch {
    stream::TopicPartition at;
    std::int64_t sequence = 0;
    std::vector<stream::LogRecord> records;
  };
  struct ProduceAnswer {
    Code code = Code::kNone;
    std::int64_t next_offset = 0;
  };
  struct OffsetsAnswer {
    Code code = Code::kNone;
    std::vector<stream::NextOffset> offsets;
  };

  Broker(Scheduler& scheduler, Journal& journal);

  // Topics.
  void create_topic(const std::string& topic, std::int32_t partitions);
  PartitionLog& log(const stream::TopicPartition& at) { return *logs_.at(at); }
  const std::map<std::string, std::int32_t>& topics() const { return topics_; }
  // Outside any transaction.
  void append(const stream::Outgoing& record);

  // Transactions. `transaction` numbers those of the sender: it decides nothing, it only lets the
  // journal tell a request that ends another transaction than it was sent for.
  InitAnswer init_producer(const std::string& id, std::int64_t timeout_ms);
  Code add_partitions(const std::string& id, Producer producer,
                      const std::vector<stream::TopicPartition>& partitions,
                      std::uint64_t transaction);
  Code add_offsets(const std::string& id, Producer producer, const std::string& group,
                   std::uint64_t transaction);
  ProduceAnswer produce(const std::string& id, Producer producer, const Batch& batch);
  Code commit_offsets(const std::string& id, Producer producer, const Membership& membership,
                      const std::vector<stream::NextOffset>& offsets);
  Code end_transaction(const std::string& id, Producer producer, bool commit,
                       std::uint64_t transaction);

  // Groups.
  Group& group(const std::string& name);
  OffsetsAnswer stable_offsets(const std::string& group,
                               const std::vector<stream::TopicPartition>& partitions);

  bool has_open_transactions() const;
  Journal& journal() { return journal_; }
  Scheduler& scheduler() { return scheduler_; }

 private:
  enum class Phase { kEmpty, kOngoing, kEndingCommit, kEndingAbort, kCommitted, kAborted };
  struct Transaction {
    Producer producer;
    Phase phase = Phase::kEmpty;
    std::int64_t timeout_ms = 0;
    std::uint64_t number = 0;  // Of the broker, raised with each one that begins.
    std::uint64_t sender_number = 0;
    std::set<stream::TopicPartition> partitions;
    std::set<std::string> groups;
    std::size_t marks_left = 0;
  };

  Code check(const std::string& id, Producer producer) const;
  Code open(const std::string& id, Producer producer, std::uint64_t transaction);
  void begin_ending(const std::string& id, bool commit);
  void fence(const std::string& id);
  void time_out(const std::string& id, std::uint64_t number);
  void mark_written(const std::string& id, bool commit);

  Scheduler& scheduler_;
  Journal& journal_;
  std::map<std::string, std::int32_t> topics_;
  std::map<stream::TopicPartition, std::unique_ptr<PartitionLog>> logs_;
  std::map<std::string, Transaction> transactions_;
  std::map<std::string, std::unique_ptr<Group>> groups_;
  std::int64_t next_producer_ = 1000;
};

}  // namespace encours::sim
