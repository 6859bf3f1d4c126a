// Timeline: a stored record of a customer's history as the entry that people read.
//
// What an entry says (kind, document, amounts, reason) is computed from the record when it is asked
// for, so that better words need no rebuild. The record itself goes along as `detail`. Pure.
#pragma once

#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

api::TimelineEntry timeline_entry(const state::TimelineRow& row);

}  // namespace encours::portfolio
