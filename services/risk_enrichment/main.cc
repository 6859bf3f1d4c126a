// The risk-enrichment service: its two stages, what calls its providers, and its gRPC face.
#include "common/config/command_line.h"
#include "common/rpc/server.h"
#include "common/service/service_shell.h"
#include "services/risk_enrichment/config.h"
#include "services/risk_enrichment/domain/accounts_stage.h"
#include "services/risk_enrichment/domain/companies_stage.h"
#include "services/risk_enrichment/rpc/risk_service.h"

namespace encours::risk {
namespace {

ServiceSpec spec(const RiskConfig& config) {
  ServiceSpec spec;
  spec.name = "risk-enrichment";
  spec.stages = {std::make_shared<AccountsStage>(), std::make_shared<CompaniesStage>()};
  spec.apis = {api::RiskService::service_full_name()};
  spec.add_handlers = [](ServiceParts& parts, rpc::Server& server) {
    auto handlers = std::make_shared<RiskHandlers>(RiskSources{
        parts.guard,
        parts.router,
        parts.commands,
        {parts.board, parts.settings, parts.clock, parts.topology.partitions, kCompaniesStage}});
    server.add<api::RiskService>(*handlers);
    return handlers;
  };
  spec.make_performer =
      [&config](ServiceParts& parts) -> Result<std::unique_ptr<egress::Performer>> {
    return std::unique_ptr<egress::Performer>(std::make_unique<Fetcher>(
        config.fetcher_options(), all_providers(), parts.documents, parts.clock, parts.metrics));
  };
  return spec;
}

}  // namespace
}  // namespace encours::risk

int main(int argc, char** argv) {
  const auto started = encours::config::start<encours::risk::RiskConfig>(argc, argv);
  if (!started.config) return started.exit_code;
  return encours::run_service(*started.config, encours::risk::spec(*started.config));
}
