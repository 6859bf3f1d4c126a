// Clock is the only way to ask what time it is, and to wait; the rest of the program is given one.
//
// Decisions never use it (time reaches them as records): it serves waiting, deadlines, metrics,
// logs and the door that stamps what comes in. SystemClock is the real one; ManualClock stands
// still until a test moves it. Both are safe from any thread and outlive those that wait on them.
// This folder is the only one that may name a clock of std::chrono.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>

#include "common/time/instant.h"

namespace encours {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  // The time of day in UTC. It may jump when the machine's clock is set.
  virtual Instant now() = 0;

  // Milliseconds since an unnamed moment; never goes back. For deadlines and lengths of time.
  virtual int64_t monotonic_ms() = 0;

  // Waits until `done()` holds or monotonic_ms() has reached `deadline_ms`, and returns `done()`.
  // `lock` is held when it is called, whenever `done` runs and when it returns; whoever makes
  // `done` true does so under the same mutex and notifies `changed`.
  virtual bool wait_until(std::unique_lock<std::mutex>& lock,
                          std::condition_variable& changed,
                          int64_t deadline_ms,
                          const std::function<bool()>& done) = 0;

  // Sleeps until the deadline; false when `stop` was requested first.
  bool sleep_until(int64_t deadline_ms, std::stop_token stop = {});
  bool sleep_for(int64_t duration_ms, std::stop_token stop = {}) {
    return sleep_until(monotonic_ms() + duration_ms, std::move(stop));
  }
};

class SystemClock final : public Clock {
 public:
  Instant now() override;
  int64_t monotonic_ms() override;
  bool wait_until(std::unique_lock<std::mutex>& lock,
                  std::condition_variable& changed,
                  int64_t deadline_ms,
                  const std::function<bool()>& done) override;
};

// For tests. Time moves by advance() and set_now() only; those who wait see it without a notify.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant now = Instant()) : now_(now) {}

  Instant now() override;
  int64_t monotonic_ms() override;
  bool wait_until(std::unique_lock<std::mutex>& lock,
                  std::condition_variable& changed,
                  int64_t deadline_ms,
                  const std::function<bool()>& done) override;

  // Moves both readings forward; `by` is not negative.
  void advance(Duration by);
  // Sets the time of day alone, also back, as an operator or NTP does.
  void set_now(Instant now);
  // Blocks until at least `count` threads are inside wait_until: then it is safe to advance().
  void await_waiters(int count);

 private:
  std::mutex mutex_;
  std::condition_variable waiters_changed_;
  Instant now_;
  int64_t monotonic_us_ = 0;
  int waiters_ = 0;
};

}  // namespace encours
