// Tenants: finds a tenant's setting for a door, and opens one where the caller may.
//
// A door must not take a record of a tenant whose setting the first stage can't find, so it looks
// the tenant up first and stamps each record with the number of the settings that it saw: a task
// that has not read that far holds the record back. Safe from any thread.
#pragma once

#include <memory>
#include <string>

#include "common/rpc/guard.h"
#include "common/service/service_shell.h"
#include "common/time/civil.h"

namespace encours::ingestion {

// A tenant as a door sees it, with the settings that it was found in.
struct DoorTenant {
  std::shared_ptr<const stream::SettingsTable> settings;
  std::string name;
  std::string clock;  // "wall" or "tenant/<name>".
  Zone zone;

  std::int64_t settings_version() const { return settings->last_sequence(); }
  bool in_events_mode() const { return clock != stream::kWallClock; }
};

// How long a door waits until its own tasks have read a setting that it has just published.
inline constexpr std::int64_t kSettingsWaitMs = 15'000;

class Tenants {
 public:
  Tenants(ServiceParts& parts, std::string clock_mode_of_new_tenants)
      : parts_(parts), clock_mode_(std::move(clock_mode_of_new_tenants)) {}

  // Error "tenant_not_open" where it is not; a caller who may open tenants opens it by naming it.
  Result<DoorTenant> find_or_open(rpc::Call& call);
  Result<DoorTenant> find(const std::string& tenant);

  // The settings of this instance once they hold `sequence`.
  Result<std::shared_ptr<const stream::SettingsTable>> settings_at(std::int64_t sequence);

 private:
  Status open(rpc::Call& call);

  ServiceParts& parts_;
  std::string clock_mode_;
};

}  // namespace encours::ingestion
