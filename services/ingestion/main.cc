// The ingestion service: its stages, its doors, its gRPC face. Nothing else belongs here.
#include <optional>

#include "common/config/command_line.h"
#include "common/rpc/server.h"
#include "services/ingestion/config.h"
#include "services/ingestion/domain/control_stage.h"
#include "services/ingestion/domain/identity_stage.h"
#include "services/ingestion/domain/inbox_stage.h"
#include "services/ingestion/domain/ledger/stage.h"
#include "services/ingestion/domain/ledger/verify_sums.h"
#include "services/ingestion/domain/letters_stage.h"
#include "services/ingestion/domain/reference_stage.h"
#include "services/ingestion/domain/topics.h"
#include "services/ingestion/doors/clock_writer.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion {
namespace {

struct Handlers {
  Handlers(ServiceParts& parts, const IngestionConfig& config)
      : api(parts, config.tenant_clock_mode) {
    // A rebuild reads the ticks that there were.
    if (parts.kafka.names.is_rebuild()) return;
    wall_clock.emplace(parts.appender, parts.board, parts.settings, parts.topology.partitions,
                       parts.clock, config.wall_tick_ms);
  }
  IngestionHandlers api;
  std::optional<WallClock> wall_clock;
};

ServiceSpec spec(const IngestionConfig& config) {
  ServiceSpec spec;
  spec.name = "ingestion";
  spec.stages = {std::make_shared<ControlStage>(),   std::make_shared<InboxStage>(),
                 std::make_shared<IdentityStage>(),  std::make_shared<ReferenceStage>(),
                 std::make_shared<LettersStage>(),   std::make_shared<LedgerStage>()};
  constexpr std::size_t kWithOriginals = 5 * 1024 * 1024;
  spec.large_topics = {{kIdentityTopic, kWithOriginals},
                       {kReferenceTopic, kWithOriginals},
                       {kLedgerTopic, kWithOriginals}};
  spec.apis = {api::IngestionService::service_full_name()};
  spec.ledger_check = verify_sums;
  spec.add_handlers = [&config](ServiceParts& parts, rpc::Server& server) -> std::shared_ptr<void> {
    auto handlers = std::make_shared<Handlers>(parts, config);
    server.add<api::IngestionService>(handlers->api);
    return handlers;
  };
  return spec;
}

}  // namespace
}  // namespace encours::ingestion

int main(int argc, char** argv) {
  using encours::ingestion::IngestionConfig;
  const auto started = encours::config::start<IngestionConfig>(argc, argv);
  if (!started.config) return started.exit_code;
  return encours::run_service(*started.config, encours::ingestion::spec(*started.config));
}
