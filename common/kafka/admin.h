// What a service asks of the cluster beside records: its id, topics, and who is in a group.
//
// Each call makes a short-lived client of its own: these are rare. Safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/kafka/settings.h"

namespace encours::kafka {

struct TopicSpec {
  std::string name;
  std::int32_t partitions = 1;
  std::int16_t replication = 1;
  std::vector<std::pair<std::string, std::string>> config;
};

// One member of a consumer group and what it owns.
struct GroupMember {
  std::string client_id;
  std::string instance_id;
  std::vector<stream::TopicPartition> partitions;
};

// What a member was assigned, in the bytes of Kafka's consumer protocol; what can't be read is left
// out.
std::vector<stream::TopicPartition> assigned_partitions(std::string_view assignment);

class KafkaAdmin {
 public:
  static Result<std::unique_ptr<KafkaAdmin>> make(const KafkaSettings& settings);

  Result<std::string> cluster_id();
  // Name -> number of partitions of all topics.
  Result<std::map<std::string, std::int32_t>> topics();
  // Creates those that are not there; an existing one with another partition count is an error.
  Status create_topics(const std::vector<TopicSpec>& topics);
  // Ends once the cluster has said that it is gone; "delete_topic" (refused) where it won't.
  Status delete_topic(const std::string& name);
  Result<std::vector<GroupMember>> members(const std::string& group_id);
  // Offset up to which a group has committed; 0 where it has not.
  Result<std::int64_t> committed(const std::string& group_id, const stream::TopicPartition& at);

 private:
  KafkaAdmin() = default;
  Result<rd_kafka_t*> reader_of(const std::string& group_id);

  KafkaSettings settings_;
  Handle handle_;
  std::map<std::string, Handle> readers_;
};

}  // namespace encours::kafka
