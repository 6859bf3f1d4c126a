#include "common/stream/topology.h"

#include <algorithm>
#include <set>

#include "common/base/check.h"
#include "common/stream/runtime_tables.h"

namespace encours::stream {

std::vector<std::string> Topology::input_topics() const {
  std::set<std::string> topics;
  if (reads_settings) topics.insert(kSettingsTopic);
  for (const auto& stage : stages) {
    for (const auto& input : stage->inputs()) {
      if (input.kind != InputKind::kTenantRaw) topics.insert(input.topic);
    }
  }
  return {topics.begin(), topics.end()};
}

bool Topology::reads_tenant_topics() const {
  return std::any_of(stages.begin(), stages.end(), [](const auto& stage) {
    const auto inputs = stage->inputs();
    return std::any_of(inputs.begin(), inputs.end(),
                       [](const auto& input) { return input.kind == InputKind::kTenantRaw; });
  });
}

std::set<std::string> Topology::own_topics() const {
  const std::string own = "encours." + service + ".";
  std::set<std::string> topics = {changelog_topic(), placement_topic()};
  for (const auto& stage : stages) {
    for (const auto& input : stage->inputs()) {
      const bool of_record =
          input.kind == InputKind::kCommands || input.kind == InputKind::kOutcomes;
      if (!of_record && input.topic.starts_with(own)) topics.insert(input.topic);
    }
    for (const auto& output : stage->tick_outputs()) topics.insert(output.topic);
  }
  return topics;
}

std::vector<TableInfo> Topology::tables() const {
  std::vector<TableInfo> all = runtime_tables();
  for (const auto& stage : stages) {
    for (const auto& table : stage->tables()) all.push_back(table);
  }
  std::set<std::uint8_t> ids;
  for (const auto& table : all) {
    ENCOURS_CHECK(ids.insert(table.id).second, "two tables have one id");
  }
  return all;
}

}  // namespace encours::stream
