// The portfolio service: its one stage and its gRPC face. Nothing else belongs here.
#include "common/config/command_line.h"
#include "common/rpc/server.h"
#include "common/service/service_shell.h"
#include "services/portfolio/config.h"
#include "services/portfolio/domain/portfolio_stage.h"
#include "services/portfolio/query/verify_sums.h"
#include "services/portfolio/rpc/portfolio_service.h"

namespace encours::portfolio {
namespace {

ServiceSpec spec() {
  ServiceSpec spec;
  spec.name = "portfolio";
  spec.stages = {std::make_shared<PortfolioStage>()};
  spec.apis = {api::PortfolioService::service_full_name()};
  spec.ledger_check = verify_sums;
  spec.add_handlers = [](ServiceParts& parts, rpc::Server& server) -> std::shared_ptr<void> {
    auto handlers = std::make_shared<PortfolioHandlers>(
        parts.guard,
        parts.router,
        query::ViewSources{parts.board,
                           parts.settings,
                           parts.clock,
                           parts.topology.partitions,
                           kStageName,
                           parts.sealer});
    server.add<api::PortfolioService>(*handlers);
    return handlers;
  };
  return spec;
}

}  // namespace
}  // namespace encours::portfolio

int main(int argc, char** argv) {
  const auto started = encours::config::start<encours::portfolio::PortfolioConfig>(argc, argv);
  if (!started.config) return started.exit_code;
  return encours::run_service(*started.config, encours::portfolio::spec());
}
