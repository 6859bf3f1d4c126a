// Installation: one run of the tally on a real cluster, under a prefix of its own.
//
// It makes the topics, feeds the input in parts, and starts instances (each with a data folder that
// outlives its process). Everything it starts is ended by the destructor; the folder is kept when a
// test has failed, with the output of every process, and its path is printed. One thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/kafka/appender.h"
#include "common/kafka/settings.h"
#include "tests/fault/generator.h"
#include "tests/fault/nemesis.h"

namespace encours::test {

// What the topics of a run are made with.
struct TopicOptions {
  std::int16_t replication = 1;
  // cleanup.policy is compact where nothing else is said.
  std::vector<std::pair<std::string, std::string>> changelog;
};

// How an instance is started where it matters.
struct Launch {
  Environment environment;
  // Its name in the group and of its transactions; empty: the instance's own.
  std::string member;
  // A command that becomes the instance: prlimit and the like, with its arguments.
  std::vector<std::string> through;
};

class Installation {
 public:
  static Result<std::unique_ptr<Installation>> make(const std::string& bootstrap_servers,
                                                    const Workload& workload,
                                                    const TopicOptions& topics = {});
  ~Installation();

  // Appends the input up to record `until`, acknowledged when this returns.
  Status feed(std::size_t until);
  Status feed_all() { return feed(workload_.records.size()); }

  // Instances know the cluster by another address than the harness: that of a proxy.
  void lead_instances_to(const std::string& address) { instances_know_ = address; }
  // Starts (or starts again) an instance. The environment of every start is kept by `set`.
  Process& start(const std::string& instance, const Environment& extra = {}) {
    return start_as(instance, {.environment = extra, .member = {}, .through = {}});
  }
  Process& start_as(const std::string& instance, const Launch& launch);
  Process& process(const std::string& instance) { return *processes_.at(instance); }
  void set(const std::string& name, const std::string& value) { environment_[name] = value; }
  // Ends all instances by SIGTERM; false if one does not leave cleanly in time.
  bool stop_all(std::int64_t timeout_ms);

  std::filesystem::path data_dir(const std::string& instance) const { return root_ / instance; }
  // Where an instance keeps the rows of a partition.
  std::filesystem::path store_dir(const std::string& instance, std::int32_t partition) const {
    return data_dir(instance) / "tally" / ("p-" + std::to_string(partition));
  }
  // Folders of all instances that were ever started.
  std::vector<std::filesystem::path> data_dirs() const;
  std::filesystem::path scratch_dir(const std::string& name) const { return root_ / name; }
  kafka::KafkaSettings settings() const;
  const Workload& workload() const { return workload_; }

 private:
  explicit Installation(const Workload& workload) : workload_(workload) {}
  Status create_topics(const TopicOptions& options);

  const Workload& workload_;
  std::string bootstrap_servers_;
  std::string instances_know_;
  std::string prefix_;
  std::filesystem::path root_;
  std::unique_ptr<kafka::Appender> appender_;
  std::size_t fed_ = 0;
  Environment environment_;
  std::map<std::string, std::unique_ptr<Process>> processes_;
  std::map<std::string, int> starts_;
};

// Where the programs under test are: ENCOURS_BIN, else the folder of this test.
std::filesystem::path program(const std::string& name);

}  // namespace encours::test
