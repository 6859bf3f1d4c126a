// Goal: the service's own settings reach the feed, and wrong ones are refused.
// Method: settings by hand through common/config.
#include "services/alerting/config.h"

#include <gtest/gtest.h>

#include "common/config/load.h"

namespace encours::alerting {
namespace {

TEST(AlertingConfig, ReachesTheFeed) {
  AlertingConfig config;
  config.partitions = 8;
  config.stream_heartbeat_ms = 700;
  config.stream_tail_changes = 9;
  config.stream_batch_changes = 3;
  const FeedOptions options = config.feed_options();
  EXPECT_EQ(options.partitions, 8);
  EXPECT_EQ(options.heartbeat_ms, 700);
  EXPECT_EQ(options.tail_changes, 9u);
  EXPECT_EQ(options.batch_changes, 3u);
}

TEST(AlertingConfig, ReachesTheDoor) {
  AlertingConfig config;
  config.stream_max_count = 9;
  config.stream_max_count_per_caller = 8;
  config.stream_max_count_forwarded_per_caller = 7;
  EXPECT_EQ(config.stream_limits().max_streams, 9);
  EXPECT_EQ(config.stream_limits().max_streams_per_caller, 8);
  EXPECT_EQ(config.stream_limits().max_forwarded_per_caller, 7);
}

TEST(AlertingConfig, NamesEachSettingOnce) {
  std::set<std::string> names;
  for (const auto& field : config::Schema<AlertingConfig>().fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
  }
  for (const char* name : {"partitions",
                           "stream_max_count",
                           "stream_max_count_per_caller",
                           "stream_max_count_forwarded_per_caller",
                           "stream_heartbeat_ms",
                           "stream_tail_changes",
                           "stream_batch_changes"}) {
    EXPECT_EQ(names.count(name), 1u) << name;
  }
}

}  // namespace
}  // namespace encours::alerting
