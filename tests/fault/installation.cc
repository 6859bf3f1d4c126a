#include "tests/fault/installation.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <mutex>

#include "common/base/check.h"
#include "common/kafka/admin.h"

namespace encours::test {
namespace fs = std::filesystem;

namespace {

constexpr int kFlushMs = 30000;

struct Failure {
  std::mutex mutex;
  Status first;
};

}  // namespace

fs::path program(const std::string& name) {
  if (const char* folder = std::getenv("ENCOURS_BIN")) return fs::path(folder) / name;
  return fs::read_symlink("/proc/self/exe").parent_path() / name;
}

Result<std::unique_ptr<Installation>> Installation::make(const std::string& bootstrap_servers,
                                                         const Workload& workload,
                                                         const TopicOptions& topics) {
  static int made = 0;
  std::unique_ptr<Installation> one(new Installation(workload));
  one->bootstrap_servers_ = bootstrap_servers;
  one->instances_know_ = bootstrap_servers;
  char name[] = "/tmp/encours-fault-XXXXXX";
  if (::mkdtemp(name) == nullptr) return fatal("fault_run", "no folder in /tmp");
  one->root_ = name;
  // The folder's random end makes the prefix: no two runs on one cluster share it.
  one->prefix_ = "fault-" + one->root_.filename().string().substr(14) + "-" +
                 std::to_string(made++) + ".";
  ENCOURS_TRY(one->create_topics(topics));
  ENCOURS_ASSIGN(one->appender_, kafka::Appender::make(one->settings()));
  return one;
}

Installation::~Installation() {
  processes_.clear();
  if (testing::Test::HasFailure()) {
    std::cout << "kept for a look: " << root_.string() << ", topics " << prefix_ << "*\n";
    return;
  }
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

Status Installation::create_topics(const TopicOptions& options) {
  ENCOURS_ASSIGN(const auto admin, kafka::KafkaAdmin::make(settings()));
  std::vector<kafka::TopicSpec> topics;
  for (const char* topic : {"tally.in", "tally.mid", "tally.out", "encours.settings",
                            "encours.dead-letters", "encours.audit"}) {
    topics.push_back({topic, workload_.options.partitions, options.replication, {}});
  }
  auto config = options.changelog;
  const bool told = std::any_of(config.begin(), config.end(),
                                [](const auto& line) { return line.first == "cleanup.policy"; });
  if (!told) config.emplace_back("cleanup.policy", "compact");
  topics.push_back(
      {"encours.tally.changelog", workload_.options.partitions, options.replication, config});
  topics.push_back({"encours.tally.placement", 1, options.replication,
                    {{"cleanup.policy", "compact"}}});
  return admin->create_topics(topics);
}

Status Installation::feed(std::size_t until) {
  // Shared with the library's thread, which may come back after a time-out here.
  const auto failure = std::make_shared<Failure>();
  for (; fed_ < until; ++fed_) {
    const InputRecord& record = workload_.records[fed_];
    stream::Outgoing out;
    out.topic = record.topic;
    out.partition = record.partition;
    out.key = record.key;
    out.value = record.value;
    ENCOURS_TRY(appender_->append(std::move(out), [failure](Result<std::int64_t> done) {
      std::lock_guard lock(failure->mutex);
      if (!done) failure->first = done.failure();
    }));
  }
  ENCOURS_TRY(appender_->flush(kFlushMs));
  std::lock_guard lock(failure->mutex);
  return failure->first;
}

Process& Installation::start_as(const std::string& instance, const Launch& launch) {
  Environment environment = environment_;
  for (const auto& [name, value] : launch.environment) environment[name] = value;
  const std::string output = instance + "-" + std::to_string(++starts_[instance]) + ".log";
  std::vector<std::string> command = launch.through;
  for (const auto& word :
       {program("tally").string(), instances_know_, prefix_,
        launch.member.empty() ? instance : launch.member, data_dir(instance).string(),
        std::to_string(workload_.options.partitions)}) {
    command.push_back(word);
  }
  auto process = Process::start(command, environment, root_ / output);
  ENCOURS_CHECK(process.ok(), "a process can be started");
  auto& place = processes_[instance];
  place = std::move(process).value();
  return *place;
}

bool Installation::stop_all(std::int64_t timeout_ms) {
  std::vector<Process*> alive;
  for (auto& [instance, process] : processes_) {
    if (process->alive()) alive.push_back(process.get());
  }
  for (Process* process : alive) process->terminate();
  bool clean = true;
  for (Process* process : alive) {
    const auto ended = process->await_end(timeout_ms);
    clean = clean && ended && ended->exit_code == 0;
  }
  return clean;
}

std::vector<fs::path> Installation::data_dirs() const {
  std::vector<fs::path> out;
  for (const auto& [instance, starts] : starts_) out.push_back(data_dir(instance));
  return out;
}

kafka::KafkaSettings Installation::settings() const {
  kafka::KafkaSettings settings;
  settings.bootstrap_servers = bootstrap_servers_;
  settings.names = kafka::TopicNames(prefix_);
  settings.client_id = "oracle";
  settings.group_id = "tally";
  settings.group_instance_id = "oracle";
  settings.operation_timeout_ms = 5000;
  return settings;
}

}  // namespace encours::test
