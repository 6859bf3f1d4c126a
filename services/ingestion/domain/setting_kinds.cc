#include "services/ingestion/domain/setting_kinds.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/settings/policies.h"
#include "common/settings/scenario.h"
#include "common/stream/effects.h"
#include "services/ingestion/domain/decode/mapping.h"

namespace encours::ingestion {
namespace {

constexpr std::size_t kMaxMessageBytes = 4000;

// All findings in one message; the first one gives code and field.
Error joined(const std::vector<Error>& errors) {
  Error first = errors.front();
  for (std::size_t i = 1; i < errors.size(); ++i) {
    const std::string more = " " + errors[i].message;
    if (first.message.size() + more.size() > kMaxMessageBytes) break;
    first.message += more;
  }
  return first;
}

// What people write as YAML: `body_of` finds the message in what `parse` gives.
template <class Parse, class Body>
Result<SettingContent> check_text(const PublishSettingRequest& request, Parse parse, Body body_of) {
  if (request.tenant().empty()) {
    return refused("missing_field", "tenant", "This setting belongs to a tenant. Name it.");
  }
  if (!request.has_text()) {
    return refused("wrong_content", "text", "Publish it as the YAML text that people write.");
  }
  const auto parsed = parse(request.text().text());
  if (!parsed.ok()) return joined(parsed.errors);
  const auto& body = body_of(parsed);
  return SettingContent{body.GetDescriptor()->full_name(), stream::Effects::serialise(body)};
}

Result<SettingContent> check_mapping_setting(const PublishSettingRequest& request) {
  return check_text(request, parse_mapping,
                    [](const auto& parsed) -> const auto& { return parsed.mapping; });
}

// Kinds of which a tenant has one.
Status check_default_name(const PublishSettingRequest& request) {
  if (request.name() == settings::kDefaultName) return {};
  return refused("unknown_name", "name", "There is one of this kind for a tenant: \"default\".");
}

Result<SettingContent> check_scenario_setting(const PublishSettingRequest& request) {
  ENCOURS_TRY(check_default_name(request));
  return check_text(request, settings::parse_scenario,
                    [](const auto& parsed) -> const auto& { return parsed.scenario; });
}

Result<SettingContent> check_risk_policy_setting(const PublishSettingRequest& request) {
  ENCOURS_TRY(check_default_name(request));
  return check_text(request, settings::parse_risk_policy,
                    [](const auto& parsed) -> const auto& { return parsed.body; });
}

Result<SettingContent> check_scorecard_setting(const PublishSettingRequest& request) {
  ENCOURS_TRY(check_default_name(request));
  return check_text(request, settings::parse_scorecard,
                    [](const auto& parsed) -> const auto& { return parsed.body; });
}

Result<SettingContent> check_sending_setting(const PublishSettingRequest& request) {
  if (request.name() != "all" && request.name() != "email") {
    return refused("unknown_name", "name", "A switch is of all channels or of email.");
  }
  return check_text(request, settings::parse_sending,
                    [](const auto& parsed) -> const auto& { return parsed.body; });
}

struct Kind {
  std::string_view name;
  Result<SettingContent> (*check)(const PublishSettingRequest& request);
};

constexpr std::array<Kind, 5> kKinds = {{{kMappingKind, check_mapping_setting},
                                         {settings::kScenarioKind, check_scenario_setting},
                                         {settings::kRiskPolicyKind, check_risk_policy_setting},
                                         {settings::kScorecardKind, check_scorecard_setting},
                                         {settings::kSendingKind, check_sending_setting}}};

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
