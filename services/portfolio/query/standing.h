// Standing: how far the view has come, on which clock, and what an answer covers.
//
// A tenant lives on the clock "wall" or on one of its own. The position of an answer is the least
// over the partitions that it was computed from; a partition that has seen no tick yet has none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/time/civil.h"
#include "encours/common/v1alpha1/coverage.pb.h"
#include "encours/common/v1alpha1/position.pb.h"
#include "services/portfolio/query/partitions.h"

namespace encours::portfolio {

using encours::common::v1alpha1::Coverage;
using encours::common::v1alpha1::Position;

struct TenantTime {
  std::string clock;
  Zone zone;
};

// The tenant's setting as this process knows it; refused with "tenant_not_found".
Result<TenantTime> tenant_time(const stream::SettingsTable& settings, const std::string& tenant);

struct Standing {
  // Last tick that is handled wholly; unset before the first one.
  std::optional<Instant> handled;
  // Nothing recorded after this has been seen.
  std::optional<Instant> known_at;
};
Standing standing_of(const RowReader& rows, const std::string& clock);

// True once a partition's view has passed the position; an empty one demands nothing.
bool has_reached(const RowReader& rows, const Position& position);

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
Coverage coverage_of_one(const PartitionRows& partition, const std::string& clock);
// Of an answer put together from several: missing is what nobody had. Parts without any partition
// don't count.
Coverage merge_coverage(const std::vector<const Coverage*>& parts);

}  // namespace encours::portfolio
