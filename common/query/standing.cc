#include "common/query/standing.h"

#include <algorithm>
#include <set>

#include "common/stream/decode.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/topology.h"
#include "common/stream/view.h"

namespace encours::query {
namespace {

void set_missing(const std::set<std::int32_t>& missing, Coverage* coverage) {
  coverage->mutable_missing_partitions()->Assign(missing.begin(), missing.end());
  if (coverage->partition_count() > 0) {
    coverage->set_missing_ppm(static_cast<std::int32_t>(std::int64_t{1'000'000} *
                                                        static_cast<std::int64_t>(missing.size()) /
                                                        coverage->partition_count()));
  }
}

// The setting as this process knows it: the newest of all partitions that run here.
Result<stream::TenantSetting> setting_of(const stream::SettingsTable& settings,
                                         const std::string& tenant) {
  const stream::Settings newest(settings, settings.last_sequence());
  const stream::TenantSetting* setting = newest.tenant(tenant);
  if (setting == nullptr) {
    return refused("tenant_not_found", "tenant", "There is no tenant " + tenant + " (yet).");
  }
  return *setting;
}

std::string clock_by(const stream::TenantSetting& setting, const std::string& tenant) {
  const bool events = setting.clock_mode() == stream::TenantSetting::CLOCK_MODE_EVENTS;
  return events ? stream::kTenantClockPrefix + tenant : stream::kWallClock;
}

}  // namespace

Result<std::string> clock_of(const stream::SettingsTable& settings, const std::string& tenant) {
  ENCOURS_ASSIGN(const auto setting, setting_of(settings, tenant));
  return clock_by(setting, tenant);
}

Result<TenantTime> tenant_time(const stream::SettingsTable& settings, const std::string& tenant) {
  ENCOURS_ASSIGN(const auto setting, setting_of(settings, tenant));
  TenantTime time;
  time.clock = clock_by(setting, tenant);
  if (!setting.time_zone().empty()) {
    ENCOURS_ASSIGN(time.zone, Zone::load(setting.time_zone()));
  }
  return time;
}

Status check_position(const std::string& tenant,
                      const Position& position,
                      const std::string& field) {
  const std::string& clock = position.clock();
  if (clock.empty() || clock == stream::kWallClock ||
      clock == stream::kTenantClockPrefix + tenant) {
    return {};
  }
  return refused("invalid_position", field, "The clock of a position is the tenant's or \"wall\".");
}

Standing standing_of(const RowReader& rows, const std::string& stage, const std::string& clock) {
  Standing standing;
  const auto bytes =
      rows.get(KeyWriter().byte(stream::kClockTable.id).text(stage).text(clock).take());
  if (!bytes) return standing;
  const auto row = stream::View::parse<stream::rt::ClockRow>(*bytes);
  if (row.has_handled()) standing.handled = stream::to_instant(row.handled());
  standing.known_at = standing.handled;
  // Of a tick that is handled in slices some records are in already; in wall mode records come in
  // at once, between two ticks.
  const auto know = [&standing](const google::protobuf::Timestamp& at) {
    standing.known_at = std::max(standing.known_at, std::optional(stream::to_instant(at)));
  };
  if (row.has_aligned()) know(row.aligned());
  if (row.has_recorded_at()) know(row.recorded_at());
  return standing;
}

bool has_reached(const RowReader& rows, const std::string& stage, const Position& position) {
  if (position.clock().empty() || !position.has_instant()) return true;
  const auto handled = standing_of(rows, stage, position.clock()).handled;
  return handled && *handled >= stream::to_instant(position.instant());
}

Position position_of(const std::string& clock, const std::optional<Instant>& handled) {
  Position position;
  position.set_clock(clock);
  if (handled) stream::set_timestamp(*handled, position.mutable_instant());
  return position;
}

Standing least_standing(const QueryContext& context, const std::string& clock) {
  Standing least;
  bool first = true;
  for (const PartitionRows& one : context.partitions) {
    const Standing standing = standing_of(*one.rows, context.stage, clock);
    // An unset value is less than any that is set.
    least.handled = first ? standing.handled : std::min(least.handled, standing.handled);
    least.known_at = first ? standing.known_at : std::min(least.known_at, standing.known_at);
    first = false;
  }
  return least;
}

std::optional<Instant> latest_known(const QueryContext& context, const std::string& clock) {
  std::optional<Instant> latest;
  for (const PartitionRows& one : context.partitions) {
    latest = std::max(latest, standing_of(*one.rows, context.stage, clock).known_at);
  }
  return latest;
}

std::optional<Date> day_of(const QueryContext& context, const TenantTime& time) {
  auto at = least_standing(context, time.clock).handled;
  if (!at) at = latest_known(context, time.clock);
  return at ? std::optional(time.zone.local_date(*at)) : std::nullopt;
}

std::optional<Date> settled_day(const QueryContext& context,
                                const TenantTime& time,
                                const Position& min_position) {
  std::optional<Date> day = day_of(context, time);
  if (min_position.has_instant()) {
    const Instant least = stream::to_instant(min_position.instant());
    day = std::max(day, std::optional(time.zone.local_date(least)));
  }
  return day;
}

Coverage coverage_of(const QueryContext& context, const std::string& clock) {
  Coverage coverage;
  *coverage.mutable_position() = position_of(clock, least_standing(context, clock).handled);
  coverage.set_partition_count(context.partition_count);
  std::set<std::int32_t> missing;
  for (std::int32_t p = 0; p < context.partition_count; ++p) missing.insert(p);
  for (const PartitionRows& one : context.partitions) missing.erase(one.partition);
  set_missing(missing, &coverage);
  return coverage;
}

Coverage coverage_of_one(const QueryContext& context,
                         const PartitionRows& partition,
                         const std::string& clock) {
  Coverage coverage;
  *coverage.mutable_position() =
      position_of(clock, standing_of(*partition.rows, context.stage, clock).handled);
  coverage.set_partition_count(1);
  return coverage;
}

Coverage merge_coverage(const std::vector<const Coverage*>& parts) {
  Coverage merged;
  std::optional<std::set<std::int32_t>> missing;
  std::optional<Instant> least;
  bool first = true;
  for (const Coverage* part : parts) {
    if (part->partition_count() == 0) continue;
    merged.set_partition_count(std::max(merged.partition_count(), part->partition_count()));
    const auto& theirs = part->missing_partitions();
    const std::set<std::int32_t> gone(theirs.begin(), theirs.end());
    if (!missing) {
      missing = gone;
    } else {
      std::erase_if(*missing, [&](std::int32_t p) { return gone.count(p) == 0; });
    }
    // Who had no partition has no position either.
    if (part->missing_partitions_size() == part->partition_count()) continue;
    const auto handled = part->position().has_instant()
                             ? std::optional(stream::to_instant(part->position().instant()))
                             : std::nullopt;
    least = first ? handled : std::min(least, handled);
    merged.mutable_position()->set_clock(part->position().clock());
    first = false;
  }
  if (least) stream::set_timestamp(*least, merged.mutable_position()->mutable_instant());
  if (missing) set_missing(*missing, &merged);
  return merged;
}

}  // namespace encours::query
