// The work of the comparison: each event changes the state of its customer and becomes one output.
#pragma once

#include <cstdint>
#include <memory>

#include "baseline.pb.h"
#include "common/stream/topology.h"

namespace encours::test {

inline constexpr const char* kBaselineIn = "baseline.in";
inline constexpr const char* kBaselineOut = "baseline.out";
// The key of a row is that of its records, as it is.
inline constexpr Table<baseline::State> kBaselineStates{0x20, "state", "r"};

std::shared_ptr<const stream::Stage> baseline_stage();
stream::Topology baseline_topology(std::int32_t partitions);

}  // namespace encours::test
