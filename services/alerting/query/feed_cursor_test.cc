// Goal: a cursor comes back as it was sent, and anything else is refused, never misread.
// Method: round trips at the ends of the range, one literal written by another implementation
// (Python), and every single-byte change of a valid text.
#include "services/alerting/query/feed_cursor.h"

#include <gtest/gtest.h>

namespace encours::alerting {
namespace {

TEST(FeedCursor, ComesBack) {
  for (const FeedCursor& cursor : {
           FeedCursor::all(1, 0),
           FeedCursor::all(32, kFromNow),
           FeedCursor::all(32, kFromFirst),
           FeedCursor{{0, 1, 125, 126, 127, 128, 300, INT64_MAX - 2}},
       }) {
    const auto back = FeedCursor::decode(cursor.encode("acme"), "acme", cursor.partitions());
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, cursor);
  }
}

TEST(FeedCursor, HasThisForm) {
  // base64url(01 03 02 ae02 01 + sha256("acme" 00 01 03 02 ae02 01)[:4]), by Python's hashlib.
  EXPECT_EQ((FeedCursor{{0, 300, kFromNow}}).encode("acme"), "AQMCrgIBhvErTQ");
}

TEST(FeedCursor, OthersAreRefused) {
  const std::string good = FeedCursor{{5, 6, 7, 8}}.encode("acme");
  const auto refused_as_invalid =
      [](std::string_view text, std::string_view tenant, std::int32_t partitions) {
        const auto cursor = FeedCursor::decode(text, tenant, partitions);
        return !cursor.ok() && cursor.failure().code == "invalid_cursor" &&
               cursor.failure().field == "cursor" &&
               cursor.failure().reaction == Reaction::kRefused;
      };
  EXPECT_FALSE(refused_as_invalid(good, "acme", 4));
  EXPECT_TRUE(refused_as_invalid(good, "other", 4));
  EXPECT_TRUE(refused_as_invalid(good, "acme", 5));
  EXPECT_TRUE(refused_as_invalid(good, "acme", 3));
  EXPECT_TRUE(refused_as_invalid("", "acme", 4));
  EXPECT_TRUE(refused_as_invalid("AAAA", "acme", 4));
  EXPECT_TRUE(refused_as_invalid("no cursor at all!", "acme", 4));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(refused_as_invalid(changed, "acme", 4)) << "at " << i;
    EXPECT_TRUE(refused_as_invalid(good.substr(0, i), "acme", 4)) << "cut at " << i;
  }
}

}  // namespace
}  // namespace encours::alerting
