// elastic_service: the work of the baseline as a service of the shell, with queries of its state.
#include "common/config/command_line.h"
#include "common/rpc/server.h"
#include "tests/perf/baseline/stage.h"
#include "tests/perf/elastic/handlers.h"

namespace encours::test {
namespace {

ServiceSpec spec() {
  ServiceSpec spec;
  spec.name = "elastic";
  spec.stages = {baseline_stage()};
  spec.apis = {elastic::ElasticService::service_full_name()};
  spec.add_handlers = [](ServiceParts& parts, rpc::Server& server) -> std::shared_ptr<void> {
    auto handlers = std::make_shared<ElasticHandlers>(parts);
    server.add<elastic::ElasticService>(*handlers);
    return handlers;
  };
  return spec;
}

}  // namespace
}  // namespace encours::test

int main(int argc, char** argv) {
  const auto started = encours::config::start<encours::ServiceConfig>(argc, argv);
  if (!started.config) return started.exit_code;
  return encours::run_service(*started.config, encours::test::spec());
}
