// When a provider is asked again: the days of a company, and the back-off after a failure.
//
// A company that becomes watched is asked about at once. Many become watched together (a new
// policy, going live), and would be due together ever after: so the second answer is wanted not
// refresh_days later but up to half of refresh_days earlier, by murmur2 of "tenant/legal
// entity/provider"; from then on every refresh_days. So no answer is older than the policy wants,
// and a crowd is spread evenly over half of the period, for at most half an answer more, once.
// Answers are wanted at 00:00 of the creditor's day.
//
// After the n-th failure in a row the wait is a whole number of seconds between 1 and
// min(6 h, 1 min * 2^n), by murmur2 of the attempt's id ("full jitter" without randomness), and
// never less than the provider asked for. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/time/civil.h"

namespace encours::risk {

// How many days earlier than usual the second answer is wanted: 0 to refresh_days / 2.
std::int32_t spread_days(std::string_view company_at_provider, std::int32_t refresh_days);

// `failures` counts this one, from 1.
Duration back_off(std::int32_t failures, std::string_view attempt, std::int64_t retry_after_s);

}  // namespace encours::risk
