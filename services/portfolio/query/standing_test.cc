// Goal: position, day and coverage of an answer are the least over what it was computed from.
// Method: clock rows by hand on three partitions.
#include "services/portfolio/query/standing.h"

#include <gtest/gtest.h>

#include "services/portfolio/testing/world.h"

namespace encours::portfolio {
namespace {

using testing::at;
using testing::day;
using testing::World;

TEST(Standing, ATenantLivesOnItsOwnClockOrOnTheWall) {
  World world(1);
  world.open_events_tenant("past");
  world.open_tenant("now", stream::TenantSetting::CLOCK_MODE_WALL, "America/New_York");
  const auto past = tenant_time(*world.all().settings, "past");
  ASSERT_TRUE(past.ok());
  EXPECT_EQ(past->clock, "tenant/past");
  EXPECT_EQ(past->zone.name(), "Europe/Paris");
  EXPECT_EQ(tenant_time(*world.all().settings, "now")->clock, "wall");
  EXPECT_EQ(tenant_time(*world.all().settings, "none").failure().code, "tenant_not_found");
}

TEST(Standing, ThePositionIsTheLeastOfAllPartitions) {
  World world(3);
  world.open_events_tenant("t");
  world.tick(0, "tenant/t", at("2026-03-02T23:00:00Z"));
  world.tick(1, "tenant/t", at("2026-03-01T23:00:00Z"));
  world.tick(2, "tenant/t", at("2026-03-03T23:00:00Z"));
  const auto coverage = coverage_of(world.all(), "tenant/t");
  EXPECT_EQ(coverage.position().clock(), "tenant/t");
  EXPECT_EQ(stream::to_instant(coverage.position().instant()), at("2026-03-01T23:00:00Z"));
  EXPECT_EQ(coverage.partition_count(), 3);
  EXPECT_EQ(coverage.missing_partitions_size(), 0);
  // 23:00 UTC is midnight of the next day in Paris.
  EXPECT_EQ(day_of(world.all(), *tenant_time(*world.all().settings, "t")), day("2026-03-02"));
  EXPECT_EQ(coverage_of_one({2, &world.snapshot(2)}, "tenant/t").partition_count(), 1);
}

TEST(Standing, APartitionWithoutATickHasNoPosition) {
  World world(2);
  world.tick(0, "wall", at("2026-03-02T23:00:00Z"));
  EXPECT_FALSE(coverage_of(world.all(), "wall").position().has_instant());
  EXPECT_FALSE(least_standing(world.all(), "wall").handled);
  EXPECT_FALSE(day_of(world.context({1}), TenantTime{"wall", Zone()}));
}

TEST(Standing, BeforeTheFirstTickTheDayIsThatOfTheLastRecord) {
  World world(1);
  stream::rt::ClockRow row;
  stream::set_timestamp(at("2026-03-02T10:00:00Z"), row.mutable_recorded_at());
  world.set_clock(0, "wall", row);
  EXPECT_EQ(day_of(world.all(), TenantTime{"wall", Zone()}), day("2026-03-02"));
}

TEST(Standing, AFirstPageIsOfTheDayOfThePositionAskedForWhereThatIsLater) {
  World world(1);
  world.tick(0, "wall", at("2026-03-02T10:00:00Z"));
  const TenantTime time{"wall", Zone()};
  Position position;
  EXPECT_EQ(settled_day(world.all(), time, position), day("2026-03-02"));
  stream::set_timestamp(at("2026-03-01T00:00:00Z"), position.mutable_instant());
  EXPECT_EQ(settled_day(world.all(), time, position), day("2026-03-02"));
  stream::set_timestamp(at("2026-03-05T00:00:00Z"), position.mutable_instant());
  EXPECT_EQ(settled_day(world.all(), time, position), day("2026-03-05"));
}

TEST(Standing, KnownIsTheLatestThatMayHaveBeenTaken) {
  World world(1);
  stream::rt::ClockRow row;
  stream::set_timestamp(at("2026-03-02T10:00:00Z"), row.mutable_handled());
  world.set_clock(0, "wall", row);
  EXPECT_EQ(latest_known(world.all(), "wall"), at("2026-03-02T10:00:00Z"));
  stream::set_timestamp(at("2026-03-02T10:00:30Z"), row.mutable_recorded_at());
  world.set_clock(0, "wall", row);
  EXPECT_EQ(latest_known(world.all(), "wall"), at("2026-03-02T10:00:30Z"));
  stream::set_timestamp(at("2026-03-02T10:01:00Z"), row.mutable_aligned());
  world.set_clock(0, "wall", row);
  EXPECT_EQ(latest_known(world.all(), "wall"), at("2026-03-02T10:01:00Z"));
}

TEST(Standing, APositionIsReachedWhenItsTickIsHandled) {
  World world(1);
  Position wanted;
  EXPECT_TRUE(has_reached(world.snapshot(0), wanted));
  wanted.set_clock("tenant/t");
  stream::set_timestamp(at("2026-03-02T10:00:00Z"), wanted.mutable_instant());
  EXPECT_FALSE(has_reached(world.snapshot(0), wanted));
  world.tick("tenant/t", at("2026-03-02T09:59:59Z"));
  EXPECT_FALSE(has_reached(world.snapshot(0), wanted));
  world.tick("tenant/t", at("2026-03-02T10:00:00Z"));
  EXPECT_TRUE(has_reached(world.snapshot(0), wanted));
  wanted.set_clock("tenant/other");
  EXPECT_FALSE(has_reached(world.snapshot(0), wanted));
}

TEST(Coverage, OfSeveralInstancesIsWhatNobodyLacks) {
  World world(4);
  world.tick("wall", at("2026-03-02T10:00:00Z"));
  world.tick(1, "wall", at("2026-03-02T09:00:00Z"));
  const Coverage here = coverage_of(world.context({0, 1}), "wall");
  const Coverage there = coverage_of(world.context({2}), "wall");
  const Coverage nowhere = coverage_of(world.context({}), "");
  EXPECT_EQ(here.missing_partitions_size(), 2);
  const Coverage unset;  // Of an instance that was asked for nothing it has.
  const Coverage merged = merge_coverage({&nowhere, &unset, &here, &there});
  EXPECT_EQ(merged.partition_count(), 4);
  ASSERT_EQ(merged.missing_partitions_size(), 1);
  EXPECT_EQ(merged.missing_partitions(0), 3);
  EXPECT_EQ(merged.missing_ppm(), 250'000);
  EXPECT_EQ(merged.position().clock(), "wall");
  EXPECT_EQ(stream::to_instant(merged.position().instant()), at("2026-03-02T09:00:00Z"));
  EXPECT_EQ(merge_coverage({&nowhere}).missing_ppm(), 1'000'000);
}

}  // namespace
}  // namespace encours::portfolio
