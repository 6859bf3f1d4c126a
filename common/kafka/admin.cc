#include "common/kafka/admin.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace encours::kafka {
namespace {

// Reads big-endian numbers and texts of the consumer protocol; all that follows an end too early
// is nothing.
class ProtocolReader {
 public:
  explicit ProtocolReader(std::string_view bytes) : bytes_(bytes) {}

  std::int32_t number(std::size_t size) {
    if (bytes_.size() < size) {
      bytes_ = {};
      return 0;
    }
    std::uint32_t value = 0;
    for (const char byte : bytes_.substr(0, size)) {
      value = value << 8 | static_cast<unsigned char>(byte);
    }
    bytes_.remove_prefix(size);
    return static_cast<std::int32_t>(value);
  }
  std::string text() {
    const auto told = static_cast<std::size_t>(number(2));
    const auto size = std::min(told, bytes_.size());
    std::string out(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return out;
  }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

// A static member's id is its instance's, "-" and a UUID of 36 characters, given by the broker.
std::string instance_of(std::string_view member_id) {
  constexpr std::size_t kTail = 37;
  return member_id.size() > kTail ? std::string(member_id.substr(0, member_id.size() - kTail)) : "";
}

}  // namespace

//   assignment := version: int16, count: int32, (topic: int16 text, count: int32, int32*)*
std::vector<stream::TopicPartition> assigned_partitions(std::string_view assignment) {
  std::vector<stream::TopicPartition> out;
  ProtocolReader reader(assignment);
  reader.number(2);
  for (std::int32_t topics = reader.number(4); topics > 0 && !reader.empty(); --topics) {
    const std::string topic = reader.text();
    for (std::int32_t count = reader.number(4); count > 0 && !reader.empty(); --count) {
      out.push_back({topic, reader.number(4)});
    }
  }
  return out;
}

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
    if (!settings_.names.is_input(name)) continue;
    out[settings_.names.in_code(name)] = metadata->topics[i].partition_cnt;
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
    auto* topic = rd_kafka_NewTopic_new(settings_.names.written(spec.name).c_str(),
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
      rd_kafka_DeleteTopic_new(settings_.names.written(name).c_str()));
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

// By the older calls for groups: those of the Admin API end the process in an assertion of
// librdkafka where a broker goes away meanwhile (librdkafka issues 3663 and 4605, open).
Result<std::vector<GroupMember>> KafkaAdmin::members(const std::string& group_id) {
  const std::string group = settings_.names.id(group_id);
  const rd_kafka_group_list* raw = nullptr;
  const auto code = rd_kafka_list_groups(handle_.get(), group.c_str(), &raw,
                                         settings_.operation_timeout_ms);
  const std::unique_ptr<const rd_kafka_group_list, Deleter<rd_kafka_group_list_destroy>> list(raw);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kRetry, "describe_group", "The group coordinator did not answer.");
  }
  std::vector<GroupMember> out;
  for (int g = 0; g < list->group_cnt; ++g) {
    const auto& described = list->groups[g];
    // E.g. a coordinator that is loading: that it names nobody doesn't say that nobody is there.
    if (described.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return error(Reaction::kRetry, "describe_group", rd_kafka_err2str(described.err));
    }
    for (int m = 0; m < described.member_cnt; ++m) {
      const auto& member = described.members[m];
      GroupMember one;
      one.client_id = member.client_id;
      one.instance_id = instance_of(member.member_id);
      for (auto& at : assigned_partitions(
               {static_cast<const char*>(member.member_assignment),
                static_cast<std::size_t>(member.member_assignment_size)})) {
        at.topic = settings_.names.in_code(at.topic);
        one.partitions.push_back(std::move(at));
      }
      out.push_back(std::move(one));
    }
  }
  return out;
}

// A consumer of the group that joins nothing: it only asks for offsets.
Result<rd_kafka_t*> KafkaAdmin::reader_of(const std::string& group_id) {
  Handle& handle = readers_[group_id];
  if (handle) return handle.get();
  ENCOURS_ASSIGN(Conf conf, common_conf(settings_));
  char why[512];
  const std::pair<const char*, std::string> values[] = {
      {"group.id", settings_.names.id(group_id)}, {"isolation.level", "read_uncommitted"}};
  for (const auto& [name, value] : values) {
    if (rd_kafka_conf_set(conf.get(), name, value.c_str(), why, sizeof why) != RD_KAFKA_CONF_OK) {
      return fatal("kafka_admin", why);
    }
  }
  handle.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), why, sizeof why));
  if (!handle) return fatal("kafka_admin", why);
  static_cast<void>(conf.release());  // The handle owns it now.
  return handle.get();
}

Result<std::int64_t> KafkaAdmin::committed(const std::string& group_id,
                                           const stream::TopicPartition& at) {
  ENCOURS_ASSIGN(rd_kafka_t* const reader, reader_of(group_id));
  const PartitionList list =
      to_list(std::vector<stream::TopicPartition>{at}, settings_.names);
  const auto code = rd_kafka_committed(reader, list.get(), settings_.operation_timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kRetry, "group_offsets", "The group coordinator did not answer.");
  }
  const auto& one = list->elems[0];
  if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kRetry, "group_offsets", rd_kafka_err2str(one.err));
  }
  return std::max<std::int64_t>(one.offset, 0);
}

}  // namespace encours::kafka
