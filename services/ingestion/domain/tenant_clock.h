// The clock of a tenant in events mode: which ticks a request to move it makes.
//
// One partition decides the clocks of all tenants, so that two imports at once can't each write
// ticks by what they last saw of the other: a tick that is not later than the one before it would
// be ignored, and what waits for it would wait for ever. Pure.
#pragma once

#include <vector>

#include "common/base/result.h"
#include "common/time/zone.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"

namespace encours::ingestion {

// The day instants of [first, last] in the creditor's zone that are later than `after`.
std::vector<Instant> day_instants(const Zone& zone, Date first, Date last, Instant after);

// Instants of the ticks in order, each later than `known`, the last tick so far (Instant::min()
// where there is none). Empty where the clock need not move. Refused where a day is not one.
Result<std::vector<Instant>> clock_move(
    const encours::ingestion::v1alpha1::AdvanceClockRequest& request,
    const Zone& zone,
    Instant known);

}  // namespace encours::ingestion
