// explain: an Error as one or two sentences for the person at the terminal: which field, what is
// wrong, and what to do next. Pure.
#pragma once

#include <string>

#include "common/base/result.h"

namespace encours::ctl {

// "tenant: Your token is not for this tenant. (tenant_not_allowed) 'encoursctl tenants list' ..."
std::string explain(const Error& failure);

}  // namespace encours::ctl
