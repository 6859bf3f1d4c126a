// The transactional producer of a simulated client.
//
// What is produced is sent in the background, as the library does after its linger; flush() waits
// for it. One thread: answers come as events of the process.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>

#include "common/sim/log_client.h"

namespace encours::sim {

class SimWriter final : public stream::TransactionalWriter {
 public:
  SimWriter(Broker& broker, ConnectionPtr connection, const ClientSettings& settings)
      : broker_(broker), connection_(std::move(connection)), settings_(settings) {}
  ~SimWriter() override { connection_->close(); }

  Status init() override;
  Status begin() override;
  Status produce(const stream::Outgoing& record) override;
  Status send_offsets(const std::vector<stream::NextOffset>& offsets,
                      stream::GroupReader& reader) override;
  Status commit() override;
  int end_requests() const override { return end_requests_; }
  int stray_offset_requests() const override { return stray_offset_requests_; }
  Status abort() override;
  Status flush() override;
  std::optional<std::int64_t> next_offset_after(
      const stream::TopicPartition& partition) const override;

 private:
  struct Queue {
    std::deque<stream::LogRecord> records;
    std::int64_t next_sequence = 0;
  };
  using ProduceAnswers = std::vector<Broker::ProduceAnswer>;

  void pump();
  void pump_later(std::int64_t ms);
  void register_partitions(std::vector<stream::TopicPartition> fresh);
  std::vector<Broker::Batch> next_batches();
  void send_batches();
  void take_answers(const ProduceAnswers& answers);
  // A request of the background went wrong: sent again until the records are too old.
  void retry_or_fail(Code code);
  void fail(Code code);
  Code end(bool commit);
  // Repeats a request while the coordinator is busy or silent.
  Code insist(const std::function<Code()>& serve, std::int64_t until_ms, int* unanswered = nullptr);
  Error failure(Code code, const char* doing);

  Broker& broker_;
  ConnectionPtr connection_;
  ClientSettings settings_;
  Producer producer_;
  std::uint64_t transaction_ = 0;
  bool open_ = false;
  bool fenced_ = false;
  bool asked_anything_ = false;
  int end_requests_ = 0;
  int stray_offset_requests_ = 0;
  std::map<stream::TopicPartition, Queue> queues_;
  std::set<stream::TopicPartition> registered_;
  std::vector<Broker::Batch> in_flight_;
  std::optional<std::int64_t> in_flight_since_ms_;
  std::size_t unacknowledged_ = 0;
  bool pumping_ = false;
  std::optional<Code> delivery_failure_;
  // Why nothing but an abort is possible any more.
  std::optional<Code> must_abort_;
  std::map<stream::TopicPartition, std::int64_t> next_offsets_;
};

}  // namespace encours::sim
