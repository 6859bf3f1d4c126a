#include "services/encoursctl/token_tenants.h"

#include <nlohmann/json.hpp>

#include "common/rpc/base64url.h"

namespace encours::ctl {

std::vector<std::string> token_tenants(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return {};
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos) return {};
  const auto payload = rpc::base64url_decode(token.substr(first + 1, second - first - 1));
  if (!payload) return {};
  const auto claims = nlohmann::json::parse(*payload, nullptr, false);
  if (!claims.is_object()) return {};
  const auto found = claims.find("tenants");
  if (found == claims.end() || !found->is_array()) return {};
  std::vector<std::string> tenants;
  for (const auto& tenant : *found) {
    if (tenant.is_string()) tenants.push_back(tenant.get<std::string>());
  }
  return tenants;
}

}  // namespace encours::ctl
