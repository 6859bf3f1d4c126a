// The figures of a run as lines of JSON: one for each phase, one for the whole.
#pragma once

#include <string>
#include <vector>

#include "tests/perf/elastic/outputs.h"
#include "tests/perf/elastic/queries.h"

namespace encours::perf {

// What happened to the fleet, and how long it was until all partitions ran where they should.
struct Phase {
  std::string name;
  // How long a gap may be in it; 0 where nothing was promised.
  std::int64_t promised_gap_ms = 0;
  std::int64_t settled_ms = -1;
  double seconds = 0;
  std::int64_t published = 0;
  double cpu_seconds = 0;
};

std::string phase_line(const Phase& phase, const OutputFigures& outputs,
                       const PhaseQueries& queries);
// `published`: events of the whole run, those between the phases included.
std::string run_line(const Plan& plan, int session_timeout_ms, std::int64_t published,
                     const std::vector<Phase>& phases,
                     const std::vector<OutputFigures>& outputs,
                     const std::vector<PhaseQueries>& queries, const Verdict& verdict);

}  // namespace encours::perf
