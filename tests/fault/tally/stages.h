// The trivial processor: two stages with a re-key between them, a running total, and a timer.
//
// tally.in (any key) -> [split] -> tally.mid (by key) -> [tally] -> tally.out
// It has all that can go wrong (merge of channels, ticks, timers, dead letters) and nothing else.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/stream/decide.h"
#include "common/stream/topology.h"

namespace encours::test {

std::vector<std::shared_ptr<const stream::Stage>> tally_stages();
stream::Topology tally_topology(std::int32_t partitions);

}  // namespace encours::test
