// Goal: the contracts keep what proto/README.md promises. Method: let protoc describe all of proto/
// at build time, apply each rule to the description, and expect no finding. So that no rule is a
// rubber stamp, bad.proto breaks each of them on purpose, and the findings expected of it are
// written here by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/contract/rules.h"

namespace encours::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class OurContracts : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_GE(set_.files().size(), 25u) << "from " << ENCOURS_CONTRACT_SET;
    topics_ = read_topics("proto/topics.yaml");
    ASSERT_GE(topics_.size(), 18u);
  }

  ProtoSet set_{ENCOURS_CONTRACT_SET, "encours/"};
  std::vector<Topic> topics_;
};

TEST_F(OurContracts, EveryMethodHasItsAccessRule) { EXPECT_THAT(check_access(set_), IsEmpty()); }

TEST_F(OurContracts, WritesHaveRequestIdAndPosition) { EXPECT_THAT(check_writes(set_), IsEmpty()); }

TEST_F(OurContracts, MethodsNameTheirTenant) { EXPECT_THAT(check_tenants(set_), IsEmpty()); }

TEST_F(OurContracts, NoMapsAndNoFloats) { EXPECT_THAT(check_field_types(set_), IsEmpty()); }

TEST_F(OurContracts, RecordsHaveEnvelopeAndTick) {
  EXPECT_THAT(check_envelopes(set_, topics_), IsEmpty());
}

TEST_F(OurContracts, FactsAndRowsHoldNothingPersonal) {
  EXPECT_THAT(check_personal(set_, topics_), IsEmpty());
}

TEST_F(OurContracts, AllIsExplained) { EXPECT_THAT(check_comments(set_), IsEmpty()); }

TEST_F(OurContracts, TopicsAreKeptAsLongAsPromised) {
  EXPECT_THAT(check_topics(topics_), IsEmpty());
}

TEST_F(OurContracts, FieldsThatSoundPersonalAreMarked) {
  EXPECT_THAT(check_telling_names(set_, "encours.erp."), IsEmpty());
}

class BadContract : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(set_.files().size(), 1u) << "from " << ENCOURS_BAD_SET; }

  ProtoSet set_{ENCOURS_BAD_SET, "bad.proto"};
};

TEST_F(BadContract, AccessIsMissed) {
  EXPECT_THAT(check_access(set_),
              ElementsAre("bad.Bad.NoRule has no access rule.",
                          "bad.Bad.GetNobody names an unknown role."));
}

TEST_F(BadContract, WritesAreMissed) {
  EXPECT_THAT(check_writes(set_),
              UnorderedElementsAre("bad.Bad.NoRule writes by its name but not by its rule.",
                                   "bad.Bad.ListAndWrite reads by its name but writes.",
                                   "bad.Bad.ListAndWrite writes without a request_id.",
                                   "bad.Bad.ListAndWrite writes but answers no position.",
                                   "bad.Bad.GetByRequest has a request_id but writes nothing."));
}

TEST_F(BadContract, TenantIsMissed) {
  EXPECT_THAT(check_tenants(set_),
              UnorderedElementsAre("bad.Bad.GetNobody names no tenant.",
                                   "bad.Bad.ListAndWrite names no tenant."));
}

TEST_F(BadContract, MapsAndFloatsAreFound) {
  EXPECT_THAT(check_field_types(set_),
              UnorderedElementsAre("bad.Fields.map_field is a map.",
                                   "bad.Fields.ratio is a floating-point number."));
}

TEST_F(BadContract, EnvelopesOutOfPlaceAreFound) {
  const std::vector<Topic> topics = {{"t.late", "decision", "delete", "bad.LateEnvelope", 1, false},
                                     {"t.none", "decision", "delete", "bad.Missing", 1, false}};
  EXPECT_THAT(check_envelopes(set_, topics),
              UnorderedElementsAre("bad.LateEnvelope needs envelope = 1 and tick = 2.",
                                   "t.none carries bad.Missing, which no proto defines.",
                                   "bad.NoTopic has an envelope but stands on no topic."));
}

TEST_F(BadContract, PersonalFieldsAreFoundAtDepth) {
  const std::vector<Topic> topics = {
      {"t.deep", "decision", "delete", "bad.LateEnvelope", 1, false}};
  EXPECT_THAT(check_personal(set_, topics),
              ElementsAre("bad.Person.name is personal and stands in t.deep."));
}

TEST_F(BadContract, UnmarkedNamesAreFound) {
  EXPECT_THAT(check_telling_names(set_, "bad."),
              ElementsAre("bad.Person.home_address sounds personal and is not marked."));
}

TEST_F(BadContract, MissingCommentsAreFound) {
  EXPECT_THAT(check_comments(set_), ElementsAre("bad.Unexplained has no comment."));
}

TEST(BadTopics, AreFound) {
  const std::vector<Topic> topics = {
      {"encours.short", "input", "delete", "row", 3652, false},
      {"encours.short", "decision", "delete", "row", 3653, false},
      {"other.letters", "refused", "delete", "row", 91, false},
      {"encours.log", "state", "delete", "row", 5, false},
      {"encours.both", "derived", "compact", "row", 5, false},
      {"encours.odd", "odd", "never", "row", 5, false},
  };
  EXPECT_THAT(check_topics(topics),
              UnorderedElementsAre("encours.short must be kept for 10 years.",
                                   "encours.short stands twice.",
                                   "other.letters is not ours.",
                                   "other.letters must be kept for 90 days.",
                                   "encours.log must be compacted.",
                                   "encours.both is kept by days or compacted, one of the two.",
                                   "encours.odd has no known kind.",
                                   "encours.odd has no known cleanup."));
}

}  // namespace
}  // namespace encours::contract
