// Stage "inbox": what a door received -> events, each on its way to the partition of its identity.
//
// It decodes by decode_input(), the function that the doors ask too. A record that is refused goes
// to the dead letters whole. From here on personal fields travel apart from their event. Each event
// gets its place in time: for a tenant in wall mode the record's own; in events mode the event's
// recorded time, never before the tick that has been handled. No rows; the runtime calls it by one
// thread for each partition.
#pragma once

#include "common/stream/decide.h"

namespace encours::ingestion {

class InboxStage : public stream::Stage {
 public:
  std::string name() const override;
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override { return {}; }
  std::string scope(const stream::Record& record) const override;

  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::ingestion
