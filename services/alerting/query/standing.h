// Standing: which clock a tenant lives on, and how far a partition has come on it.
//
// A tick that is handled wholly is the position of an answer; a partition that has seen none has
// no position. Pure functions over snapshots and settings.
#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/state/rows.h"
#include "common/stream/settings.h"
#include "common/time/instant.h"
#include "encours/common/v1alpha1/position.pb.h"

namespace encours::alerting {

using Position = encours::common::v1alpha1::Position;

// "wall", or "tenant/<name>" in events mode; refused with "tenant_not_found".
Result<std::string> clock_of(const stream::SettingsTable& settings, const std::string& tenant);

// The clock of a position is the tenant's own or the wall: another's is none of the caller's
// business.
Status check_position(const std::string& tenant, const Position& position);

// The last tick that is handled wholly.
std::optional<Instant> handled_tick(const RowReader& rows, const std::string& clock);

// True once the partition has passed the position; an empty one demands nothing.
bool has_reached(const RowReader& rows, const Position& position);

Position position_of(const std::string& clock, const std::optional<Instant>& handled);

}  // namespace encours::alerting
