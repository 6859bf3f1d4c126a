// Instance: a process of ingestion without Kafka, for tests of its gRPC face: a real server on the
// loopback, a router, and the partitions that the test puts into its board. Records that a handler
// appends go nowhere. One thread makes it; the server answers on gRPC's.
#pragma once

#include <memory>
#include <utility>

#include "common/service/testing/test_parts.h"
#include "services/ingestion/domain/letters_stage.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion::testing {

inline constexpr int kPartitions = 4;

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
        parts_(server_, topology(), placement, log_),
        handlers_(parts_.parts, "events") {
    server_.server().add<api::IngestionService>(handlers_);
    server_.start();
    stub_ = api::IngestionService::NewStub(server_.channel());
  }

  rpc::testing::TestServer server_;
  std::unique_ptr<api::IngestionService::Stub> stub_;

  stream::TaskBoard& board() { return parts_.board; }
  DocumentStore& documents() { return parts_.documents; }

 private:
  encours::testing::NoLog log_;
  encours::testing::TestParts parts_;
  IngestionHandlers handlers_;
};

}  // namespace encours::ingestion::testing
