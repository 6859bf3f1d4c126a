// A random UUID (RFC 9562, version 4): the id by which a server knows a write that is asked for
// again. From the machine's source of randomness; any thread.
#pragma once

#include <string>

namespace encours::ctl {

std::string random_request_id();

}  // namespace encours::ctl
