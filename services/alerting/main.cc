// The alerting service: its one stage and its gRPC face. Nothing else belongs here.
#include "common/base/check.h"
#include "common/config/command_line.h"
#include "common/rpc/server.h"
#include "common/service/service_shell.h"
#include "services/alerting/config.h"
#include "services/alerting/domain/decide.h"
#include "services/alerting/rpc/alerting_service.h"

namespace encours::alerting {
namespace {

// Streams have a door of their own (stream_door.h), so it has the keys to tokens too.
struct Api {
  std::unique_ptr<rpc::TokenVerifier> verifier;
  std::unique_ptr<AlertingApi> alerting;
};

std::unique_ptr<rpc::TokenVerifier> open_verifier(ServiceParts& parts) {
  rpc::IdentityConfig identity;
  identity.jwks_file = parts.config.jwks_file;
  identity.issuer = parts.config.token_issuer;
  identity.audience = parts.config.token_audience;
  auto verifier = rpc::TokenVerifier::open(identity, parts.clock);
  // The shell has just opened the same file for the guard.
  ENCOURS_CHECK(verifier.ok(), "the keys of tokens were readable a moment ago");
  return std::move(*verifier);
}

ServiceSpec spec(const AlertingConfig& config) {
  ServiceSpec spec;
  spec.name = "alerting";
  spec.stages = {std::make_shared<AlertingStage>()};
  spec.apis = {v1alpha1::AlertingService::service_full_name()};
  spec.add_handlers = [&config](ServiceParts& parts, rpc::Server& server) {
    auto api = std::make_shared<Api>();
    api->verifier = open_verifier(parts);
    api->alerting = std::make_unique<AlertingApi>(
        AlertingSources{parts.guard,
                        *api->verifier,
                        parts.router,
                        parts.commands,
                        parts.board,
                        parts.settings,
                        parts.clock,
                        parts.metrics,
                        parts.topology.partitions},
        config.feed_options(),
        StreamLimits{config.stream_max_count, config.stream_max_count_per_caller});
    server.add<v1alpha1::AlertingService>(api->alerting->handlers());
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
