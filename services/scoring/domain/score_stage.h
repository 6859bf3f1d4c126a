// Stage "score": at 00:00 of the creditor's day, scores the accounts whose history has changed.
//
// Reads encours.scoring.histories (same partition) and encours.scoring.means (from all partitions),
// publishes encours.scores where a figure has changed. A history waits in a row of its own for the
// first 00:00 after the instant at which it was recorded, so that what comes later, while that
// midnight is not handled yet, does not get into its score. A mean of midnight D counts from the
// midnight after D: at D itself it is on its way to the other partitions, and a score must not
// depend on who is faster. An account is scored anew when its own history changes, not with every
// mean; where nothing is known of it any more its last score stands, with its day. Stateless and
// pure; fails with poison only.
#pragma once

#include "common/stream/decide.h"

namespace encours::scoring {

class ScoreStage final : public stream::Stage {
 public:
  std::string name() const override;
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;
  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::scoring
