// Goal: waiting ends by the condition, the deadline or a stop, and a manual clock stands still.
// Method: real waits use deadlines that have passed or that never come, so nothing is timed.
#include "common/time/clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace encours {
namespace {

constexpr int64_t kNever = INT64_MAX;

TEST(SystemClock, ReadsTheTime) {
  SystemClock clock;
  // Written when this test was: a clock before it is wrong, and so is one that goes back.
  EXPECT_GT(clock.now(), Instant::parse("2025-01-01T00:00:00Z").value());
  const int64_t first = clock.monotonic_ms();
  EXPECT_GE(clock.monotonic_ms(), first);
}

TEST(SystemClock, WaitEndsByDeadlineConditionOrStop) {
  SystemClock clock;
  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;
  {
    std::unique_lock lock(mutex);
    EXPECT_FALSE(clock.wait_until(lock, changed, clock.monotonic_ms() + 1, [&] { return ready; }));
    EXPECT_FALSE(clock.wait_until(lock, changed, INT64_MIN, [&] { return ready; }));
  }
  std::thread setter([&] {
    const std::lock_guard guard(mutex);
    ready = true;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  EXPECT_TRUE(clock.wait_until(lock, changed, kNever, [&] { return ready; }));
  lock.unlock();
  setter.join();

  EXPECT_TRUE(clock.sleep_for(1));
  std::stop_source stop;
  std::thread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(clock.sleep_until(kNever, stop.get_token()));
  stopper.join();
  EXPECT_FALSE(clock.sleep_until(kNever, stop.get_token())) << "a stop made before counts too";
}

TEST(ManualClock, MovesOnlyByHand) {
  const Instant start = Instant::parse("2026-01-31T08:00:00Z").value();
  ManualClock clock(start);
  EXPECT_EQ(clock.now(), start);
  EXPECT_EQ(clock.monotonic_ms(), 0);
  clock.advance(std::chrono::milliseconds(1500));
  EXPECT_EQ(clock.now().to_string(), "2026-01-31T08:00:01.500000Z");
  EXPECT_EQ(clock.monotonic_ms(), 1500);
  clock.set_now(start - std::chrono::hours(1));
  EXPECT_EQ(clock.now().to_string(), "2026-01-31T07:00:00Z");
  EXPECT_EQ(clock.monotonic_ms(), 1500) << "setting the clock does not move deadlines";
}

TEST(ManualClock, SleeperWakesWhenTimeIsMoved) {
  ManualClock clock;
  bool slept = false;
  std::thread sleeper([&] { slept = clock.sleep_until(60'000); });
  clock.await_waiters(1);
  clock.advance(std::chrono::seconds(59));
  clock.advance(std::chrono::seconds(1));
  sleeper.join();
  EXPECT_TRUE(slept);
}

TEST(ManualClock, SleeperWakesByStop) {
  ManualClock clock;
  std::stop_source stop;
  bool slept = true;
  std::thread sleeper([&] { slept = clock.sleep_until(kNever, stop.get_token()); });
  clock.await_waiters(1);
  stop.request_stop();
  sleeper.join();
  EXPECT_FALSE(slept);
}

TEST(ManualClockDeathTest, NeverGoesBack) {
  ManualClock clock;
  EXPECT_DEATH(clock.advance(Duration(-1)), "never goes back");
}

}  // namespace
}  // namespace encours
