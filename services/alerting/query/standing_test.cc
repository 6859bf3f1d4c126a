// Goal: the clock of a tenant and how far a partition has come on it.
// Method: settings and a clock row by hand.
#include "services/alerting/query/standing.h"

#include <gtest/gtest.h>

#include "common/query/testing/memory_store.h"
#include "common/state/key.h"
#include "common/stream/decode.h"
#include "common/stream/runtime_tables.h"

namespace encours::alerting {
namespace {

using query::testing::MemoryStore;
const Instant kTick = Instant::parse("2024-02-01T07:00:00Z").value();

TEST(Standing, TheClockIsTheTenantsOrTheWall) {
  stream::SettingsTable settings;
  std::int64_t sequence = 0;
  for (const auto mode :
       {stream::TenantSetting::CLOCK_MODE_WALL, stream::TenantSetting::CLOCK_MODE_EVENTS}) {
    stream::TenantSetting tenant;
    tenant.set_clock_mode(mode);
    stream::Setting setting;
    setting.mutable_envelope()->set_tenant(sequence == 0 ? "walled" : "eventful");
    setting.set_sequence(++sequence);
    setting.set_kind("tenant");
    setting.set_name("tenant");
    setting.set_type(tenant.GetTypeName());
    setting.set_body(tenant.SerializeAsString());
    settings.add(setting);
  }
  EXPECT_EQ(clock_of(settings, "walled").value(), "wall");
  EXPECT_EQ(clock_of(settings, "eventful").value(), "tenant/eventful");
  EXPECT_EQ(clock_of(settings, "nobody").failure().code, "tenant_not_found");
}

TEST(Standing, APartitionStandsAtItsLastTick) {
  MemoryStore store;
  stream::rt::ClockRow row;
  stream::set_timestamp(kTick, row.mutable_handled());
  const std::string key =
      KeyWriter().byte(stream::kClockTable.id).text("alerting").text("tenant/acme").take();
  ASSERT_TRUE(store.write({{key, row.SerializeAsString()}}, 0, 0).ok());
  const auto rows = store.snapshot();
  EXPECT_EQ(handled_tick(*rows, "tenant/acme"), kTick);
  EXPECT_EQ(handled_tick(*rows, "wall"), std::nullopt);

  const auto at = [](Instant instant, const std::string& clock = "tenant/acme") {
    return position_of(clock, instant);
  };
  EXPECT_TRUE(has_reached(*rows, Position()));
  EXPECT_TRUE(has_reached(*rows, at(kTick)));
  EXPECT_TRUE(has_reached(*rows, at(kTick - std::chrono::hours(1))));
  EXPECT_FALSE(has_reached(*rows, at(kTick + std::chrono::microseconds(1))));
  EXPECT_FALSE(has_reached(*rows, at(kTick, "wall")));
}

TEST(Standing, AnothersClockIsRefused) {
  Position position;
  EXPECT_TRUE(check_position("acme", position).ok());
  position.set_clock("wall");
  EXPECT_TRUE(check_position("acme", position).ok());
  position.set_clock("tenant/acme");
  EXPECT_TRUE(check_position("acme", position).ok());
  position.set_clock("tenant/other");
  EXPECT_EQ(check_position("acme", position).failure().code, "invalid_position");
}

}  // namespace
}  // namespace encours::alerting
