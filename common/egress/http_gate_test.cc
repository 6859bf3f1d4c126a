// Goal: the gate lets through as much as is allowed, and nothing while the provider is down.
// Method: a clock that stands still until the test moves it.
#include "common/egress/http_gate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace encours::egress {
namespace {

using std::chrono::milliseconds;

struct HttpGateTest : ::testing::Test {
  ManualClock clock;

  static std::string why(const HttpGate::Admission& admission) { return admission.because; }
};

TEST_F(HttpGateTest, AsManyAtATimeAsAllowed) {
  HttpGate gate({.concurrent = 2}, clock);
  auto first = gate.admit();
  {
    const auto second = gate.admit();
    ASSERT_TRUE(second.permit);
    const auto third = gate.admit();
    EXPECT_FALSE(third.permit);
    EXPECT_EQ(why(third), "concurrency");
    EXPECT_GT(third.wait_ms, 0);
  }
  EXPECT_TRUE(gate.admit().permit);
}

// 30 a minute with a burst of 3: three at once, then one every two seconds.
TEST_F(HttpGateTest, TheRateHoldsWhateverComes) {
  HttpGate gate({.concurrent = 100, .per_minute = 30, .burst = 3}, clock);
  std::vector<std::int64_t> taken_at;
  for (std::int64_t ms = 0; ms < 120'000; ms += 100) {
    while (gate.admit().permit) taken_at.push_back(ms);
    clock.advance(milliseconds(100));
  }
  ASSERT_EQ(taken_at.size(), 3u + 59u);
  EXPECT_EQ(taken_at[2], 0);
  EXPECT_EQ(taken_at[3], 2'000);
  EXPECT_EQ(taken_at[4], 4'000);
  EXPECT_EQ(gate.admit().permit.has_value(), true);  // At 120 s there is the next one.
  const auto refused = gate.admit();
  EXPECT_EQ(why(refused), "rate");
  EXPECT_EQ(refused.wait_ms, 2'000);
  clock.advance(milliseconds(1'999));
  EXPECT_EQ(gate.admit().wait_ms, 1);
}

TEST_F(HttpGateTest, OpensAfterFailuresAndClosesByAProbe) {
  HttpGate gate({.concurrent = 9, .failures_to_open = 3, .open_ms = 1'000}, clock);
  const auto call = [&gate](bool healthy) {
    auto admission = gate.admit();
    ASSERT_TRUE(admission.permit);
    admission.permit->report(healthy);
  };
  call(false);
  call(false);
  call(true);  // Not in a row.
  call(false);
  call(false);
  EXPECT_FALSE(gate.open());
  call(false);
  EXPECT_TRUE(gate.open());
  EXPECT_EQ(why(gate.admit()), "breaker");
  EXPECT_EQ(gate.admit().wait_ms, 1'000);
  clock.advance(milliseconds(1'000));
  {
    auto probe = gate.admit();
    ASSERT_TRUE(probe.permit);
    EXPECT_EQ(why(gate.admit()), "breaker");  // One at a time.
    probe.permit->report(false);
  }
  EXPECT_EQ(gate.admit().wait_ms, 1'000);
  clock.advance(milliseconds(1'000));
  call(true);
  EXPECT_FALSE(gate.open());
  EXPECT_TRUE(gate.admit().permit);
}

TEST_F(HttpGateTest, AProbeWithoutANewsLeavesItToTheNextOne) {
  HttpGate gate({.failures_to_open = 1, .open_ms = 1'000}, clock);
  gate.admit().permit->report(false);
  clock.advance(milliseconds(1'000));
  { const auto probe = gate.admit(); }
  EXPECT_TRUE(gate.admit().permit);
}

}  // namespace
}  // namespace encours::egress
