#include "services/alerting/query/feed_cursor.h"

#include <absl/strings/escaping.h>

#include <optional>

#include "common/base/hash.h"

namespace encours::alerting {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kCheckBytes = 4;
// The smallest place is stored as 0.
constexpr std::int64_t kShift = -kFromFirst;

void put_varint(std::uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(0x80 | (value & 0x7F)));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

// Takes a number from the front; nullopt where none, or one beyond int64, stands there.
std::optional<std::int64_t> take_varint(std::string_view* bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 63 && !bytes->empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return static_cast<std::int64_t>(value);
  }
  return std::nullopt;
}

std::string check_of(std::string_view tenant, std::string_view bytes) {
  std::string text(tenant);
  text.push_back('\0');
  text.append(bytes);
  const Sha256 digest = sha256(text);
  return {digest.begin(), digest.begin() + kCheckBytes};
}

Error invalid() {
  return refused("invalid_cursor",
                 "cursor",
                 "This is no cursor of this tenant. Use one as a stream has sent it, or none.");
}

}  // namespace

FeedCursor FeedCursor::all(std::int32_t partitions, std::int64_t place) {
  return {std::vector<std::int64_t>(static_cast<std::size_t>(partitions), place)};
}

std::string FeedCursor::encode(std::string_view tenant) const {
  std::string bytes(1, kVersion);
  put_varint(places.size(), &bytes);
  for (const std::int64_t place : places) {
    put_varint(static_cast<std::uint64_t>(place + kShift), &bytes);
  }
  bytes += check_of(tenant, bytes);
  return absl::WebSafeBase64Escape(bytes);
}

Result<FeedCursor> FeedCursor::decode(std::string_view text,
                                      std::string_view tenant,
                                      std::int32_t partitions) {
  std::string bytes;
  const absl::string_view escaped(text.data(), text.size());
  if (!absl::WebSafeBase64Unescape(escaped, &bytes) || bytes.size() <= kCheckBytes) {
    return invalid();
  }
  std::string_view rest(bytes.data(), bytes.size() - kCheckBytes);
  if (bytes.substr(rest.size()) != check_of(tenant, rest)) return invalid();
  if (rest.front() != kVersion) return invalid();
  rest.remove_prefix(1);
  if (take_varint(&rest) != partitions) return invalid();
  FeedCursor cursor;
  while (!rest.empty()) {
    const auto place = take_varint(&rest);
    if (!place) return invalid();
    cursor.places.push_back(*place - kShift);
  }
  if (cursor.partitions() != partitions) return invalid();
  return cursor;
}

}  // namespace encours::alerting
