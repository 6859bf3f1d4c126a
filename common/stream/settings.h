// Settings: the versioned values (tenants, mappings, scenarios, rates) in force at one sequence.
//
// Every setting has a place in one order of the installation (its sequence). A decision sees the
// newest value of each at or before the sequence that its tick or record brings, so the same log
// gives the same decision however far the settings input has run ahead. SettingsTable is owned by
// its task's thread, or shared unchanging (settings_view.h); Settings is a cheap reader of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <google/protobuf/message.h>

#include "common/base/check.h"
#include "common/time/civil.h"
#include "encours/stream/v1alpha1/command.pb.h"

namespace encours::stream {

using Setting = encours::stream::v1alpha1::Setting;
using TenantSetting = encours::stream::v1alpha1::TenantSetting;

class SettingsTable {
 public:
  // Adds a setting; one whose sequence is not above the last is ignored (read again after a
  // restart). Returns false then.
  bool add(const Setting& setting);
  std::int64_t last_sequence() const { return last_sequence_; }

  struct Version {
    std::int64_t sequence = 0;
    bool removed = false;
    std::string type;
    std::string actor;
    google::protobuf::Timestamp recorded_at;
    // Null where this build does not know the type, which only a reader of it may mind.
    std::shared_ptr<const google::protobuf::Message> value;
  };
  const Version* find(std::string_view tenant, std::string_view kind, std::string_view name,
                      std::int64_t at_sequence) const;
  // Names of the settings of a kind that are in force, in order.
  std::vector<std::string> names(std::string_view tenant, std::string_view kind,
                                 std::int64_t at_sequence) const;
  // All versions of one tenant's settings (or, of the empty name, the installation's), by kind,
  // name and sequence.
  void each(std::string_view tenant,
            const std::function<void(const std::string& kind, const std::string& name,
                                     const Version& version)>& visit) const;
  // (tenant, kind) of what was changed after one sequence and up to another, in order; settings of
  // the installation have no tenant.
  std::set<std::pair<std::string, std::string>> changed(std::int64_t after,
                                                        std::int64_t until) const;
  // Tenants that have a setting of kind "tenant" in force.
  std::vector<std::string> tenants(std::int64_t at_sequence) const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, std::vector<Version>> versions_;
  std::int64_t last_sequence_ = 0;
};

class Settings {
 public:
  Settings(const SettingsTable& table, std::int64_t sequence)
      : table_(table), sequence_(sequence) {}

  std::int64_t sequence() const { return sequence_; }

  // The value in force, or null. The pointer lives as long as the SettingsTable.
  template <class T>
  const T* find(std::string_view tenant, std::string_view kind, std::string_view name) const {
    const auto* version = table_.find(tenant, kind, name, sequence_);
    if (version == nullptr || version->removed) return nullptr;
    ENCOURS_CHECK(version->value && version->value->GetDescriptor() == T::descriptor(),
                  "a setting has the type of its kind");
    return static_cast<const T*>(version->value.get());
  }

  // Sequence of the setting in force; 0 where there is none. A decision that records it says by
  // what it was made; sequence() also counts what others have set meanwhile.
  std::int64_t version_of(std::string_view tenant, std::string_view kind,
                          std::string_view name) const {
    const auto* version = table_.find(tenant, kind, name, sequence_);
    return version == nullptr || version->removed ? 0 : version->sequence;
  }

  const TenantSetting* tenant(std::string_view name) const {
    return find<TenantSetting>(name, "tenant", "tenant");
  }
  std::vector<std::string> tenants() const { return table_.tenants(sequence_); }
  // Whether effects of a tenant may leave that are planned at this instant: from its go-live on; in
  // events mode from its first fact on, towards simulators.
  bool live(std::string_view tenant, Instant at) const;

 private:
  const SettingsTable& table_;
  std::int64_t sequence_;
};

}  // namespace encours::stream
