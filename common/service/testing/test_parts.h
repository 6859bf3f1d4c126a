// TestParts: the ServiceParts of a process without Kafka, for tests of handlers. Partitions are
// those that the test puts into the board; what is appended goes nowhere; commands stay in memory.
//
// Made by one thread, after its TestServer, before handlers are added to that.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/documents/memory_store.h"
#include "common/rpc/testing/fake_commands.h"
#include "common/rpc/testing/fake_placement.h"
#include "common/rpc/testing/test_server.h"
#include "common/service/service_shell.h"

namespace encours::testing {

// Nothing can be read or written by it.
class NoLog : public stream::LogClient {
 public:
  Result<std::unique_ptr<stream::GroupReader>> make_reader() override { return none(); }
  Result<std::unique_ptr<stream::TransactionalWriter>> make_writer() override { return none(); }
  Result<std::unique_ptr<stream::LogReplay>> make_replay() override { return none(); }
  Result<std::string> cluster_id() override { return none(); }
  Result<std::map<std::string, std::int32_t>> topics_with_prefix(const std::string&) override {
    return none();
  }
  Result<std::vector<std::string>> members() override { return none(); }
  Status fence(const std::string&) override { return none(); }

 private:
  static Error none() { return fatal("no_log", "This test has no log."); }
};

// What all share. Made once: it looks for its broker for two seconds.
inline kafka::Appender& appender_to_nowhere() {
  static const auto appender = [] {
    kafka::KafkaSettings settings;
    settings.bootstrap_servers = "127.0.0.1:1";
    settings.extra = {{"log_level", "0"}};  // That nobody answers there is no news.
    return kafka::Appender::make(settings).value();
  }();
  return *appender;
}

class TestParts {
 public:
  TestParts(rpc::testing::TestServer& server,
            stream::Topology topology_of_service,
            rpc::Placement& placement,
            stream::LogClient& log)
      : topology(std::move(topology_of_service)),
        board(server.clock()),
        settings_(board),
        router_(
            router_config(topology.partitions),
            placement,
            [this](std::int32_t p) { return board.runs(p); },
            server.clock()),
        outcomes_(server.clock()),
        gate_({topology.partitions}, commands_, outcomes_, server.clock()),
        parts{config,
              topology,
              board,
              settings_,
              log,
              appender_to_nowhere(),
              {},
              documents,
              nullptr,
              server.clock(),
              server.metrics(),
              server.guard(),
              router_,
              gate_} {}

  ServiceConfig config;
  const stream::Topology topology;
  stream::TaskBoard board;
  MemoryStore documents;

 private:
  static rpc::RouterConfig router_config(std::int32_t partitions) {
    rpc::RouterConfig config;
    config.partitions = partitions;
    config.self_address = "127.0.0.1:1";  // No placement names it: what is here is known here.
    return config;
  }

  stream::SettingsView settings_;
  rpc::Router router_;
  rpc::testing::FakeCommandLog commands_;
  rpc::testing::FakeOutcomeBoard outcomes_;
  rpc::CommandGate gate_;

 public:
  ServiceParts parts;
};

}  // namespace encours::testing
