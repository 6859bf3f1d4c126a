// IngestionConfig: the settings of the ingestion service beside those that all services have.
#pragma once

#include "common/service/service_config.h"

namespace encours::ingestion {

struct IngestionConfig : ServiceConfig {
  std::string tenant_clock_mode = "wall";
  std::int32_t wall_tick_ms = 60000;

  static void describe(config::Schema<IngestionConfig>& schema) {
    describe_in(schema);
    schema.field("tenant_clock_mode", &IngestionConfig::tenant_clock_mode,
                 "Clock of tenants that are opened by naming them: wall or events.",
                 config::one_of({"wall", "events"}));
    schema.field("wall_tick_ms", &IngestionConfig::wall_tick_ms,
                 "Time between two ticks of the wall clock.", config::between(1000, 900000));
  }
};

}  // namespace encours::ingestion
