// What the simulated providers of a local run answer for a SIREN, so that companies can be chosen
// whose answers fit their story: tests/simulators/company.py says the same in Python, and
// outside_test.py compares the two.
//
// There, a company fails on a day of 2010 to 2025 or never, goes through safeguard (240 days),
// reorganisation (240 days) and liquidation, and ceases 1,000 days after. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/time/date.h"

namespace encours::sample {

enum class Procedure { kNone, kSafeguard, kReorganisation, kLiquidation, kCeased, kUnknown };

// kUnknown where no provider knows the company.
Procedure procedure_on(const std::string& siren, Date day);

// "none", "safeguard", ...
const char* word_of(Procedure procedure);

// Deals out the SIRENs of the sample, each once, in an order that depends on the seed.
class Register {
 public:
  Register(std::uint64_t seed, Date end);

  // One that is in this procedure on the last day (safeguard: at some time of the last two years);
  // another of the healthy ones where no such company is left.
  std::string take(Procedure procedure = Procedure::kNone);

 private:
  Date end_;
  // Those that are free, the next one last.
  std::vector<std::string> healthy_;
  std::vector<std::string> others_;
};

}  // namespace encours::sample
