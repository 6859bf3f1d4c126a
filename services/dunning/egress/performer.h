// DunningPerformer: carries out dunning's effects, each by its kind.
#pragma once

#include <memory>

#include "common/egress/effect_worker.h"
#include "services/dunning/egress/claimer.h"
#include "services/dunning/egress/mailer.h"

namespace encours::dunning {

class DunningPerformer final : public egress::Performer {
 public:
  DunningPerformer(std::unique_ptr<Claimer> claimer, std::unique_ptr<Mailer> mailer, Clock& clock)
      : claimer_(std::move(claimer)), mailer_(std::move(mailer)), clock_(clock) {}

  egress::Performed perform(const egress::PlannedEffect& effect,
                            const std::atomic<bool>& stopping) override;

 private:
  egress::Performed collect(const egress::PlannedEffect& effect) const;

  std::unique_ptr<Claimer> claimer_;
  std::unique_ptr<Mailer> mailer_;
  Clock& clock_;
};

}  // namespace encours::dunning
