// FeedCursor: how far one reader of a tenant's alerts has come, per partition; opaque outside.
//
// A place is the last sequence of the partition's feed that was handled, or one of the two words
// for a reader that has handled none. The text is URL-safe and bound to its tenant and number of
// partitions, so a cursor of another tenant, or half of one, is refused (invalid_cursor) and not
// misread. It is no secret and no proof: it only says where the caller's own stream goes on.
// Values.
//   text  := base64url(bytes)
//   bytes := version:0x01 count:varint (place + 2):varint* check
//   check := first 4 bytes of SHA-256(tenant 0x00 bytes-before)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace encours::alerting {

// Starts at the feed's head as it is when the partition is first seen.
inline constexpr std::int64_t kFromNow = -1;
// Starts at the first change that is kept.
inline constexpr std::int64_t kFromFirst = -2;

struct FeedCursor {
  // One place per partition.
  std::vector<std::int64_t> places;

  static FeedCursor all(std::int32_t partitions, std::int64_t place);
  static Result<FeedCursor> decode(std::string_view text,
                                   std::string_view tenant,
                                   std::int32_t partitions);
  std::string encode(std::string_view tenant) const;

  std::int64_t& at(std::int32_t partition) { return places[static_cast<std::size_t>(partition)]; }
  std::int64_t at(std::int32_t partition) const {
    return places[static_cast<std::size_t>(partition)];
  }
  std::int32_t partitions() const { return static_cast<std::int32_t>(places.size()); }

  friend bool operator==(const FeedCursor&, const FeedCursor&) = default;
};

}  // namespace encours::alerting
