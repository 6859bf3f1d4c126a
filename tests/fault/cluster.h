// Cluster: three real Kafkas that replicate, to be killed and rolled one by one.
//
// Each is broker and controller, on ports and data of its own (broker.h); topics and the cluster's
// own have three replicas, of which two must have a record before it is acknowledged. One thread.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/fault/broker.h"

namespace encours::test {

class Cluster {
 public:
  static constexpr std::size_t kNodes = 3;

  explicit Cluster(const std::filesystem::path& dir);

  // Starts all at once: none serves before a majority of controllers is there.
  Status start();
  Broker& node(std::size_t i) { return *nodes_.at(i); }
  std::string bootstrap_servers() const;
  bool dropped_markers() const;

 private:
  std::array<std::unique_ptr<Broker>, kNodes> nodes_;
};

}  // namespace encours::test
