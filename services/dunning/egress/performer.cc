#include "services/dunning/egress/performer.h"

#include "services/dunning/domain/casebook.h"

namespace encours::dunning {

egress::Performed DunningPerformer::perform(const egress::PlannedEffect& effect,
                                            const std::atomic<bool>& stopping) {
  if (effect.row.kind() == kClaimEffect) return claimer_->claim(effect, stopping);
  ENCOURS_CHECK(effect.row.kind() == kMailEffect, "dunning plans claims and mails");
  return mailer_->send(effect);
}

}  // namespace encours::dunning
