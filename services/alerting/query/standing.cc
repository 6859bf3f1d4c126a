#include "services/alerting/query/standing.h"

#include "common/stream/decode.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/topology.h"
#include "common/stream/view.h"
#include "services/alerting/domain/decide.h"

namespace encours::alerting {

Result<std::string> clock_of(const stream::SettingsTable& settings, const std::string& tenant) {
  const stream::Settings newest(settings, settings.last_sequence());
  const stream::TenantSetting* setting = newest.tenant(tenant);
  if (setting == nullptr) {
    return refused("tenant_not_found", "tenant", "There is no tenant " + tenant + " (yet).");
  }
  if (setting->clock_mode() == stream::TenantSetting::CLOCK_MODE_EVENTS) {
    return stream::kTenantClockPrefix + tenant;
  }
  return std::string(stream::kWallClock);
}

Status check_position(const std::string& tenant, const Position& position) {
  const std::string& clock = position.clock();
  if (clock.empty() || clock == stream::kWallClock ||
      clock == stream::kTenantClockPrefix + tenant) {
    return {};
  }
  return refused("invalid_position",
                 "min_position.clock",
                 "The clock of a position is the tenant's or \"wall\".");
}

std::optional<Instant> handled_tick(const RowReader& rows, const std::string& clock) {
  const auto bytes =
      rows.get(KeyWriter().byte(stream::kClockTable.id).text(kStageName).text(clock).take());
  if (!bytes) return std::nullopt;
  const auto row = stream::View::parse<stream::rt::ClockRow>(*bytes);
  if (!row.has_handled()) return std::nullopt;
  return stream::to_instant(row.handled());
}

bool has_reached(const RowReader& rows, const Position& position) {
  if (position.clock().empty() || !position.has_instant()) return true;
  const auto handled = handled_tick(rows, position.clock());
  return handled && *handled >= stream::to_instant(position.instant());
}

Position position_of(const std::string& clock, const std::optional<Instant>& handled) {
  Position position;
  position.set_clock(clock);
  if (handled) stream::set_timestamp(*handled, position.mutable_instant());
  return position;
}

}  // namespace encours::alerting
