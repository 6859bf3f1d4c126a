// Goal: only metadata of a member let a transaction commit. Method: metadata as the library makes
// them, with and without a generation. What a broker does with them is in tests/fault (row 20).
#include "common/kafka/group_reader.h"

#include <gtest/gtest.h>

namespace encours::kafka {
namespace {

TEST(GroupMetadata, SpeaksForAMemberByItsGeneration) {
  const auto of = [](std::int32_t generation, const char* member) {
    return GroupMetadata(
        rd_kafka_consumer_group_metadata_new_with_genid("group", generation, member, "instance"));
  };
  EXPECT_EQ(generation_of(*of(0, "member")), 0);
  EXPECT_EQ(generation_of(*of(71, "member")), 71);
  EXPECT_EQ(generation_of(*of(-1, "")), std::nullopt);
  EXPECT_EQ(generation_of(*of(-1, "member")), std::nullopt);
  EXPECT_EQ(generation_of(*GroupMetadata(rd_kafka_consumer_group_metadata_new("group"))),
            std::nullopt);
}

}  // namespace
}  // namespace encours::kafka
