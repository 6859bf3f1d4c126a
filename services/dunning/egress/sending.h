// Whether anything may leave: the switches of kind "sending", by the settings that count.
//
// In wall time the newest that this process has; in events mode those by which the effect was
// planned, so that a run is the same again. Safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "common/egress/effect_worker.h"
#include "common/stream/settings_view.h"
#include "encours/dunning/v1alpha1/scenario.pb.h"

namespace encours::dunning {

bool is_suspended(stream::SettingsView& settings, const egress::PlannedEffect& effect,
                  v1alpha1::StepChannel channel);

}  // namespace encours::dunning
