#include "common/kafka/handles.h"

#include <charconv>
#include <chrono>
#include <cstring>
#include <future>
#include <string_view>
#include <thread>
#include <utility>

namespace encours::kafka {
namespace {

constexpr std::string_view kChangelogNext = "changelog=";

// Another owner has the id, the generation or the partition.
bool is_migration(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
    case RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool end_within(int limit_ms, std::function<void()> end) {
  std::packaged_task<void()> task(std::move(end));
  const auto ended = task.get_future();
  std::thread(std::move(task)).detach();
  if (ended.wait_for(std::chrono::milliseconds(limit_ms)) == std::future_status::ready) return true;
  rd_kafka_log_print(nullptr, 4, "CLOSE",
                     "A consumer does not end; it is left to the end of the process.");
  return false;
}

Error classify(rd_kafka_resp_err_t code, const std::string& why, const char* doing) {
  const std::string text = std::string(doing) + ": " + rd_kafka_err2name(code) + ": " + why;
  if (is_migration(code)) return error(Reaction::kMigrated, "migrated", text);
  switch (code) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return error(Reaction::kRetry, "queue_full", text);
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return fatal("offset_out_of_range", text + ". The log no longer has what must be read next.");
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return fatal("not_authorised", text);
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return fatal("record_too_large", text);
    default:
      return error(Reaction::kAbort, "kafka", text);
  }
}

Error classify(const rd_kafka_error_t& failed, const char* doing) {
  const auto code = rd_kafka_error_code(&failed);
  Error out = classify(code, rd_kafka_error_string(&failed), doing);
  if (out.reaction == Reaction::kAbort && rd_kafka_error_is_retriable(&failed) != 0) {
    out.reaction = Reaction::kRetry;
  }
  return out;
}

PartitionList to_list(const std::vector<stream::TopicPartition>& partitions,
                      const TopicNames& names) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto& at : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), names.read(at.topic).c_str(), at.partition);
  }
  return list;
}

PartitionList to_list(const std::vector<stream::NextOffset>& offsets, const TopicNames& names) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& next : offsets) {
    const std::string topic = names.read(next.at.topic);
    auto* one = rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), next.at.partition);
    one->offset = next.offset;
    if (!next.changelog_next) continue;
    const std::string metadata = std::string(kChangelogNext) + std::to_string(*next.changelog_next);
    one->metadata = ::strdup(metadata.c_str());  // The list frees it.
    one->metadata_size = metadata.size();
  }
  return list;
}

std::optional<std::int64_t> changelog_next_in(const rd_kafka_topic_partition_t& committed) {
  std::string_view metadata(static_cast<const char*>(committed.metadata),
                            committed.metadata == nullptr ? 0 : committed.metadata_size);
  if (!metadata.starts_with(kChangelogNext)) return std::nullopt;
  metadata.remove_prefix(kChangelogNext.size());
  std::int64_t next = 0;
  const auto* end = metadata.data() + metadata.size();
  const auto parsed = std::from_chars(metadata.data(), end, next);
  if (parsed.ec != std::errc() || parsed.ptr != end || next < 0) return std::nullopt;
  return next;
}

stream::LogRecord to_record(const rd_kafka_message_t& message, const TopicNames& names) {
  stream::LogRecord record;
  to_record(message, {names.in_code(rd_kafka_topic_name(message.rkt)), message.partition}, &record);
  return record;
}

void to_record(const rd_kafka_message_t& message, const stream::TopicPartition& at,
               stream::LogRecord* out) {
  if (out->topic != at.topic) out->topic = at.topic;
  out->partition = at.partition;
  out->offset = message.offset;
  out->timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  out->key.assign(static_cast<const char*>(message.key), message.key_len);
  out->tombstone = message.payload == nullptr;
  out->value.assign(static_cast<const char*>(message.payload), out->tombstone ? 0 : message.len);
  out->headers.clear();
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    out->headers.emplace_back(name, std::string(static_cast<const char*>(value), size));
  }
}

}  // namespace encours::kafka
