// states_of: which states of documents, agreements and customers the events leave behind on the
// last day, each with how many there are and an account that shows it.
//
// Read from the events alone, not from what the generator meant: so a test may ask whether a sample
// has every state. Names are "entity.state", e.g. "promise.broken". What only a policy decides (a
// level of dunning, a provision) is no state of the events. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "deploy/sample/generate.h"

namespace encours::sample {

struct StateCount {
  int count = 0;
  // The last account that has it.
  std::string account;
};

std::map<std::string, StateCount> states_of(const Sample& sample, Date end);

// All that a sample has, whatever its size.
std::vector<std::string> expected_states();

}  // namespace encours::sample
