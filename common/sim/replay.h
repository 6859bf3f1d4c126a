// Reading a partition of a simulated broker from an offset up to a watermark.
#pragma once

#include "common/sim/log_client.h"

namespace encours::sim {

class SimReplay final : public stream::LogReplay {
 public:
  SimReplay(Broker& broker, ConnectionPtr connection, const ClientSettings& settings)
      : broker_(broker), connection_(std::move(connection)), settings_(settings) {}
  ~SimReplay() override { connection_->close(); }

  Result<Range> range(const stream::TopicPartition& partition) override;
  Result<std::int64_t> stable_end(const stream::TopicPartition& partition) override;
  Status replay(const stream::TopicPartition& partition, std::int64_t from, std::int64_t until,
                const std::function<Status(const stream::LogRecord&)>& take,
                const std::function<Status()>& idle) override;

 private:
  Broker& broker_;
  ConnectionPtr connection_;
  ClientSettings settings_;
};

}  // namespace encours::sim
