// The figures of the rules that come with the build, in one place until a tenant may set its own.
//
// Each stands with its reason; alerts name their rule without a version, because no setting says
// it.
#pragma once

#include <cstdint>

namespace encours::alerting {

// How far a score must fall: ten points are one band of the scale's anchors, about what a customer
// loses who paid on time and now pays 15 days late. Less is the noise of a few invoices.
inline constexpr std::int64_t kScoreDropHundredths = 1'000;

// The score is compared with the best that stood on one of this many days before: a good payer
// slips over weeks, a point at a time, and no two neighbouring scores show it. A quarter holds a
// cycle of payment terms and forgets what is a year old.
inline constexpr std::int32_t kScoreWindowDays = 90;

}  // namespace encours::alerting
