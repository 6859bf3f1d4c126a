// Goal: what the broker says of a member's partitions is read as Kafka's consumer protocol has it,
// and bytes that are cut off harm nobody. Method: assignments by hand, from the protocol's grammar.
#include "common/kafka/admin.h"

#include <gtest/gtest.h>

namespace encours::kafka {
namespace {

using stream::TopicPartition;
using namespace std::string_literals;

// Version 1; "in" with 0 and 3, "out" with 256.
const std::string kAssignment =
    "\0\1\0\0\0\2\0\2in\0\0\0\2\0\0\0\0\0\0\0\3\0\3out\0\0\0\1\0\0\1\0\xFF\xFF\xFF\xFF"s;

TEST(AssignedPartitions, OfTwoTopics) {
  EXPECT_EQ(assigned_partitions(kAssignment),
            (std::vector<TopicPartition>{{"in", 0}, {"in", 3}, {"out", 256}}));
}

TEST(AssignedPartitions, OfAMemberWithNone) {
  EXPECT_TRUE(assigned_partitions("\0\0\0\0\0\0"s).empty());
  EXPECT_TRUE(assigned_partitions("").empty());
}

TEST(AssignedPartitions, CutOffAnywhere) {
  for (std::size_t size = 0; size < kAssignment.size(); ++size) {
    EXPECT_LE(assigned_partitions(kAssignment.substr(0, size)).size(), 3u);
  }
}

}  // namespace
}  // namespace encours::kafka
