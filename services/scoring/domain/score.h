// Score: an account's history, its segment's mean and the tenant's scorecard as one figure with its
// parts.
//
// score = sum over known factors of weight * value / sum of their weights, rounded once, a half
// upwards. What is not known is left out, and the others share the whole: missing is no zero. The
// contributions are the exact shares rounded down, and what is left to the score is given to the
// largest remainders first, then in the order of the names, so that they sum to it exactly; the
// shares of weight sum to a million in the same way. Factors: "payment_index" (own index shrunk
// towards the segment's mean), "solvency_score" and "external_payment_index" (a provider's figure
// of 0 to 100 as hundredths). Weights of other names, or below 1, are none. Pure.
#pragma once

#include <optional>

#include "common/time/civil.h"
#include "encours/scoring/v1alpha1/internal.pb.h"
#include "encours/scoring/v1alpha1/scorecard.pb.h"
#include "encours/scoring/v1alpha1/scores.pb.h"

namespace encours::scoring {

inline constexpr std::int32_t kUsualShrinkageCount = 5;

struct ScoreInputs {
  const encours::scoring::v1alpha1::HistoryRecord& history;
  // Unset while nobody in the segment has paid anything.
  std::optional<std::int64_t> segment_index;
  // Null: the payment index alone.
  const encours::scoring::v1alpha1::Scorecard* scorecard = nullptr;
};

// Figures and factors only, without names and times; nothing where no factor is known.
std::optional<encours::scoring::v1alpha1::Score> make_score(const ScoreInputs& inputs);

// True where both say the same figures, whenever they were computed and by which settings.
bool same_figures(const encours::scoring::v1alpha1::Score& left,
                  const encours::scoring::v1alpha1::Score& right);

}  // namespace encours::scoring
