// The trivial processor: two stages with a re-key between them, a running total, and a timer.
//
// tally.in (any key) -> [split] -> tally.mid (by key) -> [tally] -> tally.out
// It has all that can go wrong (merge of channels, ticks, timers, dead letters) and nothing else.
#pragma once

#include <memory>
#include <vector>

#include "common/stream/decide.h"

namespace encours::test {

std::vector<std::shared_ptr<const stream::Stage>> tally_stages();

}  // namespace encours::test
