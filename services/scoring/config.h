// ScoringConfig: the settings of the scoring service: those that all services have, and none of its
// own so far. What a score is made of is no configuration but the tenant's setting "scorecard".
#pragma once

#include "common/service/service_config.h"

namespace encours::scoring {

struct ScoringConfig : ServiceConfig {
  static void describe(config::Schema<ScoringConfig>& schema) { describe_in(schema); }
};

}  // namespace encours::scoring
