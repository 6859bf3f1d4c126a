#include "common/kafka/appender.h"

#include <atomic>
#include <future>
#include <thread>

namespace encours::kafka {
namespace {

constexpr int kPollMs = 50;
constexpr int kMetadataMs = 2000;

// What one record suffers. No transaction is lost here, and a record that is too large is its
// sender's matter, not the end of the process.
Error classify_append(rd_kafka_resp_err_t code, const std::string& why) {
  Error failed = classify(code, why, "append");
  if (failed.reaction == Reaction::kAbort) failed.reaction = Reaction::kRetry;
  if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) failed.reaction = Reaction::kRefused;
  return failed;
}

}  // namespace

class Appender::Impl {
 public:
  static Result<std::unique_ptr<Impl>> make(const KafkaSettings& settings) {
    std::unique_ptr<Impl> impl(new Impl());
    impl->names_ = settings.names;
    ENCOURS_ASSIGN(Conf conf, common_conf(settings));
    ENCOURS_TRY(set(conf.get(), "message.max.bytes", std::to_string(kMaxMessageBytes)));
    for (const auto& [name, value] : {std::pair{"enable.idempotence", "true"},
                                      {"linger.ms", "2"},
                                      {"batch.size", "1000000"},
                                      {"compression.type", settings.compression.c_str()},
                                      {"message.timeout.ms", "30000"},
                                      {"queue.buffering.max.messages", "200000"}}) {
      ENCOURS_TRY(set(conf.get(), name, value));
    }
    rd_kafka_conf_set_dr_msg_cb(conf.get(), &Impl::on_delivery);
    char why[512];
    impl->handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why, sizeof why));
    if (!impl->handle_) return fatal("kafka_producer", why);
    static_cast<void>(conf.release());  // The handle owns it now.
    // Fills the library's cache of topics: one that is not in it is looked up once a second only.
    // Without an answer the first record waits for that, no more.
    const rd_kafka_metadata_t* metadata = nullptr;
    if (rd_kafka_metadata(impl->handle_.get(), 1, nullptr, &metadata, kMetadataMs) ==
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_metadata_destroy(metadata);
    }
    impl->poller_ = std::jthread([handle = impl->handle_.get()](std::stop_token stop) {
      while (!stop.stop_requested()) rd_kafka_poll(handle, kPollMs);
    });
    return impl;
  }

  ~Impl() {
    if (handle_) rd_kafka_flush(handle_.get(), 5000);
  }

  Status append(stream::Outgoing record, Done done) {
    if (names_.is_rebuild()) {
      return refused("rebuild", "", "This process only rebuilds: nothing new can be written here.");
    }
    auto waiting = std::make_unique<Done>(std::move(done));
    const std::string topic = names_.written(record.topic);
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers) {
      rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    }
    void* value = record.value ? record.value->data() : nullptr;
    const std::size_t size = record.value ? record.value->size() : 0;
    const auto code = rd_kafka_producev(
        handle_.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(record.partition),
        RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
        RD_KAFKA_V_VALUE(value, size),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(waiting.get()), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_headers_destroy(headers);
      return classify_append(code, record.topic);
    }
    static_cast<void>(waiting.release());  // on_delivery takes it back.
    return {};
  }

  Status flush(int timeout_ms) {
    const auto code = rd_kafka_flush(handle_.get(), timeout_ms);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return error(Reaction::kRetry, "flush", "Kafka did not acknowledge in time.");
  }

 private:
  Impl() = default;

  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    std::unique_ptr<Done> done(static_cast<Done*>(message->_private));
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      (*done)(message->offset);
    } else {
      (*done)(classify_append(message->err, rd_kafka_err2str(message->err)));
    }
  }

  TopicNames names_;
  Handle handle_;
  std::jthread poller_;  // Last: stops before the handle goes.
};

Appender::Appender(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Appender::~Appender() = default;

Result<std::unique_ptr<Appender>> Appender::make(const KafkaSettings& settings) {
  ENCOURS_ASSIGN(auto impl, Impl::make(settings));
  return std::unique_ptr<Appender>(new Appender(std::move(impl)));
}

Status Appender::append(stream::Outgoing record, Done done) {
  return impl_->append(std::move(record), std::move(done));
}

Result<std::int64_t> Appender::append_and_wait(stream::Outgoing record) {
  auto promise = std::make_shared<std::promise<Result<std::int64_t>>>();
  auto answer = promise->get_future();
  ENCOURS_TRY(append(std::move(record), [promise](Result<std::int64_t> result) {
    promise->set_value(std::move(result));
  }));
  return answer.get();
}

Status Appender::flush(int timeout_ms) { return impl_->flush(timeout_ms); }

}  // namespace encours::kafka
