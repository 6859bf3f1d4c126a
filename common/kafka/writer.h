// The transactional producer of a runner. It lives for as long as every outcome is certain.
//
// An interceptor counts the EndTxn requests (ApiKey 26): a second one within a transaction means
// that the library retried by itself and the first may still arrive. It counts requests with
// offsets (28) without an answer for the same reason. One thread; interceptors run on librdkafka's
// threads and touch atomics only.
#pragma once

#include <atomic>
#include <future>
#include <map>
#include <optional>
#include <vector>

#include "common/kafka/group_reader.h"

namespace encours::kafka {

class KafkaWriter final : public stream::TransactionalWriter {
 public:
  static Result<std::unique_ptr<KafkaWriter>> make(const KafkaSettings& settings);

  Status init() override;
  Status begin() override;
  // Records without headers, of a topic that was written before, take the short way.
  Status produce(const stream::Outgoing& record) override;
  Status send_offsets(const std::vector<stream::NextOffset>& offsets,
                      stream::GroupReader& reader) override;
  Status commit() override;
  int end_requests() const override { return end_txn_sent_; }
  int stray_offset_requests() const override { return offsets_unanswered_; }
  Status abort() override;
  Status flush() override;
  std::optional<std::int64_t> next_offset_after(
      const stream::TopicPartition& partition) const override;

 private:
  struct KnownTopic {
    Topic handle;
    bool is_changelog = false;
  };

  KafkaWriter() = default;
  Status open();
  Status replace_handle();
  Result<const KnownTopic*> topic(const std::string& in_code);
  static void on_delivery(rd_kafka_t* handle, const rd_kafka_message_t* message, void* self);
  static rd_kafka_resp_err_t on_new(rd_kafka_t* handle, const rd_kafka_conf_t* conf, void* self,
                                    char* why, std::size_t why_size);
  static rd_kafka_resp_err_t on_request_sent(rd_kafka_t* handle, int socket, const char* broker,
                                             std::int32_t broker_id, std::int16_t api_key,
                                             std::int16_t api_version, std::int32_t correlation,
                                             std::size_t size, void* self);
  static rd_kafka_resp_err_t on_response(rd_kafka_t* handle, int socket, const char* broker,
                                         std::int32_t broker_id, std::int16_t api_key,
                                         std::int16_t api_version, std::int32_t correlation,
                                         std::size_t size, std::int64_t round_trip_us,
                                         rd_kafka_resp_err_t code, void* self);

  KafkaSettings settings_;
  std::atomic<int> end_txn_sent_{0};
  std::atomic<int> offsets_unanswered_{0};
  std::map<stream::TopicPartition, std::int64_t> next_offsets_;
  std::optional<Error> delivery_failure_;
  Handle handle_;  // Destroyed before what its callbacks touch,
  std::map<std::string, KnownTopic> topics_;  // and after what belongs to it.
  std::vector<std::future<void>> replaced_;  // Their ends, waited for before all of these.
};

}  // namespace encours::kafka
