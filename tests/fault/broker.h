// Broker: a real Kafka of a test's own, to be killed and started again on the same data.
//
// It is started as people start one, by tests/lib/broker, on a free port of the loopback. The
// destructor kills it; its data are in the folder that is given. One thread.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/result.h"

namespace encours::test {

class Broker {
 public:
  explicit Broker(std::filesystem::path dir) : dir_(std::move(dir)) {}
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // Returns when it serves; again after kill(), on the same port and data.
  Status start();
  Status kill();
  // True where its log says that it left out marks of transactions because partitions had no leader
  // yet. That is a defect of Kafka 4.3 (KAFKA-20734): what was aborted may then be read as
  // committed.
  bool dropped_markers() const;
  std::string bootstrap_servers() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  Status call(const std::string& verb, std::int64_t timeout_ms);

  std::filesystem::path dir_;
  int port_ = 0;
  bool started_ = false;
};

}  // namespace encours::test
