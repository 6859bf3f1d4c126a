#include "common/query/page_token.h"

#include <absl/strings/escaping.h>

#include <algorithm>

#include "common/base/hash.h"
#include "common/state/key.h"

namespace encours::query {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::int64_t kNone = INT64_MIN;
// No sort key of ours is longer: ten texts of an order and the names of a row.
constexpr std::size_t kMaxTokenBytes = 16 * 1024;

Error bad_token() {
  return refused("invalid_page_token",
                 "page_token",
                 "This is no page token of this service; begin again with the first page.");
}

}  // namespace

std::string PageToken::encode() const {
  const std::string bytes = KeyWriter()
                                .byte(kVersion)
                                .text(digest)
                                .number(day ? day->days() : kNone)
                                .number(known_at ? known_at->unix_micros() : kNone)
                                .text(after)
                                .take();
  return absl::WebSafeBase64Escape(bytes);
}

std::string digest_of(std::initializer_list<std::string_view> parts) { return stable_id(parts); }

Result<PageToken> decode_page_token(std::string_view text, const std::string& digest) {
  PageToken token;
  token.digest = digest;
  if (text.empty()) return token;
  std::string bytes;
  if (text.size() > kMaxTokenBytes ||
      !absl::WebSafeBase64Unescape(absl::string_view(text.data(), text.size()), &bytes)) {
    return bad_token();
  }
  KeyReader reader(bytes);
  const auto version = reader.byte();
  const auto of_query = reader.text();
  const auto day = reader.number();
  const auto known_at = reader.number();
  auto after = reader.text();
  if (version != kVersion || !of_query || !day || !known_at || !after || !reader.empty()) {
    return bad_token();
  }
  if (*of_query != digest) {
    return refused("page_token_of_another_query",
                   "page_token",
                   "The token is from a query with another filter, order, tenant or reader.");
  }
  if (*day != kNone) token.day = Date::from_days(*day);
  if (*known_at != kNone) token.known_at = Instant::from_unix_micros(*known_at);
  token.after = *std::move(after);
  return token;
}

Result<std::size_t> page_size_of(std::int32_t wanted, std::int32_t usual, std::int32_t most) {
  if (wanted < 0) return refused("invalid_page_size", "page_size", "A page size is not negative.");
  return static_cast<std::size_t>(wanted == 0 ? usual : std::min(wanted, most));
}

}  // namespace encours::query
