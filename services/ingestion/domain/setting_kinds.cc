#include "services/ingestion/domain/setting_kinds.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/stream/effects.h"
#include "services/ingestion/domain/decode/mapping.h"

namespace encours::ingestion {
namespace {

constexpr std::size_t kMaxMessageBytes = 4000;

Result<SettingContent> check_mapping_setting(const PublishSettingRequest& request) {
  if (request.tenant().empty()) {
    return refused("missing_field", "tenant", "A mapping belongs to a tenant. Name it.");
  }
  if (!request.has_text()) {
    return refused(
        "wrong_content", "text", "Publish a mapping as the YAML text that people write.");
  }
  const ParsedMapping parsed = parse_mapping(request.text().text());
  if (parsed.ok()) {
    return SettingContent{Mapping::descriptor()->full_name(),
                          stream::Effects::serialise(parsed.mapping)};
  }
  Error first = parsed.errors.front();
  for (std::size_t i = 1; i < parsed.errors.size(); ++i) {
    const std::string more = " " + parsed.errors[i].message;
    if (first.message.size() + more.size() > kMaxMessageBytes) break;
    first.message += more;
  }
  return first;
}

struct Kind {
  std::string_view name;
  Result<SettingContent> (*check)(const PublishSettingRequest& request);
};

constexpr std::array<Kind, 1> kKinds = {{{kMappingKind, check_mapping_setting}}};

}  // namespace

Result<SettingContent> check_setting(const PublishSettingRequest& request) {
  if (request.kind() == kTenantKind || request.kind() == kGoLiveKind) {
    return refused("wrong_content",
                   "kind",
                   "How a tenant lives is said by OpenTenant and GoLive, not by PublishSetting.");
  }
  const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& known) {
    return known.name == request.kind();
  });
  if (kind == kKinds.end()) {
    std::string all;
    for (const Kind& known : kKinds) all += (all.empty() ? "" : ", ") + std::string(known.name);
    return refused("unknown_kind", "kind", "Known kinds of settings: " + all + ".");
  }
  return kind->check(request);
}

bool is_setting_name(std::string_view name) {
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("._-/:@").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace encours::ingestion
