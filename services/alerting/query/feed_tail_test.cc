// Goal: the tail keeps the newest changes, each once, and knows from where on it has all of them.
// Method: changes by hand; heads, floors and copies written out.
#include "services/alerting/query/feed_tail.h"

#include <gtest/gtest.h>

namespace encours::alerting {
namespace {

ChangePtr change(std::int32_t partition, std::int64_t sequence) {
  auto made = std::make_shared<Change>();
  made->partition = partition;
  made->sequence = sequence;
  return made;
}

std::vector<std::int64_t> behind(const FeedTail& tail,
                                 std::int32_t partition,
                                 std::int64_t after,
                                 std::size_t limit = 100) {
  std::vector<ChangePtr> changes;
  tail.copy(partition, after, limit, &changes);
  std::vector<std::int64_t> sequences;
  for (const auto& kept : changes) {
    EXPECT_EQ(kept->partition, partition);
    sequences.push_back(kept->sequence);
  }
  return sequences;
}

using Sequences = std::vector<std::int64_t>;

TEST(FeedTail, KnowsNothingOfAPartitionAtFirst) {
  FeedTail tail(2, 4);
  EXPECT_FALSE(tail.known(0));
  tail.begin(0, 7);
  EXPECT_TRUE(tail.known(0));
  EXPECT_FALSE(tail.known(1));
  EXPECT_EQ(tail.head(0), 7);
  EXPECT_EQ(tail.floor(0), 7);
  EXPECT_EQ(behind(tail, 0, 7), Sequences{});
}

TEST(FeedTail, TakesEachChangeOnce) {
  FeedTail tail(2, 10);
  tail.begin(0, 0);
  EXPECT_TRUE(tail.append(change(0, 1)));
  EXPECT_TRUE(tail.append(change(0, 2)));
  EXPECT_FALSE(tail.append(change(0, 1)));
  EXPECT_FALSE(tail.append(change(0, 2)));
  EXPECT_TRUE(tail.append(change(0, 3)));
  EXPECT_EQ(behind(tail, 0, 0), (Sequences{1, 2, 3}));
  EXPECT_EQ(behind(tail, 0, 1), (Sequences{2, 3}));
  EXPECT_EQ(behind(tail, 0, 1, 1), (Sequences{2}));
  EXPECT_EQ(behind(tail, 0, 3), (Sequences{}));
}

TEST(FeedTail, BeginsWithItsFirstChangeWhereNobodyTold) {
  FeedTail tail(1, 10);
  EXPECT_TRUE(tail.append(change(0, 41)));
  EXPECT_EQ(tail.floor(0), 40);
  EXPECT_EQ(tail.head(0), 41);
}

TEST(FeedTail, ForgetsTheOldestOverAllPartitions) {
  FeedTail tail(2, 3);
  tail.begin(0, 0);
  tail.begin(1, 0);
  tail.append(change(0, 1));
  tail.append(change(1, 1));
  tail.append(change(0, 2));
  tail.append(change(1, 2));
  EXPECT_EQ(tail.size(), 3u);
  EXPECT_EQ(tail.floor(0), 1);
  EXPECT_EQ(tail.floor(1), 0);
  EXPECT_EQ(behind(tail, 0, 1), (Sequences{2}));
  EXPECT_EQ(behind(tail, 1, 0), (Sequences{1, 2}));
}

TEST(FeedTail, AGapRaisesTheFloor) {
  FeedTail tail(1, 3);
  tail.begin(0, 0);
  tail.append(change(0, 1));
  EXPECT_TRUE(tail.append(change(0, 5)));
  EXPECT_EQ(tail.floor(0), 4);
  EXPECT_EQ(tail.head(0), 5);
  EXPECT_EQ(behind(tail, 0, 4), (Sequences{5}));
  // What lies below the floor leaves in its turn and doesn't lower it.
  tail.append(change(0, 6));
  tail.append(change(0, 7));
  EXPECT_EQ(tail.floor(0), 4);
  EXPECT_EQ(behind(tail, 0, 4), (Sequences{5, 6, 7}));
  tail.append(change(0, 8));
  EXPECT_EQ(tail.floor(0), 5);
  EXPECT_EQ(behind(tail, 0, 5), (Sequences{6, 7, 8}));
}

TEST(FeedTail, ToldAgainItOnlyMovesForward) {
  FeedTail tail(1, 10);
  tail.begin(0, 3);
  tail.append(change(0, 4));
  tail.begin(0, 2);
  tail.begin(0, 4);
  EXPECT_EQ(tail.floor(0), 3);
  EXPECT_EQ(behind(tail, 0, 3), (Sequences{4}));
  tail.begin(0, 9);
  EXPECT_EQ(tail.floor(0), 9);
  EXPECT_EQ(behind(tail, 0, 9), (Sequences{}));
}

}  // namespace
}  // namespace encours::alerting
