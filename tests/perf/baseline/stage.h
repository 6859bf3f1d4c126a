// The work of the comparison: each event changes the state of its customer and becomes one output.
#pragma once

#include <cstdint>

#include "common/stream/topology.h"

namespace encours::test {

inline constexpr const char* kBaselineIn = "baseline.in";
inline constexpr const char* kBaselineOut = "baseline.out";

stream::Topology baseline_topology(std::int32_t partitions);

}  // namespace encours::test
