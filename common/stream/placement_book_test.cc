// Goal: the log of a placement is told as it stands in the header: whose a partition is, who keeps
// copies, and that within a generation nothing changes hands before it is released. Method: one
// book takes what another would have written, record by record; each expectation by hand.
#include "common/stream/placement_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace encours::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr const char* kTopic = "encours.tally.placement";
const std::vector<std::string> kOne = {"tally-a-0"};
const std::vector<std::string> kTwo = {"tally-a-0", "tally-b-0"};

class PlacementBookTest : public ::testing::Test {
 protected:
  void take(const Outgoing& out) {
    LogRecord record;
    record.offset = next_offset_++;
    record.key = out.key;
    record.value = *out.value;
    ASSERT_TRUE(book_.take(record).ok());
  }
  // Whether there was something to write.
  bool lead(std::int32_t generation, const std::vector<std::string>& members) {
    const auto next = book_.next(generation, members);
    if (next) take(book_.written(*next));
    return next.has_value();
  }
  void report(const std::string& member, std::vector<std::int32_t> warm,
              std::vector<std::int32_t> released = {}, bool leaving = false) {
    PlacementBook::Report own;
    own.set_member(member);
    own.set_address(member + ":1");
    own.set_is_leaving(leaving);
    for (const std::int32_t p : warm) own.add_warm(p);
    for (const std::int32_t p : released) *own.add_released() = book_.released(p);
    if (const auto due = book_.to_report(own)) take(book_.written(*due));
  }

  PlacementBook book_{kTopic, 2};
  std::int64_t next_offset_ = 0;
};

TEST_F(PlacementBookTest, TheFirstOwnsAll) {
  EXPECT_FALSE(book_.holds_for(1));
  EXPECT_FALSE(lead(1, {})) << "a group without members";
  EXPECT_TRUE(lead(1, kOne));
  EXPECT_TRUE(book_.holds_for(1));
  EXPECT_FALSE(book_.holds_for(2));
  EXPECT_THAT(book_.owned_by("tally-a-0"), ElementsAre(0, 1));
  EXPECT_THAT(book_.inherited_by("tally-a-0"), IsEmpty());
  EXPECT_FALSE(lead(1, kOne)) << "nothing is left to write";
}

TEST_F(PlacementBookTest, TheSecondGetsItsShareOnceItIsWarmAndReleased) {
  lead(1, kOne);
  lead(2, kTwo);
  EXPECT_THAT(book_.owned_by("tally-a-0"), ElementsAre(0, 1)) << "no copy is warm";
  const auto heirs = book_.inherited_by("tally-b-0");
  EXPECT_THAT(heirs, ElementsAre(0, 1));
  report("tally-b-0", {0, 1});
  EXPECT_TRUE(lead(2, kTwo));
  const auto leaving = book_.handed_over_by("tally-a-0");
  ASSERT_EQ(leaving.size(), 1u);
  EXPECT_THAT(book_.owned_by("tally-b-0"), IsEmpty()) << "still the first one's";
  report("tally-a-0", {}, {*leaving.begin()});
  EXPECT_EQ(book_.owned_by("tally-a-0").size(), 1u) << "released, so not its own any more";
  EXPECT_THAT(book_.owned_by("tally-b-0"), IsEmpty()) << "but nobody's before the leader says so";
  EXPECT_TRUE(lead(2, kTwo));
  EXPECT_THAT(book_.owned_by("tally-b-0"), ElementsAre(*leaving.begin()));
  EXPECT_THAT(book_.inherited_by("tally-a-0"), ElementsAre(*leaving.begin()));
  EXPECT_FALSE(lead(2, kTwo));
}

// The report of an earlier life stands in the log: the owner does not take back what it has closed.
TEST_F(PlacementBookTest, WhatWasReleasedStaysReleasedOverARestart) {
  lead(1, kOne);
  lead(2, kTwo);
  report("tally-b-0", {0, 1});
  lead(2, kTwo);
  const std::int32_t left = *book_.handed_over_by("tally-a-0").begin();
  report("tally-a-0", {}, {left});
  report("tally-a-0", {});  // Restarted: it knows of nothing that it has released.
  EXPECT_THAT(book_.owned_by("tally-a-0"), ElementsAre(1 - left));
  lead(2, kTwo);
  EXPECT_THAT(book_.owned_by("tally-b-0"), ElementsAre(left));
}

// Released to an heir that is gone: it comes back by a seat that is new, so the report is past.
TEST_F(PlacementBookTest, WhatNobodyInheritsComesBack) {
  lead(1, kOne);
  lead(2, kTwo);
  report("tally-b-0", {0, 1});
  lead(2, kTwo);
  const std::int32_t left = *book_.handed_over_by("tally-a-0").begin();
  const auto seat = book_.released(left);
  report("tally-a-0", {}, {left});
  EXPECT_TRUE(book_.stands("tally-a-0", seat));
  EXPECT_TRUE(lead(3, kOne));
  EXPECT_THAT(book_.owned_by("tally-a-0"), ElementsAre(0, 1));
  EXPECT_FALSE(book_.stands("tally-a-0", seat));
  EXPECT_FALSE(lead(3, kOne));
}

TEST_F(PlacementBookTest, TheHeirOfOneThatHasGoneOwnsAtOnce) {
  lead(1, kOne);
  lead(2, kTwo);
  EXPECT_THAT(book_.members(), ElementsAre("tally-a-0", "tally-b-0"));
  const std::vector<std::string> left = {"tally-b-0"};
  EXPECT_TRUE(lead(3, left));
  EXPECT_THAT(book_.owned_by("tally-b-0"), ElementsAre(0, 1));
  EXPECT_THAT(book_.owned_by("tally-a-0"), IsEmpty());
}

TEST_F(PlacementBookTest, WhoLeavesGivesAllAway) {
  lead(2, kTwo);
  EXPECT_EQ(book_.owned_by("tally-a-0").size(), 1u);
  const std::int32_t theirs = *book_.owned_by("tally-a-0").begin();
  report("tally-a-0", {}, {}, true);
  report("tally-b-0", {theirs});
  lead(2, kTwo);
  EXPECT_THAT(book_.handed_over_by("tally-a-0"), ElementsAre(theirs));
  report("tally-a-0", {}, {theirs}, true);
  lead(2, kTwo);
  EXPECT_THAT(book_.owned_by("tally-b-0"), ElementsAre(0, 1));
}

TEST_F(PlacementBookTest, AddressesAreThoseOfTheOwners) {
  lead(2, kTwo);
  EXPECT_THAT(book_.addresses(), IsEmpty()) << "nobody has told";
  EXPECT_THAT(book_.reporters(), IsEmpty());
  report("tally-a-0", {});
  EXPECT_THAT(book_.reporters(), ElementsAre("tally-a-0"));
  const std::int32_t p = *book_.owned_by("tally-a-0").begin();
  EXPECT_THAT(book_.addresses(), UnorderedElementsAre(Pair(p, "tally-a-0:1")));
}

TEST_F(PlacementBookTest, NothingIsSaidTwice) {
  lead(1, kOne);
  PlacementBook::Report own;
  own.set_member("tally-a-0");
  ASSERT_TRUE(book_.to_report(own).has_value());
  report("tally-a-0", {});
  own.set_address("tally-a-0:1");
  EXPECT_FALSE(book_.to_report(own).has_value());
}

TEST_F(PlacementBookTest, WhatCantBeReadIsFatal) {
  const auto refused = [&](const std::string& key, const std::string& value) {
    LogRecord record;
    record.key = key;
    record.value = value;
    const Status taken = book_.take(record);
    return taken ? "taken" : taken.failure().code;
  };
  EXPECT_EQ(refused("placement", "\xff"), "placement_unreadable");
  EXPECT_EQ(refused("member/tally-a-0", "\xff"), "placement_unreadable");
  EXPECT_EQ(refused("else", ""), "placement_unreadable");
  EXPECT_EQ(refused("placement", ""), "placement_unreadable") << "of no partitions";
}

}  // namespace
}  // namespace encours::stream
