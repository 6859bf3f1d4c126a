// SimLog: the LogClient of one process over a simulated broker, behaving as librdkafka 2.0.2 does.
//
// Where it matters: EndTxn is repeated silently when its answer does not come (and counted), a
// rebalance is told inside poll(), records are fetched ahead and thrown away by a pause, a fenced
// producer or consumer is of no use any more, and errors are classified as common/kafka does. What
// the library does on threads of its own happens as events of the process: it stands still and
// dies with it.
#pragma once

#include <memory>
#include <string>

#include "common/sim/broker.h"
#include "common/sim/network.h"
#include "common/stream/log_client.h"

namespace encours::sim {

struct ClientSettings {
  std::string group_id;
  std::string group_instance_id;
  std::string transactional_id;
  std::int64_t session_timeout_ms = 1000;
  std::int64_t heartbeat_interval_ms = 100;
  std::int64_t max_poll_interval_ms = 5000;
  std::int64_t transaction_timeout_ms = 2000;
  // Of one call of the API, and of one request within it.
  std::int64_t operation_timeout_ms = 1500;
  std::int64_t request_timeout_ms = 200;
  // Whether fence() does anything: where it does not, generations alone have to keep zombies out.
  bool can_fence = true;
};

// What a process needs to speak to the broker; all of it outlives the process.
struct World {
  Scheduler& scheduler;
  Journal& journal;
  Broker& broker;
  Network& network;
};

class SimLog final : public stream::LogClient {
 public:
  // The process is the fiber that makes the first call.
  SimLog(World world, ClientSettings settings)
      : world_(world), settings_(std::move(settings)) {}

  Result<std::unique_ptr<stream::GroupReader>> make_reader() override;
  Result<std::unique_ptr<stream::TransactionalWriter>> make_writer() override;
  Result<std::unique_ptr<stream::LogReplay>> make_replay() override;
  Result<std::string> cluster_id() override;
  Result<std::map<std::string, std::int32_t>> topics_with_prefix(
      const std::string& prefix) override;
  Result<std::vector<std::string>> members() override;
  Status fence(const std::string& member) override;

 private:
  ConnectionPtr connect();

  World world_;
  ClientSettings settings_;
};

}  // namespace encours::sim
