#include "common/kafka/log_ends.h"

#include "common/time/clock.h"

namespace encours::kafka {
namespace {

// Of one question; a leader that is there answers within milliseconds.
constexpr int kLeaderMs = 1000;
constexpr int kAgainMs = 20;

rd_kafka_resp_err_t ask(rd_kafka_t* client, const std::string& topic, std::int32_t partition,
                        std::int64_t which, std::int64_t* found) {
  PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = which;
  const auto code = rd_kafka_offsets_for_times(client, list.get(), kLeaderMs);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
  *found = list->elems[0].offset;
  return list->elems[0].err;
}

}  // namespace

Result<stream::LogReplay::Range> log_range(rd_kafka_t* client, const std::string& topic,
                                           std::int32_t partition, int timeout_ms) {
  SystemClock clock;
  const std::int64_t until_ms = clock.monotonic_ms() + timeout_ms;
  while (true) {
    stream::LogReplay::Range range;
    auto code = ask(client, topic, partition, RD_KAFKA_OFFSET_BEGINNING, &range.low);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      code = ask(client, topic, partition, RD_KAFKA_OFFSET_END, &range.high);
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return range;
    const std::int64_t left_ms = until_ms - clock.monotonic_ms();
    if (left_ms <= 0) {
      return error(Reaction::kRetry, "watermarks", topic + ": " + rd_kafka_err2str(code));
    }
    // A partition of a moment ago may have no leader yet, and the answer to that comes at once.
    clock.sleep_for(kAgainMs);
    ENCOURS_TRY(learn_leaders(client, topic, static_cast<int>(left_ms)));
  }
}

Status learn_leaders(rd_kafka_t* client, const std::string& topic, int timeout_ms) {
  rd_kafka_topic_t* one = rd_kafka_topic_new(client, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = rd_kafka_metadata(client, 0, one, &metadata, timeout_ms);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(one);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return error(Reaction::kRetry, "metadata", topic + ": " + rd_kafka_err2str(code));
}

}  // namespace encours::kafka
