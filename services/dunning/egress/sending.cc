#include "services/dunning/egress/sending.h"

#include "common/settings/policies.h"

namespace encours::dunning {

bool is_suspended(stream::SettingsView& settings, const egress::PlannedEffect& effect,
                  v1alpha1::StepChannel channel) {
  const auto table = settings.current();
  const std::int64_t version =
      effect.simulated() ? effect.row.settings_version() : table->last_sequence();
  const stream::Settings in_force(*table, version);
  const auto off = [&](const char* name) {
    const auto* one = in_force.find<v1alpha1::SendingSwitch>(effect.tenant,
                                                             settings::kSendingKind, name);
    return one != nullptr && one->suspended();
  };
  return off("all") || (channel == v1alpha1::STEP_CHANNEL_EMAIL && off("email"));
}

}  // namespace encours::dunning
