#include "common/kafka/writer.h"

#include <algorithm>
#include <utility>

#include "common/base/fault_point.h"

namespace encours::kafka {
namespace {

// Kafka protocol keys of the requests that faults are aimed at.
constexpr std::int16_t kEndTxn = 26;
constexpr std::int16_t kAddPartitionsToTxn = 24;
constexpr std::int16_t kAddOffsetsToTxn = 25;
constexpr std::int16_t kTxnOffsetCommit = 28;

const char* request_name(std::int16_t api_key) {
  switch (api_key) {
    case kEndTxn: return "EndTxn";
    case kAddPartitionsToTxn: return "AddPartitionsToTxn";
    case kAddOffsetsToTxn: return "AddOffsetsToTxn";
    case kTxnOffsetCommit: return "TxnOffsetCommit";
    default: return nullptr;
  }
}

constexpr int kFirstInitMs = 25;

bool is_changelog(const std::string& topic) { return topic.ends_with(".changelog"); }

}  // namespace

Result<std::unique_ptr<KafkaWriter>> KafkaWriter::make(const KafkaSettings& settings) {
  std::unique_ptr<KafkaWriter> writer(new KafkaWriter());
  writer->settings_ = settings;
  ENCOURS_TRY(writer->open());
  return writer;
}

Status KafkaWriter::open() {
  ENCOURS_ASSIGN(Conf conf, writer_conf(settings_));
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &KafkaWriter::on_delivery);
  rd_kafka_conf_interceptor_add_on_new(conf.get(), "encours", &KafkaWriter::on_new, this);
  char why[512];
  handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why, sizeof why));
  if (!handle_) return fatal("kafka_producer", why);
  static_cast<void>(conf.release());  // The handle owns it now.
  return {};
}

// The end of the old one takes longer than what was to be saved.
Status KafkaWriter::replace_handle() {
  replaced_.push_back(
      std::async(std::launch::async, [old = std::move(handle_)]() mutable { old.reset(); }));
  return open();
}

rd_kafka_resp_err_t KafkaWriter::on_new(rd_kafka_t* handle, const rd_kafka_conf_t*, void* self,
                                        char*, std::size_t) {
  rd_kafka_interceptor_add_on_request_sent(handle, "encours", &KafkaWriter::on_request_sent, self);
  return rd_kafka_interceptor_add_on_response_received(handle, "encours", &KafkaWriter::on_response,
                                                       self);
}

rd_kafka_resp_err_t KafkaWriter::on_request_sent(rd_kafka_t*, int, const char*, std::int32_t,
                                                 std::int16_t api_key, std::int16_t, std::int32_t,
                                                 std::size_t, void* self) {
  auto& writer = *static_cast<KafkaWriter*>(self);
  if (api_key == kEndTxn) ++writer.end_txn_sent_;
  if (api_key == kTxnOffsetCommit) ++writer.offsets_unanswered_;
  if (const char* name = request_name(api_key)) pass_fault_point(std::string("sent.") + name);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t KafkaWriter::on_response(rd_kafka_t*, int, const char*, std::int32_t,
                                             std::int16_t api_key, std::int16_t, std::int32_t,
                                             std::size_t, std::int64_t, rd_kafka_resp_err_t,
                                             void* self) {
  if (api_key == kTxnOffsetCommit) --static_cast<KafkaWriter*>(self)->offsets_unanswered_;
  if (const char* name = request_name(api_key)) pass_fault_point(std::string("answered.") + name);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void KafkaWriter::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  auto& writer = *static_cast<KafkaWriter*>(self);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (!writer.delivery_failure_) {
      writer.delivery_failure_ =
          classify(message->err,
                   rd_kafka_topic_name(message->rkt) + std::string(": not delivered"),
                   "produce");
    }
    return;
  }
  if (message->_private == nullptr) return;  // Only changelog positions are asked for.
  auto& next = writer.next_offsets_[{
      writer.settings_.names.in_code(rd_kafka_topic_name(message->rkt)),
      message->partition}];
  next = std::max(next, message->offset + 1);
}

// Where the last owner of the id has left a transaction open, the broker answers that it ends that
// one first, within milliseconds; the library asks again after 500 ms, a new handle at once. A call
// that ends in what may pass goes on with the next one.
Status KafkaWriter::init() {
  int left_ms = settings_.operation_timeout_ms * 3;
  for (int wait_ms = kFirstInitMs;; wait_ms = std::min(2 * wait_ms, left_ms)) {
    RdError failed(rd_kafka_init_transactions(handle_.get(), wait_ms));
    if (!failed) break;
    left_ms -= wait_ms;
    const bool may_pass = rd_kafka_error_is_retriable(failed.get()) != 0;
    if (!may_pass || left_ms <= 0) {
      Error why = classify(*failed, "init_transactions");
      // Nothing has been promised yet, so a time-out here is a plain retry by a new writer.
      if (why.reaction == Reaction::kAbort) why.reaction = Reaction::kRetry;
      return why;
    }
    const bool ends_another =
        rd_kafka_error_code(failed.get()) == RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS;
    if (ends_another) ENCOURS_TRY(replace_handle());
  }
  // A topic that is not in the library's cache is looked up once a second: a first transaction that
  // writes three topics would take up to three seconds.
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code =
      rd_kafka_metadata(handle_.get(), 1, nullptr, &metadata, settings_.operation_timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kRetry, "metadata", rd_kafka_err2str(code));
  }
  rd_kafka_metadata_destroy(metadata);
  return {};
}

Status KafkaWriter::begin() {
  end_txn_sent_ = 0;
  offsets_unanswered_ = 0;
  delivery_failure_.reset();
  RdError failed(rd_kafka_begin_transaction(handle_.get()));
  if (failed) return classify(*failed, "begin");
  return {};
}

// A look-up by name is a walk through all topics under a lock, for each record.
Result<const KafkaWriter::KnownTopic*> KafkaWriter::topic(const std::string& in_code) {
  const auto [found, fresh] = topics_.try_emplace(in_code);
  if (!fresh) return &found->second;
  const std::string name = settings_.names.written(in_code);
  found->second.is_changelog = is_changelog(in_code);
  found->second.handle.reset(rd_kafka_topic_new(handle_.get(), name.c_str(), nullptr));
  if (found->second.handle) return &found->second;
  topics_.erase(found);
  return classify(rd_kafka_last_error(), name, "topic");
}

Status KafkaWriter::produce(const stream::Outgoing& record) {
  ENCOURS_ASSIGN(const KnownTopic* topic, this->topic(record.topic));
  rd_kafka_headers_t* headers = nullptr;
  if (!record.headers.empty()) {
    headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers) {
      rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    }
  }
  void* value = record.value ? const_cast<char*>(record.value->data()) : nullptr;
  const std::size_t size = record.value ? record.value->size() : 0;
  void* opaque = topic->is_changelog ? this : nullptr;
  for (int round = 0;; ++round) {
    auto code = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (headers == nullptr) {
      const int queued = rd_kafka_produce(topic->handle.get(), record.partition,
                                          RD_KAFKA_MSG_F_COPY, value, size, record.key.data(),
                                          record.key.size(), opaque);
      if (queued != 0) code = rd_kafka_last_error();
    } else {
      code = rd_kafka_producev(handle_.get(),
                               RD_KAFKA_V_RKT(topic->handle.get()),
                               RD_KAFKA_V_PARTITION(record.partition),
                               RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
                               RD_KAFKA_V_VALUE(value, size),
                               RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                               RD_KAFKA_V_OPAQUE(opaque),
                               RD_KAFKA_V_HEADERS(headers),
                               RD_KAFKA_V_END);
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    // The local queue is full: let deliveries drain it; a minute of that is a broker that is gone.
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && round < 600) {
      rd_kafka_poll(handle_.get(), 100);
      continue;
    }
    if (headers != nullptr) rd_kafka_headers_destroy(headers);
    return classify(code, record.topic, "produce");
  }
}

Status KafkaWriter::flush() {
  const auto code = rd_kafka_flush(handle_.get(), settings_.operation_timeout_ms);
  if (delivery_failure_) return *delivery_failure_;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error(Reaction::kAbort, "flush", std::string("flush: ") + rd_kafka_err2str(code));
  }
  return {};
}

Status KafkaWriter::send_offsets(const std::vector<stream::NextOffset>& offsets,
                                 stream::GroupReader& reader) {
  auto& group = dynamic_cast<KafkaGroupReader&>(reader);
  GroupMetadata metadata = group.metadata();
  if (mutation_is_on("skip_group_metadata")) {
    // The broken rule: without member and generation the broker can't tell a zombie.
    metadata.reset(rd_kafka_consumer_group_metadata_new(
        settings_.names.id(settings_.group_id).c_str()));
  }
  if (!metadata) return error(Reaction::kMigrated, "no_membership", "not a member of the group");
  PartitionList list = to_list(offsets, settings_.names);
  RdError failed(rd_kafka_send_offsets_to_transaction(handle_.get(), list.get(), metadata.get(),
                                                      settings_.operation_timeout_ms));
  if (!failed) return {};
  Error why = classify(*failed, "send offsets");
  if (why.reaction == Reaction::kRetry) why.reaction = Reaction::kAbort;
  return why;
}

Status KafkaWriter::commit() {
  RdError failed(rd_kafka_commit_transaction(handle_.get(), settings_.operation_timeout_ms));
  if (delivery_failure_) return *delivery_failure_;
  if (failed) {
    Error why = classify(*failed, "commit");
    if (why.reaction == Reaction::kRetry) why.reaction = Reaction::kAbort;
    return why;
  }
  return {};
}

Status KafkaWriter::abort() {
  RdError failed(rd_kafka_abort_transaction(handle_.get(), settings_.operation_timeout_ms));
  if (failed) return classify(*failed, "abort");
  return {};
}

std::optional<std::int64_t> KafkaWriter::next_offset_after(
    const stream::TopicPartition& partition) const {
  const auto found = next_offsets_.find(partition);
  if (found == next_offsets_.end()) return std::nullopt;
  return found->second;
}

}  // namespace encours::kafka
