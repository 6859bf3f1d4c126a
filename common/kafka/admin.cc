#include "common/kafka/admin.h"

#include <cstdlib>

namespace encours::kafka {

Result<std::unique_ptr<KafkaAdmin>> KafkaAdmin::make(const KafkaSettings& settings) {
  std::unique_ptr<KafkaAdmin> admin(new KafkaAdmin());
  admin->settings_ = settings;
  ENCOURS_ASSIGN(Conf conf, common_conf(settings));
  char why[512];
  admin->handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why, sizeof why));
  if (!admin->handle_) return fatal("kafka_admin", why);
  static_cast<void>(conf.release());  // The handle owns it now.
  return admin;
}

Result<std::string> KafkaAdmin::cluster_id() {
  char* id = rd_kafka_clusterid(handle_.get(), settings_.operation_timeout_ms);
  if (id == nullptr) return error(Reaction::kRetry, "cluster_id", "No broker answers.");
  std::string out(id);
  rd_kafka_mem_free(handle_.get(), id);
  return out;
}

Result<std::map<std::string, std::int32_t>> KafkaAdmin::topics() {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code =
      rd_kafka_metadata(handle_.get(), 1, nullptr, &metadata, settings_.operation_timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kRetry, "metadata", rd_kafka_err2str(code));
  }
  std::map<std::string, std::int32_t> out;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const std::string name = metadata->topics[i].topic;
    if (name.rfind(settings_.topic_prefix, 0) != 0) continue;
    out[name.substr(settings_.topic_prefix.size())] = metadata->topics[i].partition_cnt;
  }
  rd_kafka_metadata_destroy(metadata);
  return out;
}

Status KafkaAdmin::create_topics(const std::vector<TopicSpec>& wanted) {
  ENCOURS_ASSIGN(const auto existing, topics());
  std::vector<rd_kafka_NewTopic_t*> fresh;
  char why[512];
  Status outcome;
  for (const auto& spec : wanted) {
    const auto found = existing.find(spec.name);
    if (found != existing.end()) {
      if (found->second == spec.partitions) continue;
      outcome = refused("partition_count", spec.name,
                        spec.name + " has " + std::to_string(found->second) + " partitions, not " +
                            std::to_string(spec.partitions) + ". Growing needs a rebuild.");
      break;
    }
    auto* topic = rd_kafka_NewTopic_new((settings_.topic_prefix + spec.name).c_str(),
                                        spec.partitions,
                                        spec.replication,
                                        why,
                                        sizeof why);
    if (topic == nullptr) {
      outcome = refused("topic", spec.name, why);
      break;
    }
    for (const auto& [name, value] : spec.config) {
      rd_kafka_NewTopic_set_config(topic, name.c_str(), value.c_str());
    }
    fresh.push_back(topic);
  }
  if (outcome && !fresh.empty()) {
    Queue queue(rd_kafka_queue_new(handle_.get()));
    rd_kafka_CreateTopics(handle_.get(), fresh.data(), fresh.size(), nullptr, queue.get());
    Event event(rd_kafka_queue_poll(queue.get(), 30000));
    const auto* result = event ? rd_kafka_event_CreateTopics_result(event.get()) : nullptr;
    if (result == nullptr) {
      outcome = error(Reaction::kRetry, "create_topics", "The cluster did not answer in 30 s.");
    } else {
      std::size_t count = 0;
      const auto** results = rd_kafka_CreateTopics_result_topics(result, &count);
      for (std::size_t i = 0; i < count; ++i) {
        const auto code = rd_kafka_topic_result_error(results[i]);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
          continue;
        }
        const char* said = rd_kafka_topic_result_error_string(results[i]);
        outcome = refused("create_topic", rd_kafka_topic_result_name(results[i]),
                          said != nullptr ? said : rd_kafka_err2str(code));
      }
    }
  }
  for (auto* topic : fresh) rd_kafka_NewTopic_destroy(topic);
  return outcome;
}

Status KafkaAdmin::delete_topic(const std::string& name) {
  std::unique_ptr<rd_kafka_DeleteTopic_t, Deleter<rd_kafka_DeleteTopic_destroy>> topic(
      rd_kafka_DeleteTopic_new((settings_.topic_prefix + name).c_str()));
  auto* one = topic.get();
  Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_DeleteTopics(handle_.get(), &one, 1, nullptr, queue.get());
  Event event(rd_kafka_queue_poll(queue.get(), 30000));
  const auto* result = event ? rd_kafka_event_DeleteTopics_result(event.get()) : nullptr;
  if (result == nullptr) {
    return error(Reaction::kRetry, "delete_topic", "The cluster did not answer in 30 s.");
  }
  std::size_t count = 0;
  const auto** topics = rd_kafka_DeleteTopics_result_topics(result, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_topic_result_error(topics[i]);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return refused("delete_topic", name, rd_kafka_err2str(code));
    }
  }
  return {};
}

Result<std::vector<GroupMember>> KafkaAdmin::members(const std::string& group_id) {
  const std::string group = settings_.topic_prefix + group_id;
  const char* groups[] = {group.c_str()};
  Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_DescribeConsumerGroups(handle_.get(), groups, 1, nullptr, queue.get());
  Event event(rd_kafka_queue_poll(queue.get(), settings_.operation_timeout_ms));
  const auto* result = event ? rd_kafka_event_DescribeConsumerGroups_result(event.get()) : nullptr;
  if (result == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kRetry, "describe_group", "The group coordinator did not answer.");
  }
  std::vector<GroupMember> out;
  std::size_t group_count = 0;
  const auto** described = rd_kafka_DescribeConsumerGroups_result_groups(result, &group_count);
  for (std::size_t g = 0; g < group_count; ++g) {
    const std::size_t count = rd_kafka_ConsumerGroupDescription_member_count(described[g]);
    for (std::size_t m = 0; m < count; ++m) {
      const auto* member = rd_kafka_ConsumerGroupDescription_member(described[g], m);
      GroupMember one;
      one.client_id = rd_kafka_MemberDescription_client_id(member);
      const char* instance = rd_kafka_MemberDescription_group_instance_id(member);
      if (instance != nullptr) one.instance_id = instance;
      const auto* assignment = rd_kafka_MemberDescription_assignment(member);
      const auto* list =
          assignment != nullptr ? rd_kafka_MemberAssignment_partitions(assignment) : nullptr;
      for (int i = 0; list != nullptr && i < list->cnt; ++i) {
        one.partitions.push_back({without_prefix(list->elems[i].topic, settings_.topic_prefix),
                                  list->elems[i].partition});
      }
      out.push_back(std::move(one));
    }
  }
  return out;
}

Result<std::int64_t> KafkaAdmin::committed(const std::string& group_id,
                                           const stream::TopicPartition& at) {
  PartitionList list = to_list(std::vector<stream::TopicPartition>{at}, settings_.topic_prefix);
  auto* request = rd_kafka_ListConsumerGroupOffsets_new(
      (settings_.topic_prefix + group_id).c_str(), list.get());
  Queue queue(rd_kafka_queue_new(handle_.get()));
  rd_kafka_ListConsumerGroupOffsets(handle_.get(), &request, 1, nullptr, queue.get());
  Event event(rd_kafka_queue_poll(queue.get(), settings_.operation_timeout_ms));
  rd_kafka_ListConsumerGroupOffsets_destroy(request);
  const auto* result =
      event ? rd_kafka_event_ListConsumerGroupOffsets_result(event.get()) : nullptr;
  if (result == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kRetry, "group_offsets", "The group coordinator did not answer.");
  }
  std::size_t count = 0;
  const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
  if (count == 0) return 0;
  const auto* offsets = rd_kafka_group_result_partitions(groups[0]);
  if (offsets == nullptr || offsets->cnt == 0 || offsets->elems[0].offset < 0) return 0;
  return offsets->elems[0].offset;
}

}  // namespace encours::kafka
