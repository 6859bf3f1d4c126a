// PortfolioConfig: the settings of the portfolio service: those that all services have, and none of
// its own so far.
#pragma once

#include "common/service/service_config.h"

namespace encours::portfolio {

struct PortfolioConfig : ServiceConfig {
  static void describe(config::Schema<PortfolioConfig>& schema) { describe_in(schema); }
};

}  // namespace encours::portfolio
