// Stage "segment": how a whole segment pays: the mean of its accounts' own indices.
//
// Reads encours.scoring.contributions, keyed by (tenant, segment), and keeps count and sum by
// difference: no account is ever read. At 00:00 of the creditor's day it publishes the mean, a half
// upwards, to all partitions, where it has changed since the last one; an account weighs the same
// whatever it buys. A count of zero says that there is no mean any more. Accounts without a segment
// are one segment with an empty name. Stateless and pure; fails with poison only.
#pragma once

#include "common/stream/decide.h"

namespace encours::scoring {

class SegmentStage final : public stream::Stage {
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
