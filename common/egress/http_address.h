// Which addresses are public: the guard against requests that are sent to the inside by a redirect
// or by a name that resolves to it. Pure.
#pragma once

#include <sys/socket.h>

namespace encours::egress {

// False for loopback, private, link-local, shared, reserved, multicast and unspecified addresses,
// for IPv4 inside IPv6 that is one of these, and for families other than IP (RFC 6890).
bool is_public_address(const sockaddr& address);

}  // namespace encours::egress
