#include "common/sim/log_client.h"

#include "common/base/check.h"
#include "common/sim/reader.h"
#include "common/sim/replay.h"
#include "common/sim/writer.h"

namespace encours::sim {

ConnectionPtr SimLog::connect() {
  ENCOURS_CHECK(world_.scheduler.running() != nullptr, "a client belongs to a process");
  return std::make_shared<Connection>(world_.network,
                                      world_.scheduler.running()->shared_from_this());
}

Result<std::unique_ptr<stream::GroupReader>> SimLog::make_reader() {
  return std::unique_ptr<stream::GroupReader>(
      std::make_unique<SimReader>(world_.broker, connect(), settings_));
}

Result<std::unique_ptr<stream::TransactionalWriter>> SimLog::make_writer() {
  return std::unique_ptr<stream::TransactionalWriter>(
      std::make_unique<SimWriter>(world_.broker, connect(), settings_));
}

Result<std::unique_ptr<stream::LogReplay>> SimLog::make_replay() {
  return std::unique_ptr<stream::LogReplay>(
      std::make_unique<SimReplay>(world_.broker, connect(), settings_));
}

Result<std::string> SimLog::cluster_id() {
  const auto answer = connect()->call<std::string>(settings_.request_timeout_ms,
                                                   [] { return std::string("simulated"); });
  if (!answer) return error(Reaction::kRetry, "cluster_id", "no answer");
  return *answer;
}

Result<std::map<std::string, std::int32_t>> SimLog::topics_with_prefix(const std::string& prefix) {
  using Topics = std::map<std::string, std::int32_t>;
  const auto answer = connect()->call<Topics>(
      settings_.request_timeout_ms, [&broker = world_.broker] { return broker.topics(); });
  if (!answer) return error(Reaction::kRetry, "topics", "no answer");
  Topics found = *answer;
  std::erase_if(found, [&](const auto& topic) { return !topic.first.starts_with(prefix); });
  return found;
}

Result<std::vector<std::string>> SimLog::members() {
  const auto answer = connect()->call<std::vector<std::string>>(
      settings_.request_timeout_ms,
      [&broker = world_.broker, name = settings_.group_id] { return broker.group(name).names(); });
  if (!answer) return error(Reaction::kRetry, "describe_group", "no answer");
  return *answer;
}

Status SimLog::fence(const std::string& member) {
  if (!settings_.can_fence) return {};
  ClientSettings theirs = settings_;
  theirs.transactional_id = member;
  world_.journal.visit("member fenced by the leader");
  return SimWriter(world_.broker, connect(), theirs).init();
}

}  // namespace encours::sim
