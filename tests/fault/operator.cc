#include "tests/fault/operator.h"

#include <functional>

namespace encours::test {
namespace {

using kafka::Deleter;
using kafka::Handle;

constexpr int kAnswerMs = 30000;

Result<Handle> make_client(const kafka::KafkaSettings& settings) {
  ENCOURS_ASSIGN(kafka::Conf conf, kafka::common_conf(settings));
  char why[512];
  Handle handle(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why, sizeof why));
  if (!handle) return fatal("operator", why);
  static_cast<void>(conf.release());  // The handle owns it now.
  return handle;
}

// Sends a request of the Admin API and waits for its answer.
Result<kafka::Event> ask(const kafka::KafkaSettings& settings, const char* doing,
                         const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& send) {
  ENCOURS_ASSIGN(const Handle client, make_client(settings));
  const kafka::Queue queue(rd_kafka_queue_new(client.get()));
  send(client.get(), queue.get());
  kafka::Event event(rd_kafka_queue_poll(queue.get(), kAnswerMs));
  if (!event) return fatal("operator", std::string(doing) + ": no answer");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return fatal("operator",
                 std::string(doing) + ": " + rd_kafka_event_error_string(event.get()));
  }
  return event;
}

Status all_good(const rd_kafka_topic_partition_list_t* partitions, const char* doing) {
  for (int i = 0; i < partitions->cnt; ++i) {
    const auto code = partitions->elems[i].err;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return fatal("operator", std::string(doing) + ": " + rd_kafka_err2str(code));
    }
  }
  return {};
}

Status all_good(const rd_kafka_group_result_t** groups, std::size_t count, const char* doing) {
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto* failed = rd_kafka_group_result_error(groups[i])) {
      return fatal("operator", std::string(doing) + ": " + rd_kafka_error_string(failed));
    }
    const auto* partitions = rd_kafka_group_result_partitions(groups[i]);
    if (partitions != nullptr) ENCOURS_TRY(all_good(partitions, doing));
  }
  return {};
}

}  // namespace

Status delete_records(const kafka::KafkaSettings& settings,
                      const std::vector<stream::NextOffset>& before) {
  const auto list = to_list(before, settings.names);
  std::unique_ptr<rd_kafka_DeleteRecords_t, Deleter<rd_kafka_DeleteRecords_destroy>> request(
      rd_kafka_DeleteRecords_new(list.get()));
  ENCOURS_ASSIGN(const auto event, ask(settings, "delete records", [&](auto* client, auto* queue) {
                   auto* one = request.get();
                   rd_kafka_DeleteRecords(client, &one, 1, nullptr, queue);
                 }));
  return all_good(rd_kafka_DeleteRecords_result_offsets(
                      rd_kafka_event_DeleteRecords_result(event.get())),
                  "delete records");
}

Status delete_group(const kafka::KafkaSettings& settings) {
  std::unique_ptr<rd_kafka_DeleteGroup_t, Deleter<rd_kafka_DeleteGroup_destroy>> request(
      rd_kafka_DeleteGroup_new(settings.names.id(settings.group_id).c_str()));
  ENCOURS_ASSIGN(const auto event, ask(settings, "delete group", [&](auto* client, auto* queue) {
                   auto* one = request.get();
                   rd_kafka_DeleteGroups(client, &one, 1, nullptr, queue);
                 }));
  std::size_t count = 0;
  const auto* result = rd_kafka_event_DeleteGroups_result(event.get());
  const auto** groups = rd_kafka_DeleteGroups_result_groups(result, &count);
  return all_good(groups, count, "delete group");
}

Status delete_offsets(const kafka::KafkaSettings& settings,
                      const std::vector<stream::TopicPartition>& of) {
  const auto list = to_list(of, settings.names);
  std::unique_ptr<rd_kafka_DeleteConsumerGroupOffsets_t,
                  Deleter<rd_kafka_DeleteConsumerGroupOffsets_destroy>>
      request(rd_kafka_DeleteConsumerGroupOffsets_new(
          settings.names.id(settings.group_id).c_str(), list.get()));
  ENCOURS_ASSIGN(const auto event, ask(settings, "delete offsets", [&](auto* client, auto* queue) {
                   auto* one = request.get();
                   rd_kafka_DeleteConsumerGroupOffsets(client, &one, 1, nullptr, queue);
                 }));
  std::size_t count = 0;
  const auto* result = rd_kafka_event_DeleteConsumerGroupOffsets_result(event.get());
  const auto** groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(result, &count);
  return all_good(groups, count, "delete offsets");
}

Status set_offsets(const kafka::KafkaSettings& settings,
                   const std::vector<stream::NextOffset>& offsets) {
  ENCOURS_ASSIGN(kafka::Conf conf, kafka::common_conf(settings));
  ENCOURS_TRY(kafka::set(conf.get(), "group.id", settings.names.id(settings.group_id)));
  char why[512];
  const Handle client(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), why, sizeof why));
  if (!client) return fatal("operator", why);
  static_cast<void>(conf.release());  // The handle owns it now.
  const auto list = to_list(offsets, settings.names);
  const auto code = rd_kafka_commit(client.get(), list.get(), 0);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return fatal("operator", rd_kafka_err2str(code));
  return all_good(list.get(), "set offsets");
}

}  // namespace encours::test
