// Instance: a process of ingestion without Kafka, for tests of its gRPC face: a real server on the
// loopback, a router, and the partitions that the test puts into its board. Records that a handler
// appends go nowhere. One thread makes it; the server answers on gRPC's.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/documents/memory_store.h"
#include "common/rpc/testing/fake_commands.h"
#include "common/rpc/testing/fake_placement.h"
#include "common/rpc/testing/test_server.h"
#include "services/ingestion/domain/letters_stage.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion::testing {

inline constexpr int kPartitions = 4;

// Runners read and write by it; there are none.
class NoLog final : public stream::LogClient {
 public:
  Result<std::unique_ptr<stream::GroupReader>> make_reader() override { return none(); }
  Result<std::unique_ptr<stream::TransactionalWriter>> make_writer() override { return none(); }
  Result<std::unique_ptr<stream::LogReplay>> make_replay() override { return none(); }
  Result<std::string> cluster_id() override { return none(); }
  Result<std::map<std::string, std::int32_t>> topics_with_prefix(const std::string&) override {
    return none();
  }

 private:
  static Error none() { return fatal("no_log", "This test has no log."); }
};

// What all instances share. Made once: it looks for its broker for two seconds.
inline kafka::Appender& appender_to_nowhere() {
  static const auto appender = [] {
    kafka::KafkaSettings settings;
    settings.bootstrap_servers = "127.0.0.1:1";
    settings.extra = {{"log_level", "0"}};  // That nobody answers there is no news.
    return kafka::Appender::make(settings).value();
  }();
  return *appender;
}

inline stream::Topology topology() {
  stream::Topology topology;
  topology.service = "ingestion";
  topology.partitions = kPartitions;
  topology.stages = {std::make_shared<LettersStage>()};
  return topology;
}

class Instance {
 public:
  Instance(rpc::testing::FakePlacement& placement,
           std::shared_ptr<const rpc::testing::TestIssuer> issuer)
      : server_({api::IngestionService::service_full_name()}, {}, std::move(issuer)),
        board_(server_.clock()),
        settings_(board_),
        router_(
            router_config(),
            placement,
            [this](std::int32_t p) { return board_.runs(p); },
            server_.clock()),
        outcomes_(server_.clock()),
        gate_({kPartitions}, log_of_commands_, outcomes_, server_.clock()),
        parts_{config_,
               topology_,
               board_,
               settings_,
               log_,
               appender_to_nowhere(),
               {},
               documents_,
               nullptr,
               server_.clock(),
               server_.metrics(),
               server_.guard(),
               router_,
               gate_},
        handlers_(parts_, "events") {
    server_.server().add<api::IngestionService>(handlers_);
    server_.start();
    stub_ = api::IngestionService::NewStub(server_.channel());
  }

  rpc::testing::TestServer server_;
  stream::TaskBoard board_;
  encours::MemoryStore documents_;
  std::unique_ptr<api::IngestionService::Stub> stub_;

 private:
  static rpc::RouterConfig router_config() {
    rpc::RouterConfig config;
    config.partitions = kPartitions;
    config.self_address = "127.0.0.1:1";  // No placement names it: what is here is known here.
    return config;
  }

  ServiceConfig config_;
  const stream::Topology topology_ = topology();
  stream::SettingsView settings_;
  NoLog log_;
  rpc::Router router_;
  rpc::testing::FakeCommandLog log_of_commands_;
  rpc::testing::FakeOutcomeBoard outcomes_;
  rpc::CommandGate gate_;
  ServiceParts parts_;
  IngestionHandlers handlers_;
};

}  // namespace encours::ingestion::testing
