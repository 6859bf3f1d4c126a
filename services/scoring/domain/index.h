// The payment index: points for days beyond terms, their mean, and its shrinkage.
//
// Figures are hundredths from 0 to 10,000. Points lie on straight lines between anchors (days:
// points -30:100 -20:90 0:80 15:70 22:60 30:50 60:40 90:30 120:20) and stay at the ends outside of
// them; source: the published scale of D&B's index, which ours is modelled on and not named after.
// Each step rounds once, a half upwards, so that a person who computes with the figures shown gets
// the figures shown: points of an invoice; the mean of a currency; the mean over currencies; the
// shrunk index. "Weighted by amount" has two readings; this is the mean of points (72.86 where the
// points of the mean delay would be 74.29). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/money/money.h"
#include "encours/state/v1alpha1/scoring.pb.h"

namespace encours::scoring {

std::int64_t points_hundredths(std::int32_t days_beyond_terms);

// numerator / denominator, a half upwards; for figures, whose quotient always fits.
std::int64_t rounded_quotient(Int128 numerator, Int128 denominator);

Int128 from_wide(const encours::state::v1alpha1::WideNumber& number);
void set_wide(Int128 value, encours::state::v1alpha1::WideNumber* out);

// An account's paid invoices in one currency.
struct CurrencySums {
  std::int64_t invoice_count = 0;
  Int128 weight = 0;
  Int128 weighted_points = 0;
};

// Nothing where no invoice was paid. Amounts weigh within their currency only; over currencies the
// means are weighted by count: it needs no rate, and an invoice is one experience in any currency.
std::optional<std::int64_t> own_index(const std::vector<CurrencySums>& currencies);

// (n * own + k * segment) / (n + k). Without an own index the segment's mean speaks for the
// account; without a segment's mean the own index stands alone; nothing without both.
std::optional<std::int64_t> shrunk_index(std::int64_t invoice_count,
                                         std::optional<std::int64_t> own,
                                         std::optional<std::int64_t> segment,
                                         std::int64_t shrinkage_count);

}  // namespace encours::scoring
