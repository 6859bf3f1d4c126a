// The alerting service: its one stage and its gRPC face. Nothing else belongs here.
#include "common/config/command_line.h"
#include "common/rpc/server.h"
#include "common/service/service_shell.h"
#include "services/alerting/config.h"
#include "services/alerting/domain/decide.h"
#include "services/alerting/rpc/alerting_service.h"

namespace encours::alerting {
namespace {

ServiceSpec spec(const AlertingConfig& config) {
  ServiceSpec spec;
  spec.name = "alerting";
  spec.stages = {std::make_shared<AlertingStage>()};
  spec.apis = {v1alpha1::AlertingService::service_full_name()};
  spec.add_handlers = [&config](ServiceParts& parts, rpc::Server& server) {
    auto api = std::make_shared<AlertingApi>(
        AlertingSources{parts.guard,
                        parts.router,
                        parts.commands,
                        parts.board,
                        parts.settings,
                        parts.clock,
                        parts.metrics,
                        parts.topology.partitions},
        config.feed_options(),
        config.stream_limits());
    server.add<v1alpha1::AlertingService>(api->handlers());
    return api;
  };
  return spec;
}

}  // namespace
}  // namespace encours::alerting

int main(int argc, char** argv) {
  const auto started = encours::config::start<encours::alerting::AlertingConfig>(argc, argv);
  if (!started.config) return started.exit_code;
  return encours::run_service(*started.config, encours::alerting::spec(*started.config));
}
