#include "common/kafka/topic_names.h"

#include <gtest/gtest.h>

namespace encours::kafka {
namespace {

TEST(TopicNames, OnePrefixForAll) {
  const TopicNames names("eu.");
  EXPECT_EQ(names.read("encours.risk"), "eu.encours.risk");
  EXPECT_EQ(names.written("encours.risk"), "eu.encours.risk");
  EXPECT_EQ(names.id("dunning"), "eu.dunning");
  EXPECT_EQ(names.in_code("eu.encours.risk"), "encours.risk");
  EXPECT_TRUE(names.is_input("eu.encours.erp.acme"));
  EXPECT_FALSE(names.is_input("us.encours.erp.acme"));
}

TEST(TopicNames, ARebuildReadsTheInstallationAndWritesItsOwn) {
  const auto names = TopicNames::of_rebuild("eu.", "again.", {"encours.scoring.changelog"});
  EXPECT_EQ(names.read("encours.receivables"), "eu.encours.receivables");
  EXPECT_EQ(names.written("encours.scores"), "again.encours.scores");
  EXPECT_EQ(names.read("encours.scoring.changelog"), "again.encours.scoring.changelog");
  EXPECT_EQ(names.written("encours.scoring.changelog"), "again.encours.scoring.changelog");
  EXPECT_EQ(names.id("scoring"), "again.scoring");
  EXPECT_EQ(names.in_code("eu.encours.receivables"), "encours.receivables");
  EXPECT_EQ(names.in_code("again.encours.scores"), "encours.scores");
  EXPECT_FALSE(names.is_input("again.encours.erp.acme"));
}

TEST(TopicNames, EachByANameOfItsOwn) {
  const auto names = TopicNames::exactly({{"in", "their-events"}});
  EXPECT_EQ(names.read("in"), "their-events");
  EXPECT_EQ(names.written("in"), "their-events");
  EXPECT_EQ(names.in_code("their-events"), "in");
  EXPECT_EQ(names.read("other"), "other");
  EXPECT_EQ(names.id("group"), "group");
}

TEST(TopicNames, APrefixMayBeginWithTheOther) {
  const auto longer = TopicNames::of_rebuild("eu.", "eu.again.", {});
  EXPECT_EQ(longer.in_code("eu.again.encours.scores"), "encours.scores");
  EXPECT_EQ(longer.in_code("eu.encours.scores"), "encours.scores");
  const auto shorter = TopicNames::of_rebuild("eu.west.", "eu.", {});
  EXPECT_EQ(shorter.in_code("eu.west.encours.scores"), "encours.scores");
  EXPECT_EQ(shorter.in_code("eu.encours.scores"), "encours.scores");
  const auto none = TopicNames::of_rebuild("", "again.", {});
  EXPECT_EQ(none.in_code("encours.scores"), "encours.scores");
  EXPECT_EQ(none.in_code("again.encours.scores"), "encours.scores");
}

}  // namespace
}  // namespace encours::kafka
