#include "services/ingestion/doors/tenants.h"

#include "common/base/hash.h"
#include "common/rpc/commands.h"
#include "common/rpc/peers.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "services/ingestion/doors/control.h"

namespace encours::ingestion {

namespace api = encours::ingestion::v1alpha1;
using stream::TenantSetting;

Result<DoorTenant> Tenants::find(const std::string& tenant) {
  DoorTenant found;
  found.settings = parts_.settings.current();
  found.name = tenant;
  const stream::Settings settings(*found.settings, found.settings->last_sequence());
  const TenantSetting* setting = settings.tenant(tenant);
  if (setting == nullptr) {
    return refused("tenant_not_open", "tenant",
                   "The tenant " + tenant + " is not open. An administrator opens it once.");
  }
  const bool events = setting->clock_mode() == TenantSetting::CLOCK_MODE_EVENTS;
  found.clock = events ? stream::kTenantClockPrefix + tenant : stream::kWallClock;
  ENCOURS_ASSIGN(found.zone, Zone::load(setting->time_zone()));
  return found;
}

Result<DoorTenant> Tenants::find_or_open(rpc::Call& call) {
  auto found = find(call.tenant());
  if (found || found.failure().code != "tenant_not_open") return found;
  const bool may_open = call.caller().sees_all_tenants() &&
                        call.caller().roles.contains(encours::common::v1alpha1::ROLE_ADMIN);
  if (!may_open) return found;
  ENCOURS_TRY(open(call));
  return find(call.tenant());
}

Status Tenants::open(rpc::Call& call) {
  api::OpenTenantRequest request;
  request.set_tenant(call.tenant());
  // The same for all who open it by naming it at once: one of them does, the others get its answer.
  request.set_request_id("open-" + stable_id({call.tenant(), clock_mode_}));
  auto* setting = request.mutable_setting();
  setting->set_clock_mode(clock_mode_ == "events" ? TenantSetting::CLOCK_MODE_EVENTS
                                                  : TenantSetting::CLOCK_MODE_WALL);
  setting->set_time_zone("Europe/Paris");
  ENCOURS_ASSIGN(const auto opened,
                 (control<api::OpenTenantRequest, api::OpenTenantResponse>(parts_, call, request)));
  static_cast<void>(opened);
  const std::int64_t deadline = parts_.clock.monotonic_ms() + kSettingsWaitMs;
  const bool seen = parts_.board.wait_until(deadline, [&] { return find(call.tenant()).ok(); });
  if (!seen) {
    return error(Reaction::kRetry, "settings_late", "The tenant is open but not everywhere yet.");
  }
  return {};
}

Result<std::shared_ptr<const stream::SettingsTable>> Tenants::settings_at(std::int64_t sequence) {
  const std::int64_t deadline = parts_.clock.monotonic_ms() + kSettingsWaitMs;
  auto table = parts_.settings.at_least(sequence, deadline);
  if (!table) {
    return error(Reaction::kRetry, "settings_late", "The setting is taken but not read here yet.");
  }
  return table;
}

}  // namespace encours::ingestion
