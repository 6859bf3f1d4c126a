// The kinds of settings that people publish, and how each is checked before anybody relies on it.
//
// A recorded setting is trusted by every stage (one that does not parse stops a process), so what
// is wrong is refused here, with all its mistakes. A new kind is one more row of the table in
// setting_kinds.cc. Kind "tenant" is not among them: OpenTenant and GoLive write it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"

namespace encours::ingestion {

using PublishSettingRequest = encours::ingestion::v1alpha1::PublishSettingRequest;

inline constexpr const char* kTenantKind = "tenant";

// What will stand in the setting's record.
struct SettingContent {
  std::string type;
  std::string body;
};

// Refuses with "unknown_kind", "wrong_content", and with what the kind's own check finds; several
// findings are told in one message, the first one giving code and field.
Result<SettingContent> check_setting(const PublishSettingRequest& request);

// Letters, digits and . _ - / : @ only, at most 128 bytes.
bool is_setting_name(std::string_view name);

}  // namespace encours::ingestion
