// AlertingConfig: the settings of the alerting service: those that all services have, and how it
// serves streams of alerts.
//
// Values are read once at start; nothing here changes while the process runs.
#pragma once

#include "common/service/service_config.h"
#include "services/alerting/query/feed_core.h"
#include "services/alerting/stream_limits.h"

namespace encours::alerting {

struct AlertingConfig : ServiceConfig {
  std::int32_t stream_max_count = 20'000;
  std::int32_t stream_max_count_per_caller = 64;
  std::int32_t stream_max_count_forwarded_per_caller = 1'024;
  std::int32_t stream_heartbeat_ms = 5'000;
  std::int32_t stream_tail_changes = 512;
  std::int32_t stream_batch_changes = 64;

  static void describe(config::Schema<AlertingConfig>& schema) {
    describe_in(schema);
    schema.field("stream_max_count",
                 &AlertingConfig::stream_max_count,
                 "Streams of alerts that may be open at a time.",
                 config::between(1, 100'000));
    schema.field("stream_max_count_per_caller",
                 &AlertingConfig::stream_max_count_per_caller,
                 "Streams of alerts that one caller may have open at a time.",
                 config::between(1, 100'000));
    schema.field("stream_max_count_forwarded_per_caller",
                 &AlertingConfig::stream_max_count_forwarded_per_caller,
                 "Streams of alerts that other instances may have open here for one caller.",
                 config::between(1, 100'000));
    schema.field("stream_heartbeat_ms",
                 &AlertingConfig::stream_heartbeat_ms,
                 "How often a quiet stream brings its cursor.",
                 config::between(500, 600'000));
    schema.field("stream_tail_changes",
                 &AlertingConfig::stream_tail_changes,
                 "Newest changes of a followed tenant that are kept in memory.",
                 config::between(1, 100'000));
    schema.field("stream_batch_changes",
                 &AlertingConfig::stream_batch_changes,
                 "Changes that may wait in memory for one slow reader.",
                 config::between(1, 10'000));
  }

  StreamLimits stream_limits() const {
    return {stream_max_count, stream_max_count_per_caller, stream_max_count_forwarded_per_caller};
  }

  FeedOptions feed_options() const {
    FeedOptions options;
    options.partitions = partitions;
    options.heartbeat_ms = stream_heartbeat_ms;
    options.tail_changes = static_cast<std::size_t>(stream_tail_changes);
    options.batch_changes = static_cast<std::size_t>(stream_batch_changes);
    return options;
  }
};

}  // namespace encours::alerting
