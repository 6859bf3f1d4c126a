// wait_for_portfolio, wait_for_letters: return once the views, or the dead letters, have seen a
// position, so that what asks next sees all that was written before it.
//
// Shows how far they have come. An instance that goes away meanwhile is waited for; it gives up
// only when nothing has moved for the installation's stall time.
#pragma once

#include <string>

#include "services/encoursctl/command.h"

namespace encours::ctl {

Status wait_for_portfolio(Context& context, const std::string& tenant, const Position& position);
Status wait_for_letters(Context& context, const std::string& tenant, const Position& position);

// The later one of two positions of one clock; an empty one is earlier than any.
const Position& later(const Position& left, const Position& right);

}  // namespace encours::ctl
