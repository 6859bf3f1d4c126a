// The consumer of a runner: group membership by subscribe(), positions by ourselves.
//
// On an assignment it first assigns nothing (so the rebalance is over and heartbeats go on), tells
// the listener, and fetches from exact offsets when start() is called after the restore: librdkafka
// never looks up offsets itself. One thread; rebalance callbacks run inside poll().
#pragma once

#include <map>
#include <memory>
#include <set>

#include "common/kafka/settings.h"
#include "common/stream/log_client.h"

namespace encours::kafka {

// The generation that metadata speak for, if for any. A consumer that has lost its membership
// (max.poll.interval, a rebalance under way) gives generation -1, by which the broker lets anybody
// commit to a group that is empty at that moment: a zombie would double what others have done
// meanwhile.
std::optional<std::int32_t> generation_of(const rd_kafka_consumer_group_metadata_t& metadata);

class KafkaGroupReader final : public stream::GroupReader {
 public:
  static Result<std::unique_ptr<KafkaGroupReader>> make(const KafkaSettings& settings);
  ~KafkaGroupReader() override;

  Status subscribe(const std::vector<std::string>& topics,
                   stream::RebalanceListener* listener) override;
  Status poll(int timeout_ms, std::size_t max_records,
              std::vector<stream::FetchedRun>* out) override;
  void read(const stream::TopicPartition& at, const stream::Fetched& record,
            stream::LogRecord* out) const override;
  Result<std::vector<stream::NextOffset>> stable_committed(
      const std::vector<stream::TopicPartition>& partitions) override;
  Status start(const std::vector<stream::NextOffset>& positions) override;
  Status stop(const std::vector<stream::TopicPartition>& partitions) override;
  Status pause(const stream::TopicPartition& partition) override;
  Status resume(const stream::TopicPartition& partition) override;
  End end_of(const stream::TopicPartition& partition) const override;
  std::optional<std::int32_t> generation() const override;
  Status rejoin() override;
  void close() override;

  // Metadata of the membership as it is now; a new one for every transaction. Null without one.
  GroupMetadata metadata() const;

 private:
  KafkaGroupReader() = default;
  static void on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t code,
                           rd_kafka_topic_partition_list_t* partitions, void* self);
  void rebalance(rd_kafka_resp_err_t code, const rd_kafka_topic_partition_list_t* partitions);
  void wake_leaders(const std::vector<stream::NextOffset>& started);
  // Under the eager protocol the library takes whole assignments only, so the next offset of each
  // started partition is kept here and given again with every change.
  Status assign_started(const char* doing);
  Status await_stopped(const char* doing);
  Status unpause(const stream::TopicPartition& partition);
  Status take(Message message, std::vector<stream::FetchedRun>* out);
  // Whether the client has met an error that ends it, a namesake's fencing among them.
  Status alive() const;
  // The library can't go on with a partition. Fatal, unless it may be mistaken.
  Status no_offset(const rd_kafka_message_t& message);

  KafkaSettings settings_;
  // To whom rebalances are told: nobody once it closes, which may outlast the reader.
  std::shared_ptr<KafkaGroupReader*> told_;
  Handle handle_;
  stream::RebalanceListener* listener_ = nullptr;
  std::vector<std::string> topics_;
  std::map<stream::TopicPartition, std::int64_t> started_;
  // Where the library last said that a started partition ended.
  std::map<stream::TopicPartition, std::int64_t> reached_;
  std::set<stream::TopicPartition> paused_;
  bool rebalanced_ = false;  // Inside the poll at hand.
  std::vector<rd_kafka_message_t*> batch_;
  // Where the run at hand comes from.
  const rd_kafka_topic_t* run_topic_ = nullptr;
  std::int32_t run_partition_ = -1;
  std::map<stream::TopicPartition, std::int64_t>::iterator run_started_;
  Queue queue_;  // Goes before the handle.
};

}  // namespace encours::kafka
