// PortfolioStage: folds the facts of all services into rows that answer.
//
// It reads encours.receivables, .alerts, .risk (whose ticks come from all partitions), .scores and
// .dunning, all keyed by (tenant, account), and of .persons what accounts are called. It decides
// nothing and emits nothing: its effects are rows only. A record that contradicts its key, names a
// kind that this build does not know or has no day is poison: it goes to the dead letters, never
// silently by. Stateless, like every stage.
#pragma once

#include <string>
#include <vector>

#include "common/stream/decide.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

class PortfolioStage : public stream::Stage {
 public:
  std::string name() const override { return kStageName; }
  std::vector<stream::StageInput> inputs() const override;
  std::vector<TableInfo> tables() const override;
  std::string scope(const stream::Record& record) const override;
  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::portfolio
