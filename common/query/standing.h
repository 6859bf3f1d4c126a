// Standing: how far a partition has come, on which clock, and what an answer covers.
//
// A tenant lives on the clock "wall" or on one of its own. What the stage of a query has handled
// wholly of it is the position of an answer: the least over the partitions that it was computed
// from; a partition that has seen no tick yet has none. Pure functions over snapshots and settings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/query/partitions.h"
#include "common/time/civil.h"
#include "encours/common/v1alpha1/coverage.pb.h"
#include "encours/common/v1alpha1/position.pb.h"

namespace encours::query {

using encours::common::v1alpha1::Coverage;
using encours::common::v1alpha1::Position;

// "wall", or "tenant/<name>" in events mode, as this process knows the tenant's setting; refused
// with "tenant_not_found".
Result<std::string> clock_of(const stream::SettingsTable& settings, const std::string& tenant);

struct TenantTime {
  std::string clock;
  Zone zone;
};
// The same with the zone of the tenant's days.
Result<TenantTime> tenant_time(const stream::SettingsTable& settings, const std::string& tenant);

// A position may be asked for on the tenant's own clock or on the wall; another tenant's clock is
// none of the caller's business. `field` names the clock in the request, for the refusal.
Status check_position(const std::string& tenant,
                      const Position& position,
                      const std::string& field);

struct Standing {
  // Last tick that is handled wholly; unset before the first one.
  std::optional<Instant> handled;
  // Nothing recorded after this has been seen.
  std::optional<Instant> known_at;
};
Standing standing_of(const RowReader& rows, const std::string& stage, const std::string& clock);

// True once the stage has passed the position; an empty one demands nothing.
bool has_reached(const RowReader& rows, const std::string& stage, const Position& position);

// Without an instant where no tick is handled.
Position position_of(const std::string& clock, const std::optional<Instant>& handled);

// The least over the partitions; both unset where there are none.
Standing least_standing(const QueryContext& context, const std::string& clock);
// The latest known_at over the partitions.
std::optional<Instant> latest_known(const QueryContext& context, const std::string& clock);

// The local day of the last tick of all partitions; before the first tick, of the last record.
// Nothing where nothing has been seen.
std::optional<Date> day_of(const QueryContext& context, const TenantTime& time);

// The day of a first page: that of the view, or of the position that all who answer will have
// passed where that is later.
std::optional<Date> settled_day(const QueryContext& context,
                                const TenantTime& time,
                                const Position& min_position);

Coverage coverage_of(const QueryContext& context, const std::string& clock);
// Of an answer about one partition that is here.
Coverage coverage_of_one(const QueryContext& context,
                         const PartitionRows& partition,
                         const std::string& clock);
// Of an answer put together from several: missing is what nobody had. Parts without any partition
// don't count.
Coverage merge_coverage(const std::vector<const Coverage*>& parts);

}  // namespace encours::query
