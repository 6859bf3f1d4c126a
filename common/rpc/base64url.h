// Base64url without padding (RFC 4648 section 5), as JWT and JWK use it.
//
// Strict: one text for one value. A padded text, a foreign character or non-zero bits behind the
// last byte are refused, so nobody can write a signed token in two ways. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace encours::rpc {

std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace encours::rpc
