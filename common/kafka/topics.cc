#include "common/kafka/topics.h"

#include <yaml-cpp/yaml.h>

namespace encours::kafka {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kHourMs = 3'600'000;

TopicSpec read_one(const YAML::Node& node, const YAML::Node& defaults, std::int32_t partitions,
                   std::int16_t replication) {
  const auto value = [&](const char* name) { return node[name] ? node[name] : defaults[name]; };
  TopicSpec spec;
  spec.name = node["name"] ? node["name"].as<std::string>() : std::string();
  const auto count = value("partitions").as<std::string>();
  spec.partitions = count == "default" ? partitions : std::stoi(count);
  spec.replication = replication;
  spec.config.emplace_back("cleanup.policy", node["cleanup"].as<std::string>());
  spec.config.emplace_back("message.timestamp.type", value("timestamp_type").as<std::string>());
  spec.config.emplace_back("max.message.bytes", value("max_message_bytes").as<std::string>());
  if (node["retention_days"]) {
    const auto days = node["retention_days"].as<std::int64_t>();
    spec.config.emplace_back("retention.ms", std::to_string(days * kDayMs));
  }
  if (node["tombstone_retention_hours"]) {
    const auto hours = node["tombstone_retention_hours"].as<std::int64_t>();
    spec.config.emplace_back("delete.retention.ms", std::to_string(hours * kHourMs));
  }
  if (node["max_compaction_lag_hours"]) {
    const auto hours = node["max_compaction_lag_hours"].as<std::int64_t>();
    spec.config.emplace_back("max.compaction.lag.ms", std::to_string(hours * kHourMs));
  }
  return spec;
}

}  // namespace

Result<TopicCatalogue> read_topics(const std::string& yaml, std::int32_t partitions,
                                   std::int16_t replication) {
  try {
    const YAML::Node file = YAML::Load(yaml);
    const YAML::Node defaults = file["defaults"];
    if (partitions == 0) partitions = defaults["partitions"].as<std::int32_t>();
    TopicCatalogue catalogue;
    for (const auto& node : file["topics"]) {
      TopicSpec spec = read_one(node, defaults, partitions, replication);
      if (spec.name.empty()) {
        catalogue.tenant_topic = std::move(spec);
      } else {
        catalogue.topics.push_back(std::move(spec));
      }
    }
    return catalogue;
  } catch (const std::exception& failed) {
    return refused("topics_file", "topics", std::string("topics.yaml: ") + failed.what());
  }
}

}  // namespace encours::kafka
