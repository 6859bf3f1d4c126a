// LocalRows: snapshots of the partitions of this process for one query, taken once they have come
// as far as the query asks.
//
// A partition that is not here, or not yet there when the call's time is nearly over, is named as
// missing. Made and used by the thread of the call; board and clock belong to the process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/rpc/guard.h"
#include "common/stream/task_board.h"
#include "services/alerting/query/standing.h"

namespace encours::alerting {

// Set for a caller whose roles show no more than the accounts that they own.
std::optional<std::string> only_owner_of(const rpc::Caller& caller);

class LocalRows {
 public:
  LocalRows(const stream::TaskBoard& board,
            Clock& clock,
            const std::vector<std::int32_t>& partitions,
            const Position& position,
            const rpc::Call& call);

  const std::vector<const Snapshot*>& rows() const { return rows_; }
  const std::vector<std::int32_t>& missing() const { return missing_; }

  // The least over the partitions that are here; unset where one has seen no tick.
  std::optional<Instant> handled(const std::string& clock) const;

 private:
  std::vector<std::unique_ptr<Snapshot>> snapshots_;
  std::vector<const Snapshot*> rows_;
  std::vector<std::int32_t> missing_;
};

}  // namespace encours::alerting
