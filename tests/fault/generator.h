// The input of a run, made from a seed: amounts for keys over days, ticks, and what goes wrong.
//
// Tenants in events mode, each with its clock; amounts in disorder between two ticks, some late,
// some sent twice, several at one instant, and records that nobody can read. The same seed and
// options give the same bytes. Kafka's part of it (offsets) is known too: record i of a partition
// has offset i. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/time/instant.h"

namespace encours::test {

struct InputRecord {
  std::string topic;
  std::int32_t partition = 0;
  std::string key;
  std::string value;
  // Of a record that can't be accepted: what its dead letter must say.
  std::string code;
  std::string field;
  std::string message;

  bool is_poison() const { return !code.empty(); }
};

struct WorkloadOptions {
  std::uint64_t seed = 1;
  std::int32_t partitions = 8;
  int tenants = 2;
  int days = 10;
  int amounts = 4000;
  int keys = 120;
  int late = 60;
  int duplicates = 60;
  int poison = 30;
  // Amounts of which the first stage would make a record that its topic does not take.
  int oversize = 0;
  // Ticks that come again long after later ones.
  int regressing_ticks = 0;
  std::int64_t first_day_s = 1'700'006'400;  // 2023-11-15T00:00:00Z.
  // From the third day on midnight is an hour earlier.
  bool summer_time = false;
};

struct Workload {
  WorkloadOptions options;
  std::vector<InputRecord> records;
  std::vector<std::string> clocks;
  // Where a run may pause: behind a tick of all tenants. The last cut is the whole input.
  struct Cut {
    std::size_t records = 0;
    std::vector<Instant> ticks;  // Per clock.
  };
  std::vector<Cut> cuts;
};

Workload generate(const WorkloadOptions& options);

inline constexpr const char* kTallyIn = "tally.in";

}  // namespace encours::test
