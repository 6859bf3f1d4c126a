// Page token: where a page ended, for which query, and the times that the first page chose.
//
// Grammar, base64url (RFC 4648, no padding) of:
//   token := version: byte = 1, digest: text, day: number, known_at: number, after: text
// with the parts of common/state/key.h. The digest is that of the query, so a token is refused for
// any other filter, order, tenant or reader. An empty `after` is the beginning: the instance that
// asks others sends them such a token, so that all compute for one day. A token holds no secret and
// is no right: the caller's own rights are checked again with every page.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/time/civil.h"

namespace encours::query {

struct PageToken {
  // What the query was: digest_of() of its parts.
  std::string digest;
  std::optional<Date> day;
  std::optional<Instant> known_at;
  // Sort key of the last row of the page.
  std::string after;

  std::string encode() const;
};

std::string digest_of(std::initializer_list<std::string_view> parts);

// The empty text is the first page. Refused with "invalid_page_token", or with
// "page_token_of_another_query" where the digest is another.
Result<PageToken> decode_page_token(std::string_view text, const std::string& digest);

// `wanted` of 0 is `usual`; more than `most` is `most`; a negative one is refused.
Result<std::size_t> page_size_of(std::int32_t wanted, std::int32_t usual, std::int32_t most);

}  // namespace encours::query
