// Appender: writes records outside any transaction, each acknowledged by all replicas.
//
// For the doors (inbox), the clock and the command log: inputs of record that must be durable
// before their sender is answered. One idempotent producer per process; safe from any thread. A
// rebuild has nothing to say: there, each record is refused.
#pragma once

#include <functional>
#include <memory>

#include "common/kafka/settings.h"
#include "common/stream/log.h"

namespace encours::kafka {

class Appender {
 public:
  // Called once per record, on a thread of the library, with its offset or why it failed.
  using Done = std::function<void(Result<std::int64_t>)>;

  static Result<std::unique_ptr<Appender>> make(const KafkaSettings& settings);
  ~Appender();

  // Queues a record; blocks while the local queue is full. An error means that it was not queued
  // and `done` is not called.
  Status append(stream::Outgoing record, Done done);
  // Queues a record and waits for its acknowledgement.
  Result<std::int64_t> append_and_wait(stream::Outgoing record);
  // Waits until all queued records are acknowledged or have failed.
  Status flush(int timeout_ms);

 private:
  class Impl;
  explicit Appender(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace encours::kafka
