// PolicyWatch: notices that a tenant's policy or its being live has changed, and has every company
// of the partition reviewed.
//
// Settings reach a decision only when something else does, so a timer of the tenant looks. It tells
// nothing itself: it sets a review timer for each company, kReviewsAtOnce at a time, so a slice of
// a tick stays bounded and each fact follows from a timer of its own company. Pure.
#pragma once

#include "services/risk_enrichment/domain/company_book.h"

namespace encours::risk {

inline constexpr std::uint8_t kPolicyTimer = 3;
inline constexpr std::uint8_t kReviewTimer = 4;
inline constexpr int kReviewsAtOnce = 500;

// Begins to watch where the tenant is new on this partition.
void begin_policy_watch(const Decision& decision);

// The timer of this tenant; its entity is where the last slice has ended, empty for a new look.
void policy_timer(const Decision& decision);

}  // namespace encours::risk
