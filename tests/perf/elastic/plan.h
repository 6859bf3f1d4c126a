// What one run is: who publishes how much, and the part of the run that is under way.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "common/kafka/settings.h"

namespace encours::perf {

struct Plan {
  std::uint64_t seed = 1;
  std::string brokers;
  // Before all topics of this run.
  std::string prefix;
  std::int32_t partitions = 8;
  std::int64_t customers = 20'000;
  int per_second = 20'000;
  int queries_per_second = 100;
};

// Number of the phase; what is measured belongs to the phase in which it was seen.
using PhaseNumber = std::atomic<std::size_t>;

inline kafka::KafkaSettings kafka_settings(const Plan& plan) {
  kafka::KafkaSettings settings;
  settings.bootstrap_servers = plan.brokers;
  settings.client_id = "elastic-probe";
  settings.group_id = "elastic-probe";
  settings.group_instance_id = "elastic-probe";
  settings.names = kafka::TopicNames(plan.prefix);
  return settings;
}

inline std::int64_t wall_us() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace encours::perf
