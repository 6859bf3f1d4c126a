// Stage "control": tenants, settings and the clocks of tenants in events mode.
//
// Its commands carry the key "*/settings", so one partition decides them all, in one order for the
// whole installation: OpenTenant, PublishSetting, GoLive, AdvanceClock. Each setting goes to every
// partition of encours.settings. Opening a tenant or publishing a content that stands already
// changes nothing. What can't be changed safely is refused: a tenant's clock mode and its time
// zone, by which its timers are set. A clock only moves forward, and its ticks go to every
// partition of the inbox in one transaction. Commands are outside of the tenants' clocks; there is
// no time here but the record's.
#pragma once

#include "common/stream/decide.h"
#include "encours/state/v1alpha1/lookup.pb.h"

namespace encours::ingestion {

// "*", "settings"
inline constexpr Table<encours::state::v1alpha1::SettingHeadRow> kSettingHeadTable{
    0x50, "setting_head", "ss"};
// "*", "settings", tenant
inline constexpr Table<encours::state::v1alpha1::TenantRow> kTenantTable{0x51, "tenant", "sss"};
// "*", "settings", tenant, kind, name
inline constexpr Table<encours::state::v1alpha1::SettingRow> kSettingTable{
    0x52, "setting", "sssss"};
// "*", "settings", tenant
inline constexpr Table<encours::state::v1alpha1::TenantClockRow> kTenantClockTable{
    0x53, "tenant_clock", "sss"};

inline constexpr const char* kDefaultTimeZone = "Europe/Paris";

class ControlStage : public stream::Stage {
 public:
  std::string name() const override;
  std::vector<stream::StageInput> inputs() const override;
  std::vector<TableInfo> tables() const override;
  bool takes_command(std::string_view type) const override;

  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::ingestion
