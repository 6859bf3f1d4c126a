// RAII over the C handles of librdkafka, and its error classes mapped to our reactions.
//
// Included only inside common/kafka. Handles are owned by one object each and closed in its
// destructor; a fenced consumer is closed before it is destroyed (measured: 10 ms).
#pragma once

#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/kafka/topic_names.h"
#include "common/stream/log_client.h"

namespace encours::kafka {

template <auto Destroy>
struct Deleter {
  template <class T>
  void operator()(T* handle) const {
    if (handle != nullptr) Destroy(handle);
  }
};

using Handle = std::unique_ptr<rd_kafka_t, Deleter<rd_kafka_destroy>>;
using Conf = std::unique_ptr<rd_kafka_conf_t, Deleter<rd_kafka_conf_destroy>>;
using Message = std::unique_ptr<rd_kafka_message_t, Deleter<rd_kafka_message_destroy>>;
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                      Deleter<rd_kafka_topic_partition_list_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;
using Topic = std::unique_ptr<rd_kafka_topic_t, Deleter<rd_kafka_topic_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;
using GroupMetadata = std::unique_ptr<rd_kafka_consumer_group_metadata_t,
                                      Deleter<rd_kafka_consumer_group_metadata_destroy>>;
using RdError = std::unique_ptr<rd_kafka_error_t, Deleter<rd_kafka_error_destroy>>;
using Admin = std::unique_ptr<rd_kafka_AdminOptions_t, Deleter<rd_kafka_AdminOptions_destroy>>;

// For the end of a consumer, which may never come: a topic that was deleted while it was read can
// leave a reference behind in the library (librdkafka issues 4362 and 3954), and its last call for
// an assignment can be dropped unanswered. False: it is left to the end of the process, with all
// that `end` holds, and standard error says so.
bool end_within(int limit_ms, std::function<void()> end);

// The reaction to an error object of the transactional API, by its three bits; none set means that
// this producer can't go on.
Error classify(const rd_kafka_error_t& error, const char* doing);
// The same for a bare code.
Error classify(rd_kafka_resp_err_t code, const std::string& why, const char* doing);

// Topic names carry the installation's prefix in the cluster and nowhere else.
PartitionList to_list(const std::vector<stream::TopicPartition>& partitions,
                      const TopicNames& names);
PartitionList to_list(const std::vector<stream::NextOffset>& offsets, const TopicNames& names);
// What to_list has put into the metadata of a committed offset.
std::optional<std::int64_t> changelog_next_in(const rd_kafka_topic_partition_t& committed);
stream::LogRecord to_record(const rd_kafka_message_t& message, const TopicNames& names);
// The same into memory that is used again.
void to_record(const rd_kafka_message_t& message, const stream::TopicPartition& at,
               stream::LogRecord* out);

}  // namespace encours::kafka
