// The clock of a simulated world: virtual time; who waits gives the others their turn.
#pragma once

#include <algorithm>

#include "common/sim/scheduler.h"
#include "common/time/clock.h"

namespace encours::sim {

class SimClock final : public Clock {
 public:
  explicit SimClock(Scheduler& scheduler) : scheduler_(scheduler) {}

  Instant now() override {
    constexpr std::int64_t kBeginMs = 1'750'000'000'000;  // June 2025.
    return Instant::from_unix_millis(kBeginMs + scheduler_.now_ms());
  }
  std::int64_t monotonic_ms() override { return scheduler_.now_ms(); }
  // There is one thread: what is waited for happens while others have their turn, so the mutex is
  // given back, and looked at again at some steps.
  bool wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable&,
                  std::int64_t deadline_ms, const std::function<bool()>& done) override {
    constexpr std::int64_t kLookMs = 50;
    while (!done() && scheduler_.now_ms() < deadline_ms) {
      lock.unlock();
      scheduler_.sleep_until(std::min(deadline_ms, scheduler_.now_ms() + kLookMs));
      lock.lock();
    }
    return done();
  }

 private:
  Scheduler& scheduler_;
};

}  // namespace encours::sim
