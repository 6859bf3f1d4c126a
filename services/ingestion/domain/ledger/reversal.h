// Reversals: how much of each allocation has been taken back by its source.
//
// A reversal names an allocation, or a payment and an invoice; what it names may come later than
// it, so reversals are rows of their own and the result is computed from all of them. One that
// names an allocation takes from that one. One that names the two ends takes from what joined them
// when it happened, the newest first; on the same instant (a day
// without an hour is 06:00) the allocation counts as before the reversal.
#pragma once

#include <string>

#include "services/ingestion/domain/ledger/book.h"

namespace encours::ingestion::ledger {

// Keys of reversals, without the names of their events.
KeyWriter reversals_of_allocation(const std::string& allocation);
KeyWriter reversals_between(const std::string& payment, const std::string& invoice);
// Rejections of a payment are kept likewise, so that each counts once.
KeyWriter rejections_of(const std::string& payment);

// True where some reversal names this allocation or its two ends.
bool find_reversals(Book& book, const AllocationRow& allocation);

// Computes anew what is reversed of all allocations that join the ends of `one`. Both are known.
void compute_reversed(Book& book, const AllocationRow& one);

// What an allocation asks for; its origin is known.
std::int64_t asked_of(Book& book, const AllocationRow& allocation);

}  // namespace encours::ingestion::ledger
