#include "common/stream/settings.h"

#include <algorithm>
#include <iterator>

#include "common/stream/decode.h"

namespace encours::stream {
namespace {

std::shared_ptr<const google::protobuf::Message> parse(const Setting& setting) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  const auto* type = pool->FindMessageTypeByName(setting.type());
  if (type == nullptr) return nullptr;
  const auto* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  std::shared_ptr<google::protobuf::Message> value(prototype->New());
  return value->ParseFromString(setting.body()) ? value : nullptr;
}

}  // namespace

bool SettingsTable::add(const Setting& setting) {
  if (setting.sequence() <= last_sequence_) return false;
  last_sequence_ = setting.sequence();
  auto& versions = versions_[Key(setting.envelope().tenant(), setting.kind(), setting.name())];
  versions.push_back(Version{setting.sequence(), setting.removed(), setting.type(),
                             setting.envelope().actor(), setting.envelope().recorded_at(),
                             parse(setting)});
  return true;
}

const SettingsTable::Version* SettingsTable::find(std::string_view tenant, std::string_view kind,
                                                  std::string_view name,
                                                  std::int64_t at_sequence) const {
  const auto found = versions_.find(Key(tenant, kind, name));
  if (found == versions_.end()) return nullptr;
  const auto& versions = found->second;
  const auto next = std::upper_bound(
      versions.begin(), versions.end(), at_sequence,
      [](std::int64_t sequence, const Version& version) { return sequence < version.sequence; });
  return next == versions.begin() ? nullptr : &*std::prev(next);
}

std::vector<std::string> SettingsTable::names(std::string_view tenant, std::string_view kind,
                                              std::int64_t at_sequence) const {
  std::vector<std::string> out;
  const auto first = versions_.lower_bound(Key(tenant, kind, ""));
  for (auto it = first; it != versions_.end(); ++it) {
    if (std::get<0>(it->first) != tenant || std::get<1>(it->first) != kind) break;
    const auto* version = find(tenant, kind, std::get<2>(it->first), at_sequence);
    if (version != nullptr && !version->removed) out.push_back(std::get<2>(it->first));
  }
  return out;
}

void SettingsTable::each(
    std::string_view tenant,
    const std::function<void(const std::string&, const std::string&, const Version&)>& visit)
    const {
  for (auto it = versions_.lower_bound(Key(tenant, "", "")); it != versions_.end(); ++it) {
    const auto& [of, kind, name] = it->first;
    if (of != tenant) return;
    for (const auto& version : it->second) visit(kind, name, version);
  }
}

std::vector<std::string> SettingsTable::tenants(std::int64_t at_sequence) const {
  std::vector<std::string> out;
  for (const auto& [key, versions] : versions_) {
    if (std::get<1>(key) != "tenant") continue;
    const auto* version = find(std::get<0>(key), "tenant", std::get<2>(key), at_sequence);
    if (version != nullptr && !version->removed) out.push_back(std::get<0>(key));
  }
  return out;
}

std::set<std::pair<std::string, std::string>> SettingsTable::changed(std::int64_t after,
                                                                     std::int64_t until) const {
  std::set<std::pair<std::string, std::string>> found;
  for (const auto& [key, versions] : versions_) {
    const bool any = std::any_of(versions.begin(), versions.end(), [&](const Version& version) {
      return version.sequence > after && version.sequence <= until;
    });
    if (any) found.emplace(std::get<0>(key), std::get<1>(key));
  }
  return found;
}

bool Settings::live(std::string_view tenant, Instant at) const {
  const TenantSetting* setting = this->tenant(tenant);
  if (setting == nullptr) return false;
  if (setting->clock_mode() == TenantSetting::CLOCK_MODE_EVENTS) return true;
  return setting->has_live_from() && to_instant(setting->live_from()) <= at;
}

}  // namespace encours::stream
