#include "common/kafka/settings.h"

#include <gtest/gtest.h>

namespace encours::kafka {
namespace {

std::string value_in(const Conf& conf, const char* name) {
  char value[64];
  std::size_t size = sizeof value;
  const auto found = rd_kafka_conf_get(conf.get(), name, value, &size);
  return found == RD_KAFKA_CONF_OK ? value : "not there";
}

TEST(KafkaSettings, WhatIsWrittenIsCompressedAsTheSettingSays) {
  KafkaSettings settings;
  settings.transactional_id = "one";
  const auto usual = writer_conf(settings);
  ASSERT_TRUE(usual.ok());
  EXPECT_EQ(value_in(*usual, "compression.codec"), "lz4");
  settings.compression = "zstd";
  const auto other = writer_conf(settings);
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(value_in(*other, "compression.codec"), "zstd");
}

TEST(KafkaSettings, AValueThatTheLibraryDoesNotKnowIsNamed) {
  KafkaSettings settings;
  settings.compression = "brotli";
  const auto refused = writer_conf(settings);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code, "kafka_setting");
  EXPECT_EQ(refused.failure().field, "compression.type");
}

}  // namespace
}  // namespace encours::kafka
