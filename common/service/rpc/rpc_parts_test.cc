// Goal: a process serves plaintext beyond the loopback only where its configuration says so.
// Method: the parts of a process on all addresses of this machine, without Kafka.
#include "common/service/rpc/rpc_parts.h"

#include <gtest/gtest.h>

#include "common/config/load.h"
#include "common/service/testing/test_parts.h"

namespace encours {
namespace {

// What serving on all addresses ends with.
Status serve(const std::vector<std::string>& settings) {
  rpc::testing::TestServer server({});
  rpc::testing::FakePlacement placement;
  testing::NoLog log;
  stream::Topology topology;
  topology.service = "sample";
  topology.partitions = 1;
  testing::TestParts process(server, std::move(topology), placement, log);
  config::Sources sources;
  sources.overrides = {"kafka_bootstrap_servers=127.0.0.1:1",
                       "data_dir=unused",
                       "jwks_file=" + server.issuer().jwks_file(),
                       "grpc_listen_address=0.0.0.0:0"};
  sources.overrides.insert(sources.overrides.end(), settings.begin(), settings.end());
  ENCOURS_ASSIGN(process.config, config::load<ServiceConfig>(sources));
  ENCOURS_ASSIGN(
      const auto parts,
      RpcParts::make(
          process.config, process.topology, {}, process.board, server.clock(), server.metrics()));
  ServiceSpec nothing_of_its_own;
  nothing_of_its_own.add_handlers = [](ServiceParts&, rpc::Server&) { return nullptr; };
  ENCOURS_TRY(parts->serve(process.parts, nothing_of_its_own));
  parts->stop(0);
  return {};
}

TEST(RpcParts, PlaintextStaysOnTheLoopbackUnlessTheConfigurationAllowsIt) {
  EXPECT_EQ(serve({}).failure().code, "plaintext_refused");
  EXPECT_TRUE(serve({"grpc_allow_plaintext=true"}));
}

}  // namespace
}  // namespace encours
