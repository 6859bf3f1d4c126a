// Goal: the clock of a tenant, how far partitions have come on it, and position, day and coverage
// of an answer, which are the least over what it was computed from. Method: settings and clock rows
// by hand on up to four partitions.
#include "common/query/standing.h"

#include <gtest/gtest.h>

#include <memory>

#include "common/query/testing/memory_store.h"

namespace encours::query {
namespace {

using testing::MemoryStore;
using testing::tenant_setting;

constexpr const char* kStage = "books";

Instant at(const std::string& text) { return Instant::parse(text).value(); }
Date day(const std::string& text) { return Date::parse(text).value(); }

// Partitions of one stage. A context shows them as they are when it is asked for.
class World {
 public:
  explicit World(int partitions) : stores_(partitions) {}

  void tick(int partition, const std::string& clock, const std::string& instant) {
    stores_[partition].tick(kStage, clock, at(instant));
  }
  void tick(const std::string& clock, const std::string& instant) {
    for (std::size_t p = 0; p < stores_.size(); ++p) tick(static_cast<int>(p), clock, instant);
  }
  void set_clock(const std::string& clock, const stream::rt::ClockRow& row) {
    for (MemoryStore& store : stores_) store.put_clock(kStage, clock, row);
  }
  const RowReader& rows(int partition) const { return stores_[partition]; }

  QueryContext context(const std::vector<int>& partitions) {
    QueryContext context;
    for (const int p : partitions) {
      snapshots_.push_back(stores_[p].snapshot());
      context.partitions.push_back({p, snapshots_.back().get()});
    }
    context.partition_count = static_cast<std::int32_t>(stores_.size());
    context.stage = kStage;
    return context;
  }
  QueryContext all() {
    std::vector<int> partitions;
    for (std::size_t p = 0; p < stores_.size(); ++p) partitions.push_back(static_cast<int>(p));
    return context(partitions);
  }

 private:
  std::vector<MemoryStore> stores_;
  std::vector<std::unique_ptr<Snapshot>> snapshots_;
};

Position position(const std::string& clock, const std::string& instant) {
  return position_of(clock, at(instant));
}

TEST(Standing, ATenantLivesOnItsOwnClockOrOnTheWall) {
  stream::SettingsTable settings;
  settings.add(tenant_setting(1, "past", stream::TenantSetting::CLOCK_MODE_EVENTS));
  settings.add(
      tenant_setting(2, "now", stream::TenantSetting::CLOCK_MODE_WALL, "America/New_York"));
  const auto past = tenant_time(settings, "past");
  ASSERT_TRUE(past.ok());
  EXPECT_EQ(past->clock, "tenant/past");
  EXPECT_EQ(past->zone.name(), "Europe/Paris");
  EXPECT_EQ(tenant_time(settings, "now")->clock, "wall");
  EXPECT_EQ(tenant_time(settings, "none").failure().code, "tenant_not_found");
  EXPECT_EQ(clock_of(settings, "past").value(), "tenant/past");
  EXPECT_EQ(clock_of(settings, "now").value(), "wall");
  EXPECT_EQ(clock_of(settings, "none").failure().code, "tenant_not_found");
}

TEST(Standing, AnothersClockIsRefused) {
  Position asked;
  EXPECT_TRUE(check_position("acme", asked, "min_position.clock").ok());
  asked.set_clock("wall");
  EXPECT_TRUE(check_position("acme", asked, "min_position.clock").ok());
  asked.set_clock("tenant/acme");
  EXPECT_TRUE(check_position("acme", asked, "min_position.clock").ok());
  asked.set_clock("tenant/other");
  const Status refusal = check_position("acme", asked, "min_position.clock");
  ASSERT_FALSE(refusal.ok());
  EXPECT_EQ(refusal.failure().reaction, Reaction::kRefused);
  EXPECT_EQ(refusal.failure().code, "invalid_position");
  EXPECT_EQ(refusal.failure().field, "min_position.clock");
}

TEST(Standing, ThePositionIsTheLeastOfAllPartitions) {
  World world(3);
  world.tick(0, "tenant/t", "2026-03-02T23:00:00Z");
  world.tick(1, "tenant/t", "2026-03-01T23:00:00Z");
  world.tick(2, "tenant/t", "2026-03-03T23:00:00Z");
  const QueryContext all = world.all();
  const auto coverage = coverage_of(all, "tenant/t");
  EXPECT_EQ(coverage.position().clock(), "tenant/t");
  EXPECT_EQ(stream::to_instant(coverage.position().instant()), at("2026-03-01T23:00:00Z"));
  EXPECT_EQ(coverage.partition_count(), 3);
  EXPECT_EQ(coverage.missing_partitions_size(), 0);
  // 23:00 UTC is midnight of the next day in Paris.
  const TenantTime paris{"tenant/t", Zone::load("Europe/Paris").value()};
  EXPECT_EQ(day_of(all, paris), day("2026-03-02"));
  const auto one = coverage_of_one(all, all.partitions[2], "tenant/t");
  EXPECT_EQ(one.partition_count(), 1);
  EXPECT_EQ(stream::to_instant(one.position().instant()), at("2026-03-03T23:00:00Z"));
}

TEST(Standing, APartitionWithoutATickHasNoPosition) {
  World world(2);
  world.tick(0, "wall", "2026-03-02T23:00:00Z");
  EXPECT_FALSE(coverage_of(world.all(), "wall").position().has_instant());
  EXPECT_FALSE(least_standing(world.all(), "wall").handled);
  EXPECT_FALSE(day_of(world.context({1}), TenantTime{"wall", Zone()}));
}

TEST(Standing, BeforeTheFirstTickTheDayIsThatOfTheLastRecord) {
  World world(1);
  stream::rt::ClockRow row;
  stream::set_timestamp(at("2026-03-02T10:00:00Z"), row.mutable_recorded_at());
  world.set_clock("wall", row);
  EXPECT_EQ(day_of(world.all(), TenantTime{"wall", Zone()}), day("2026-03-02"));
}

TEST(Standing, AFirstPageIsOfTheDayOfThePositionAskedForWhereThatIsLater) {
  World world(1);
  world.tick("wall", "2026-03-02T10:00:00Z");
  const TenantTime time{"wall", Zone()};
  const auto settled = [&](const Position& asked) { return settled_day(world.all(), time, asked); };
  EXPECT_EQ(settled({}), day("2026-03-02"));
  EXPECT_EQ(settled(position("wall", "2026-03-01T00:00:00Z")), day("2026-03-02"));
  EXPECT_EQ(settled(position("wall", "2026-03-05T00:00:00Z")), day("2026-03-05"));
}

TEST(Standing, KnownIsTheLatestThatMayHaveBeenTaken) {
  World world(1);
  stream::rt::ClockRow row;
  stream::set_timestamp(at("2026-03-02T10:00:00Z"), row.mutable_handled());
  world.set_clock("wall", row);
  EXPECT_EQ(latest_known(world.all(), "wall"), at("2026-03-02T10:00:00Z"));
  stream::set_timestamp(at("2026-03-02T10:00:30Z"), row.mutable_recorded_at());
  world.set_clock("wall", row);
  EXPECT_EQ(latest_known(world.all(), "wall"), at("2026-03-02T10:00:30Z"));
  stream::set_timestamp(at("2026-03-02T10:01:00Z"), row.mutable_aligned());
  world.set_clock("wall", row);
  EXPECT_EQ(latest_known(world.all(), "wall"), at("2026-03-02T10:01:00Z"));
}

TEST(Standing, APositionIsReachedWhenTheStageHasHandledItsTick) {
  World world(1);
  const Position wanted = position("tenant/t", "2026-03-02T10:00:00Z");
  const auto reached = [&](const Position& asked, const std::string& stage = kStage) {
    return has_reached(world.rows(0), stage, asked);
  };
  EXPECT_TRUE(reached({}));
  EXPECT_FALSE(reached(wanted));
  world.tick("tenant/t", "2026-03-02T09:59:59Z");
  EXPECT_FALSE(reached(wanted));
  world.tick("tenant/t", "2026-03-02T10:00:00Z");
  EXPECT_TRUE(reached(wanted));
  EXPECT_TRUE(reached(position("tenant/t", "2026-03-02T09:00:00Z")));
  EXPECT_FALSE(reached(position("tenant/t", "2026-03-02T10:00:00.000001Z")));
  EXPECT_FALSE(reached(position("tenant/other", "2026-03-02T10:00:00Z")));
  EXPECT_FALSE(reached(wanted, "another stage"));
}

TEST(Coverage, OfSeveralInstancesIsWhatNobodyLacks) {
  World world(4);
  world.tick("wall", "2026-03-02T10:00:00Z");
  world.tick(1, "wall", "2026-03-02T09:00:00Z");
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
}  // namespace encours::query
