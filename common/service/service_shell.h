// ServiceShell: everything of a process that is the same for every service.
//
// main.cc gives it a configuration, the stages and the gRPC handlers; the shell builds logs,
// metrics, health, stores, Kafka clients, runners and the server, runs until SIGTERM or a fatal
// error, and stops in order: no new calls, last transactions, leave the group, server down. SIGUSR1
// hands all partitions over to other instances first. A
// watchdog ends the process when a runner has not turned for its budget (a library call that hangs
// is not survived any other way). Signals are blocked before the first thread starts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/kafka/appender.h"
#include "common/observe/metrics.h"
#include "common/service/service_config.h"
#include "common/stream/settings_view.h"
#include "common/stream/task_runner.h"

namespace encours {

namespace egress {
class Performer;
}
namespace rpc {
class CommandGate;
class Guard;
class Router;
class Server;
}  // namespace rpc

// What the handlers of a service are made of; all of it outlives them.
struct ServiceParts {
  const ServiceConfig& config;
  const stream::Topology& topology;
  stream::TaskBoard& board;
  stream::SettingsView& settings;
  stream::LogClient& log;
  kafka::Appender& appender;
  kafka::KafkaSettings kafka;
  DocumentStore& documents;
  const Sealer* sealer;
  Clock& clock;
  Metrics& metrics;
  rpc::Guard& guard;
  rpc::Router& router;
  rpc::CommandGate& commands;
};

// A check of `verify` that only the service can make; returns a sentence per finding.
using LedgerCheck =
    std::function<Result<std::vector<std::string>>(const RowReader& rows, std::int64_t* checked)>;

struct ServiceSpec {
  std::string name;
  std::vector<std::shared_ptr<const stream::Stage>> stages;
  std::int32_t decision_version = 1;
  // Topics that it writes and that take more than a MiB (proto/topics.yaml).
  std::map<std::string, std::size_t> large_topics;
  // Full names of the gRPC services that are added, beside the runtime's own.
  std::vector<std::string> apis;
  // Adds the handlers to the server; returns what keeps them alive.
  std::function<std::shared_ptr<void>(ServiceParts&, rpc::Server&)> add_handlers;
  LedgerCheck ledger_check;
  // Set where the service plans effects: makes what carries them out. Not called in a rebuild.
  std::function<Result<std::unique_ptr<egress::Performer>>(ServiceParts&)> make_performer;
};

// Runs the service; the exit code of the process.
int run_service(const ServiceConfig& config, ServiceSpec spec);

}  // namespace encours
