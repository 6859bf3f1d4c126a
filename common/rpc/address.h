// Which addresses stay on this machine: plaintext and tokens may go there and no further.
#pragma once

#include <string_view>

namespace encours::rpc {

// True for "127.x.y.z:port", "localhost:port", "[::1]:port" and "unix:..."; a name that merely
// resolves to the loopback is not trusted.
bool is_loopback(std::string_view address);

}  // namespace encours::rpc
