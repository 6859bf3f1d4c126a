// The name of a tenant: 1 to 40 lower-case letters, digits and hyphens, a letter first.
//
// It becomes a part of keys, of clocks ("tenant/NAME") and of the topic encours.erp.NAME, so its
// form is checked wherever a name comes from outside. Pure; any thread.
#pragma once

#include <string_view>

namespace encours {

bool is_tenant_name(std::string_view text);

// What to tell who gave another one.
inline constexpr const char* kTenantNameRule =
    "A tenant's name has 1 to 40 lower-case letters, digits and hyphens, and begins with a letter.";

}  // namespace encours
