// Goal: the program carries the topics that proto/topics.yaml has now, and wrong flags are told.
// Method: the text against the file, the file's entries counted by hand here.
#include "services/encoursctl/commands/topics_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/kafka/topics.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using ::testing::HasSubstr;
using testing::Terminal;

TEST(TopicsYaml, IsTheFileOfTheSources) {
  std::ifstream file("proto/topics.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_FALSE(text.empty()) << "run in the root of the sources";
  EXPECT_EQ(kTopicsYaml, text);
}

TEST(TopicsYaml, CanBeRead) {
  const auto catalogue = kafka::read_topics(std::string(kTopicsYaml), 8, 1);
  ASSERT_TRUE(catalogue.ok()) << catalogue.failure().message;
  ASSERT_FALSE(catalogue->topics.empty());
  EXPECT_EQ(catalogue->topics.front().name, "encours.inbox");
  EXPECT_EQ(catalogue->topics.front().partitions, 8);
}

TEST(TopicsApply, NeedsBrokersAndPartitions) {
  Terminal terminal;
  EXPECT_EQ(terminal.run({"topics", "apply", "--partitions", "8"}).code, 1);
  EXPECT_EQ(terminal.run({"topics", "apply", "--bootstrap-server", "x:1"}).code, 1);
  EXPECT_EQ(
      terminal.run({"topics", "apply", "--bootstrap-server", "x:1", "--partitions", "0"}).code, 1);
  const auto ran = terminal.run({"topics",
                                 "apply",
                                 "--bootstrap-server",
                                 "127.0.0.1:1",
                                 "--partitions",
                                 "8",
                                 "--property",
                                 "no-equals-sign"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("no-equals-sign"));
  const auto unread = terminal.run({"topics", "apply", "--bootstrap-server", "x:1", "--partitions",
                                    "8", "--security-file", "/nowhere/client.properties"});
  EXPECT_EQ(unread.code, 1);
  EXPECT_THAT(unread.err, HasSubstr("/nowhere/client.properties"));
}

}  // namespace
}  // namespace encours::ctl
