// Fleet: the instances of a run, as processes, and the ways to them.
//
// It makes the topics and the configurations, starts, drains and kills, and knows who takes calls.
// Each start of an instance has a channel of its own. One thread calls it; draw() alone may be
// called by any. Everything it started is ended by the destructor; the folder stays with the logs.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/rpc/client.h"
#include "common/rpc/testing/tokens.h"
#include "elastic.grpc.pb.h"
#include "encours/stream/v1alpha1/runtime_service.grpc.pb.h"
#include "tests/fault/nemesis.h"
#include "tests/perf/elastic/plan.h"

namespace encours::perf {

struct FleetOptions {
  std::filesystem::path folder;
  // Of the instances a, b, c.
  std::vector<int> ports;
  int session_timeout_ms = 6000;
};

// An instance from one start to its end.
struct Target {
  std::string name;
  std::unique_ptr<rpc::Client> client;
  std::unique_ptr<test::elastic::ElasticService::Stub> elastic;
  std::unique_ptr<encours::stream::v1alpha1::RuntimeService::Stub> runtime;
  // It was killed or told to drain: nobody is sent to it any more.
  std::atomic<bool> has_gone{false};
};

class Fleet {
 public:
  static Result<std::unique_ptr<Fleet>> make(const Plan& plan, const FleetOptions& options);

  Status start(const std::string& name);
  void kill(const std::string& name);
  void drain(const std::string& name);
  // How it ended, or nothing when it still lives after the time.
  std::optional<test::Ended> await_end(const std::string& name, std::int64_t timeout_ms);

  // Of the partitions that run, how many each instance has, the most first; empty while an instance
  // is not ready, or a partition is nobody's.
  std::vector<int> spread();
  // Of all processes so far. What a process used in its last moments may be missing.
  double cpu_seconds();

  // One of those that take calls, shared with the calls on their way; null where there is none.
  std::shared_ptr<Target> draw(std::uint64_t drawn);

 private:
  struct Instance {
    int port = 0;
    std::unique_ptr<test::Process> process;
    std::shared_ptr<Target> target;
    int starts = 0;
    double cpu_seconds = 0;  // Of this process,
    double cpu_before = 0;   // and of those before it.
  };

  Fleet(const Plan& plan, const FleetOptions& options) : plan_(plan), options_(options) {}
  Status create_topics();
  Status write_config(const std::string& name, const Instance& instance) const;
  Result<std::shared_ptr<Target>> open(const std::string& name, const Instance& instance) const;
  void let_go(const std::string& name);

  const Plan& plan_;
  FleetOptions options_;
  rpc::testing::TestIssuer issuer_;
  std::string token_file_;
  std::map<std::string, Instance> instances_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Target>> takes_calls_;
};

}  // namespace encours::perf
