// Outside figures: what providers say of the company behind an account, as a score may use it.
//
// Two criteria are read, both numbers from 0 to 100: solvency score and payment index. Each
// provider has a row of its own; the figure that counts is the newest by the provider's own date
// (the day of fetching where it names none, or one ahead of it), then by the time of fetching, then
// by the provider's name. A failure to fetch changes nothing. Pure.
#pragma once

#include <optional>

#include "common/stream/effects.h"
#include "common/time/civil.h"
#include "encours/risk/v1alpha1/facts.pb.h"
#include "encours/scoring/v1alpha1/internal.pb.h"

namespace encours::scoring {

// Made for one decision; sees the change that it has taken.
class OutsideFigures {
 public:
  OutsideFigures(const stream::View& view, stream::Effects& effects)
      : view_(view), effects_(effects) {}

  // True where the change concerns a figure that a score may use. Poison where it can't be one.
  Result<bool> take(const encours::risk::v1alpha1::CriterionChanged& change, const Zone& zone);

  std::optional<encours::scoring::v1alpha1::OutsideFigure> newest(
      encours::risk::v1alpha1::Criterion criterion) const;

 private:
  const stream::View& view_;
  stream::Effects& effects_;
  std::optional<encours::risk::v1alpha1::CriterionChanged> taken_;
  Zone zone_;
};

}  // namespace encours::scoring
