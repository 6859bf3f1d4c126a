// The scoring service: its three stages and its gRPC face. Nothing else belongs here.
#include "common/config/command_line.h"
#include "common/rpc/server.h"
#include "common/service/service_shell.h"
#include "services/scoring/config.h"
#include "services/scoring/domain/history_stage.h"
#include "services/scoring/domain/score_stage.h"
#include "services/scoring/domain/segment_stage.h"
#include "services/scoring/domain/tables.h"
#include "services/scoring/rpc/scoring_service.h"

namespace encours::scoring {
namespace {

ServiceSpec spec() {
  ServiceSpec spec;
  spec.name = "scoring";
  spec.stages = {std::make_shared<HistoryStage>(),
                 std::make_shared<SegmentStage>(),
                 std::make_shared<ScoreStage>()};
  spec.apis = {api::ScoringService::service_full_name()};
  spec.add_handlers = [](ServiceParts& parts, rpc::Server& server) -> std::shared_ptr<void> {
    auto handlers = std::make_shared<ScoringHandlers>(
        parts.guard,
        parts.router,
        query::ViewSources{
            parts.board, parts.settings, parts.clock, parts.topology.partitions, kScoreStage});
    server.add<api::ScoringService>(*handlers);
    return handlers;
  };
  return spec;
}

}  // namespace
}  // namespace encours::scoring

int main(int argc, char** argv) {
  const auto started = encours::config::start<encours::scoring::ScoringConfig>(argc, argv);
  if (!started.config) return started.exit_code;
  return encours::run_service(*started.config, encours::scoring::spec());
}
