#include "services/dunning/egress/performer.h"

#include "services/dunning/domain/casebook.h"

namespace encours::dunning {
namespace {

// What an ERP posts in one go comes within it; a person hardly notices it.
constexpr Duration kCollected = std::chrono::seconds(2);

}  // namespace

egress::Performed DunningPerformer::perform(const egress::PlannedEffect& effect,
                                            const std::atomic<bool>& stopping) {
  if (effect.row.kind() == kCollectEffect) return collect(effect);
  if (effect.row.kind() == kClaimEffect) return claimer_->claim(effect, stopping);
  ENCOURS_CHECK(effect.row.kind() == kMailEffect, "dunning plans claims and mails");
  return mailer_->send(effect);
}

egress::Performed DunningPerformer::collect(const egress::PlannedEffect& effect) const {
  const Duration left = effect.place.planned_at + kCollected - clock_.now();
  if (left <= Duration::zero()) return {};
  return egress::Performed::later(std::chrono::ceil<std::chrono::milliseconds>(left).count());
}

}  // namespace encours::dunning
