// Goal: the client gets what the file says, and a slip is told by its line without its value.
// Method: texts by hand; what librdkafka then holds is asked of librdkafka.
#include "common/kafka/security_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include "common/kafka/settings.h"

namespace encours::kafka {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

TEST(SecurityFile, IsReadLineByLine) {
  const auto read = parse_security(
      "# login\n\nsecurity.protocol=SASL_SSL\r\n"
      "  sasl.password = a=b c# \n");
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(*read,
              ElementsAre(Pair("security.protocol", "SASL_SSL"), Pair("sasl.password", "a=b c#")));
}

TEST(SecurityFile, SlipsAreToldWithoutTheirValues) {
  const auto other = parse_security("sasl.username=a\nenable.idempotence=secret\n").failure();
  EXPECT_THAT(other.message, HasSubstr("Line 2"));
  EXPECT_THAT(other.message, HasSubstr("enable.idempotence"));
  EXPECT_THAT(other.message, Not(HasSubstr("secret")));
  EXPECT_THAT(parse_security("only-a-password\n").failure().message,
              Not(HasSubstr("only-a-password")));
}

TEST(SecurityFile, NoneIsPlaintextAndAMissingOneIsAnError) {
  EXPECT_TRUE(read_security_file("")->empty());
  EXPECT_EQ(read_security_file("/nowhere/client.properties").failure().code, "kafka_security");
}

std::string username_of(const Result<Conf>& conf) {
  char value[64] = "";
  std::size_t size = sizeof value;
  if (!conf.ok()) return conf.failure().message;
  rd_kafka_conf_get(conf->get(), "sasl.username", value, &size);
  return value;
}

TEST(SecurityFile, EveryClientIsToldOfIt) {
  KafkaSettings settings;
  settings.bootstrap_servers = "127.0.0.1:1";
  settings.extra = parse_security("security.protocol=sasl_ssl\nsasl.username=encours\n").value();
  EXPECT_EQ(username_of(common_conf(settings)), "encours");
  EXPECT_EQ(username_of(group_reader_conf(settings)), "encours");
  EXPECT_EQ(username_of(writer_conf(settings)), "encours");
  EXPECT_EQ(username_of(replay_conf(settings, true)), "encours");
}

}  // namespace
}  // namespace encours::kafka
