#include "common/time/clock.h"

#include <algorithm>
#include <chrono>

#include "common/base/check.h"

namespace encours {

bool Clock::sleep_until(int64_t deadline_ms, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable changed;
  const std::stop_callback wake(stop, [&mutex, &changed] {
    // Taking the mutex closes the gap between the sleeper's look at `stop` and its wait.
    const std::lock_guard guard(mutex);
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  const bool stopped =
      wait_until(lock, changed, deadline_ms, [&stop] { return stop.stop_requested(); });
  // The callback may be waiting for the mutex, and `wake` waits for the callback on its way out.
  lock.unlock();
  return !stopped;
}

Instant SystemClock::now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return Instant::from_unix_micros(
      std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count());
}

int64_t SystemClock::monotonic_ms() {
  const auto reading = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(reading).count();
}

bool SystemClock::wait_until(std::unique_lock<std::mutex>& lock,
                             std::condition_variable& changed,
                             int64_t deadline_ms,
                             const std::function<bool()>& done) {
  // The clock counts nanoseconds: a deadline of "never" is cut to what that can express.
  constexpr int64_t kLongestWaitMs = int64_t{1} << 40;  // Some 34 years.
  const int64_t wait_ms =
      std::min(deadline_ms - std::min(deadline_ms, monotonic_ms()), kLongestWaitMs);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  return changed.wait_until(lock, deadline, done);
}

Instant ManualClock::now() {
  const std::lock_guard guard(mutex_);
  return now_;
}

int64_t ManualClock::monotonic_ms() {
  const std::lock_guard guard(mutex_);
  return monotonic_us_ / 1000;
}

bool ManualClock::wait_until(std::unique_lock<std::mutex>& lock,
                             std::condition_variable& changed,
                             int64_t deadline_ms,
                             const std::function<bool()>& done) {
  // It looks again every millisecond of real time. To be woken by advance() it would have to lend
  // its condition variable to the clock, which brings lock orders and lifetimes into every test.
  const auto count_waiter = [this](int by) {
    const std::lock_guard guard(mutex_);
    waiters_ += by;
    waiters_changed_.notify_all();
  };
  if (done() || monotonic_ms() >= deadline_ms) return done();
  count_waiter(1);
  while (!done() && monotonic_ms() < deadline_ms) {
    changed.wait_for(lock, std::chrono::milliseconds(1));
  }
  count_waiter(-1);
  return done();
}

void ManualClock::advance(Duration by) {
  ENCOURS_CHECK(by.count() >= 0, "a monotonic clock never goes back");
  const std::lock_guard guard(mutex_);
  now_ = now_ + by;
  monotonic_us_ += by.count();
}

void ManualClock::set_now(Instant now) {
  const std::lock_guard guard(mutex_);
  now_ = now;
}

void ManualClock::await_waiters(int count) {
  std::unique_lock lock(mutex_);
  waiters_changed_.wait(lock, [this, count] { return waiters_ >= count; });
}

}  // namespace encours
