// Goal: the feed gives every change one dense place per tenant, and forgets by age but never below
// its floor, in bounded steps.
// Method: alerts raised on chosen days with small limits (30 days, floor 3, 2 rows per sweep);
// sequences and instants are written by hand.
#include <gtest/gtest.h>

#include "services/alerting/domain/world_test.h"

namespace encours::alerting {
namespace {

FeedLimits small() {
  FeedLimits limits;
  limits.floor = 3;
  limits.sweep_rows = 2;
  return limits;
}

struct FeedOfTenant : testing::Test {
  TestWorld world{small()};
  int count = 0;

  void raise(Instant at, const std::string& tenant = "acme", const std::string& account = "C-1") {
    const std::string invoice = "F-" + std::to_string(++count);
    world.take(world.ledger_record(
        overdue_fact(account, invoice, on("2024-01-01"), 100), invoice, at, at, tenant));
  }
  std::vector<std::int64_t> sequences(const std::string& tenant = "acme") const {
    std::vector<std::int64_t> out;
    for (const auto& [sequence, alert] : world.feed(tenant)) out.push_back(sequence);
    return out;
  }
};

using Sequences = std::vector<std::int64_t>;

TEST_F(FeedOfTenant, CountsTheChangesOfAllItsAccounts) {
  const Instant at = utc("2024-02-01T05:00:00Z");
  raise(at, "acme", "C-1");
  raise(at, "other", "C-1");
  raise(at, "acme", "C-2");
  world.take(world.ledger_record(settled_fact("C-1", "F-1"), "record-9", at, at));
  EXPECT_EQ(sequences(), (Sequences{1, 2, 3}));
  EXPECT_EQ(sequences("other"), (Sequences{1}));

  const auto feed = world.feed();
  EXPECT_EQ(feed[0].second.invoice(), "F-1");
  EXPECT_EQ(feed[0].second.state(), v1alpha1::ALERT_STATE_RAISED);
  EXPECT_EQ(feed[1].second.invoice(), "F-3");
  EXPECT_EQ(feed[2].second.invoice(), "F-1");
  EXPECT_EQ(feed[2].second.state(), v1alpha1::ALERT_STATE_RESOLVED);
  // The alert knows its last place.
  EXPECT_EQ(world.alerts()[0].feed_sequence(), 3);
  EXPECT_EQ(world.alerts()[1].feed_sequence(), 2);
}

TEST_F(FeedOfTenant, OneTimerForEachDayWithChanges) {
  raise(utc("2024-02-01T05:00:00Z"));
  raise(utc("2024-02-01T23:59:59Z"));
  raise(utc("2024-02-02T00:00:00Z"));
  ASSERT_EQ(world.timers.size(), 2u);
  EXPECT_EQ(std::get<0>(*world.timers.begin()), utc("2024-02-02T00:00:00Z"));
  EXPECT_EQ(std::get<0>(*world.timers.rbegin()), utc("2024-02-03T00:00:00Z"));
}

TEST_F(FeedOfTenant, OldChangesGoOnceThirtyDaysHavePassed) {
  for (int i = 0; i < 5; ++i) raise(utc("2024-02-01T05:00:00Z"));
  for (int i = 0; i < 3; ++i) raise(utc("2024-03-01T05:00:00Z"));
  // 2024-02-01 is 29 days before 2024-03-01 and 30 days and 19 hours before the sweep of the 2nd
  // at 00:00 of the 3rd, so nothing goes before that one.
  world.tick(utc("2024-03-02T00:00:00Z"));
  EXPECT_EQ(sequences(), (Sequences{1, 2, 3, 4, 5, 6, 7, 8}));
  world.tick(utc("2024-03-03T00:00:00Z"));
  EXPECT_EQ(sequences(), (Sequences{6, 7, 8}));
}

TEST_F(FeedOfTenant, TheNewestStayHoweverOld) {
  for (int i = 0; i < 5; ++i) raise(utc("2024-02-01T05:00:00Z"));
  world.tick(utc("2025-02-01T00:00:00Z"));
  EXPECT_EQ(sequences(), (Sequences{3, 4, 5}));
  EXPECT_TRUE(world.timers.empty());
  // And nobody gets a number again.
  raise(utc("2025-02-01T05:00:00Z"));
  EXPECT_EQ(sequences(), (Sequences{3, 4, 5, 6}));
}

TEST_F(FeedOfTenant, AQuietTenantIsSweptToo) {
  for (int i = 0; i < 6; ++i) raise(utc("2024-02-01T05:00:00Z"));
  // Nothing follows. Day by day nothing is old enough, until 2024-03-03 (see above).
  for (int day = 0; day < 31; ++day) {
    world.tick(utc("2024-02-02T00:00:00Z") + day * std::chrono::hours(24));
  }
  EXPECT_EQ(world.feed().size(), 3u);
  EXPECT_TRUE(world.timers.empty());
}

TEST_F(FeedOfTenant, ASweepGoesOnInPartsAndNoneIsLong) {
  for (int i = 0; i < 9; ++i) raise(utc("2024-02-01T05:00:00Z"));
  world.timers_fired = 0;
  // The sweep of 2024-02-01 looks and finds nothing old; one a day follows. The one that is due at
  // 2024-03-03T00:00 removes six rows, two at a time: it goes on twice and ends at the floor.
  world.tick(utc("2024-03-02T00:00:00Z"));
  EXPECT_EQ(world.timers_fired, 30);
  EXPECT_EQ(sequences().size(), 9u);
  world.timers_fired = 0;
  world.tick(utc("2024-03-03T00:00:00Z"));
  EXPECT_EQ(world.timers_fired, 3);
  EXPECT_EQ(sequences(), (Sequences{7, 8, 9}));
}

TEST_F(FeedOfTenant, SweepsOfTwoDaysInOneTickDoNotTrip) {
  for (int i = 0; i < 5; ++i) raise(utc("2024-02-01T05:00:00Z"));
  for (int i = 0; i < 5; ++i) raise(utc("2024-02-02T05:00:00Z"));
  for (int i = 0; i < 5; ++i) raise(utc("2024-04-01T05:00:00Z"));
  for (int i = 0; i < 5; ++i) raise(utc("2024-04-02T05:00:00Z"));
  world.tick(utc("2024-06-01T00:00:00Z"));
  EXPECT_EQ(sequences(), (Sequences{18, 19, 20}));
}

TEST_F(FeedOfTenant, DaysBefore1970AreDaysToo) {
  raise(utc("1969-12-31T23:00:00Z"));
  raise(utc("1969-12-31T00:00:00Z"));
  raise(utc("1970-01-01T00:00:00Z"));
  ASSERT_EQ(world.timers.size(), 2u);
  EXPECT_EQ(std::get<0>(*world.timers.begin()), utc("1970-01-01T00:00:00Z"));
  EXPECT_EQ(std::get<0>(*world.timers.rbegin()), utc("1970-01-02T00:00:00Z"));
}

}  // namespace
}  // namespace encours::alerting
