// The consumer of a simulated client: membership in a group, positions by itself.
//
// Heartbeats, joining and fetching go on in the background, as events of the process; rebalances
// and records are handed over inside poll(). One thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/sim/log_client.h"

namespace encours::sim {

class SimReader final : public stream::GroupReader {
 public:
  SimReader(Broker& broker, ConnectionPtr connection, const ClientSettings& settings);
  ~SimReader() override { close(); }

  Status subscribe(const std::vector<std::string>& topics,
                   stream::RebalanceListener* listener) override;
  Status poll(int timeout_ms, std::size_t max_records,
              std::vector<stream::FetchedRun>* out) override;
  void read(const stream::TopicPartition& at, const stream::Fetched& record,
            stream::LogRecord* out) const override;
  Result<std::vector<stream::NextOffset>> stable_committed(
      const std::vector<stream::TopicPartition>& partitions) override;
  Status start(const std::vector<stream::NextOffset>& positions) override;
  Status stop(const std::vector<stream::TopicPartition>& partitions) override;
  Status pause(const stream::TopicPartition& partition) override;
  Status resume(const stream::TopicPartition& partition) override;
  End end_of(const stream::TopicPartition& partition) const override;
  std::optional<std::int32_t> generation() const override;
  Status rejoin() override;
  void close() override;

  // As it is now.
  const Membership& membership() const { return membership_; }

 private:
  // kRevoking: the application has to let go, inside its next poll, before the member joins again.
  enum class Standing { kOut, kJoining, kAssigned, kRevoking };
  struct Position {
    std::int64_t next_fetched = 0;
    std::int64_t next_handed_over = 0;
    std::optional<std::int64_t> high;
    std::int64_t end_fetched = 0;
    std::int64_t reached = 0;
    bool paused = false;
  };
  using FetchAnswers = std::vector<std::pair<stream::TopicPartition, PartitionLog::Fetched>>;

  void join();
  void join_later();
  void take_join(std::optional<JoinAnswer> answer);
  void sync();
  void take_sync(std::optional<SyncAnswer> answer);
  void heartbeat();
  void take_heartbeat(std::optional<Code> code);
  void give_up_membership(Code code);
  Status tell_rebalance();
  void hand_over(std::size_t max_records, std::vector<stream::FetchedRun>* out);
  void fetch();
  void fetch_later(std::int64_t ms);
  void take_fetched(std::uint64_t epoch, std::optional<FetchAnswers> answers);
  // What was fetched ahead is thrown away; fetching goes on behind what was handed over.
  void fetch_anew();
  void fail(std::string code, std::string message);

  Broker& broker_;
  ConnectionPtr connection_;
  ClientSettings settings_;
  stream::RebalanceListener* listener_ = nullptr;
  std::vector<std::string> topics_;
  Membership membership_;
  Standing standing_ = Standing::kOut;
  std::uint64_t membership_turn_ = 0;
  bool heart_beats_ = false;
  bool told_assigned_ = false;
  std::optional<std::vector<stream::TopicPartition>> assigned_;
  std::int64_t polled_ms_ = 0;
  std::optional<Error> fatal_;
  bool poll_exceeded_ = false;

  std::map<stream::TopicPartition, Position> positions_;
  std::deque<stream::LogRecord> fetched_;
  std::uint64_t fetch_epoch_ = 0;
  bool fetching_ = false;
  bool closed_ = false;
};

}  // namespace encours::sim
