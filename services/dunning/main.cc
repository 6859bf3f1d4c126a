// The dunning service: its one stage, its gRPC face and what it sends. Nothing else belongs here.
#include "common/config/command_line.h"
#include "common/rpc/server.h"
#include "common/service/service_shell.h"
#include "services/dunning/config.h"
#include "services/dunning/domain/decide.h"
#include "services/dunning/egress/performer.h"
#include "services/dunning/rpc/dunning_service.h"

namespace encours::dunning {
namespace {

Result<std::unique_ptr<egress::Performer>> make_performer(const DunningConfig& config,
                                                          ServiceParts& parts) {
  if (parts.sealer == nullptr) {
    return refused("missing_field", "persons_kek_file",
                   "Without the key of persons no address can be read.");
  }
  ENCOURS_ASSIGN(auto claimer, Claimer::make(parts.log, parts.board, parts.settings, parts.clock));
  auto mailer = std::make_unique<Mailer>(config.mail_servers(), parts.board, parts.settings,
                                         parts.documents, *parts.sealer, parts.clock);
  return std::unique_ptr<egress::Performer>(
      std::make_unique<DunningPerformer>(std::move(claimer), std::move(mailer), parts.clock));
}

ServiceSpec spec(const DunningConfig& config) {
  ServiceSpec spec;
  spec.name = "dunning";
  spec.stages = {std::make_shared<DunningStage>()};
  spec.apis = {v1alpha1::DunningService::service_full_name()};
  spec.add_handlers = [](ServiceParts& parts, rpc::Server& server) {
    auto handlers = std::make_shared<DunningHandlers>(
        DunningSources{parts.guard, parts.router, parts.board, parts.settings, parts.documents,
                       parts.clock, parts.topology.partitions});
    server.add<v1alpha1::DunningService>(*handlers);
    return handlers;
  };
  spec.make_performer = [&config](ServiceParts& parts) { return make_performer(config, parts); };
  return spec;
}

}  // namespace
}  // namespace encours::dunning

int main(int argc, char** argv) {
  const auto started = encours::config::start<encours::dunning::DunningConfig>(argc, argv);
  if (!started.config) return started.exit_code;
  return encours::run_service(*started.config, encours::dunning::spec(*started.config));
}
