// Load: publishes events at a steady rate, on a thread of its own.
//
// The load is open: an event has its due time, says it, and leaves then or as soon after as it can,
// whatever becomes of those before it. The numbers of a customer's events follow one another.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "baseline.pb.h"
#include "common/kafka/appender.h"
#include "tests/perf/elastic/plan.h"

namespace encours::perf {

class Load {
 public:
  static Result<std::unique_ptr<Load>> start(const Plan& plan);
  ~Load();

  std::int64_t published() const { return published_; }
  // Ends it; every event is acknowledged then, or one of them has failed.
  Status stop();
  // After stop(): how many events each customer has.
  const std::vector<std::int64_t>& events_of() const { return events_of_; }

 private:
  struct Failure {
    std::mutex mutex;
    Status first;
  };

  explicit Load(const Plan& plan);
  void run(const std::stop_token& stop);
  Status publish(std::int64_t i, std::int64_t due_us);

  const Plan& plan_;
  // Shared with the library's thread, which may come back after a time-out here.
  std::shared_ptr<Failure> failure_;
  std::unique_ptr<kafka::Appender> appender_;
  std::atomic<std::int64_t> published_{0};
  std::vector<std::int64_t> events_of_;
  test::baseline::Event event_;
  std::jthread thread_;
};

}  // namespace encours::perf
