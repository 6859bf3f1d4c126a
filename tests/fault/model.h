// The model: what the tally must leave behind for an input, worked out in memory (comparison A).
//
// It shares the message types, the key encoding and the hash with the runtime, and nothing else:
// it sorts the amounts of each tenant by time and folds them, with no transactions, batches, slices
// or stores. What it says is the reference for every run. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "tests/fault/canonical.h"
#include "tests/fault/generator.h"

namespace encours::test {

struct Expected {
  // Topics tally.mid, tally.out, encours.dead-letters.
  Canonical outputs;
  // Rows of the tables that are compared.
  Canonical rows;
  // Per partition of tally.in: how many records there are.
  std::vector<std::int64_t> ends;
  // (partition, offset) of amounts that arrived again while the first was still waiting: no effect
  // of their own.
  std::set<std::pair<std::int32_t, std::int64_t>> no_ops;
  // Of all amounts that count.
  std::int64_t sum = 0;
};

Expected model_of(const Workload& workload);

}  // namespace encours::test
