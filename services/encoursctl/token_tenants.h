// The tenants that a token is for, read from its claims without checking its signature.
//
// This only chooses a default for --tenant; what the token may do is the servers' decision.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace encours::ctl {

// Empty for what is no token; "*" stands for all tenants.
std::vector<std::string> token_tenants(std::string_view token);

}  // namespace encours::ctl
