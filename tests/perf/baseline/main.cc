// The processor that is compared with other runtimes: the runtime as services use it, and no more.
//
// baseline_service BROKERS IN OUT CHANGELOG GROUP DIR [PARTITIONS]   (SIGTERM ends it cleanly)
//
// Prints "RESTORED <n> records in <s> s, ready <s> s after start" when all is restored. The
// environment changes the pace: BASELINE_MIN_INTERVAL_MS, BASELINE_MAX_AGE_MS,
// BASELINE_BACKLOG_AGE_MS, BASELINE_MAX_RECORDS; BASELINE_DECODED_MIB is what each partition keeps
// decoded, and BASELINE_KAFKA a list name=value,name=value of librdkafka's settings.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "common/documents/memory_store.h"
#include "common/kafka/admin.h"
#include "common/kafka/log_client.h"
#include "common/stream/task_runner.h"
#include "tests/perf/baseline/stage.h"

namespace encours::test {
namespace {

class RestoreWatch final : public stream::RunnerObserver {
 public:
  explicit RestoreWatch(Clock& clock) : clock_(clock), started_ms_(clock.monotonic_ms()) {}

  void on_commit(std::int64_t commit_ms, std::size_t records) override {
    ++commits_;
    committed_ += records;
    commit_ms_ += commit_ms;
  }
  void report() const {
    if (commits_ == 0) return;
    std::printf("COMMITS %ld, %.0f records and %.1f ms each\n", static_cast<long>(commits_),
                static_cast<double>(committed_) / static_cast<double>(commits_),
                static_cast<double>(commit_ms_) / static_cast<double>(commits_));
  }
  void on_recycle(const Error& why) override {
    std::printf("recycle %s\n", describe(why).c_str());
  }
  void on_restore(std::int32_t, const stream::RestoreProgress& progress,
                  std::int64_t took_ms) override {
    records_ += progress.records;
    took_ms_ += took_ms;
  }
  void on_assignment(const std::vector<std::int32_t>&) override {
    std::printf("RESTORED %lu records in %.3f s, ready %.3f s after start\n",
                static_cast<unsigned long>(records_), static_cast<double>(took_ms_) / 1000,
                static_cast<double>(clock_.monotonic_ms() - started_ms_) / 1000);
    std::fflush(stdout);
    records_ = 0;
    took_ms_ = 0;
  }
  void on_counts(std::int32_t, const stream::TaskCounts&) override {}
  void on_quarantine(std::int32_t) override {}

 private:
  Clock& clock_;
  std::int64_t started_ms_;
  std::uint64_t records_ = 0;
  std::int64_t took_ms_ = 0;
  std::int64_t commits_ = 0;
  std::size_t committed_ = 0;
  std::int64_t commit_ms_ = 0;
};

std::int64_t from_environment(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
}

kafka::KafkaSettings settings_from(char** argv) {
  kafka::KafkaSettings settings;
  settings.bootstrap_servers = argv[1];
  settings.names = kafka::TopicNames::exactly({{kBaselineIn, argv[2]},
                                               {kBaselineOut, argv[3]},
                                               {"encours.baseline.changelog", argv[4]},
                                               {"encours.baseline.placement",
                                                std::string(argv[5]) + ".placement"}});
  settings.client_id = argv[5];
  settings.group_id = argv[5];
  settings.group_instance_id = std::string(argv[5]) + "-0";
  settings.transactional_id = settings.group_instance_id;
  settings.compression = "none";  // As the peers.
  std::istringstream extra(std::getenv("BASELINE_KAFKA") ? std::getenv("BASELINE_KAFKA") : "");
  for (std::string one; std::getline(extra, one, ',');) {
    const auto equals = one.find('=');
    settings.extra.emplace_back(one.substr(0, equals), one.substr(equals + 1));
  }
  return settings;
}

// The others are made by who compares; of this one only the runtime knows.
Status create_placement_topic(const kafka::KafkaSettings& settings) {
  ENCOURS_ASSIGN(const auto admin, kafka::KafkaAdmin::make(settings));
  return admin->create_topics(
      {{"encours.baseline.placement", 1, 1, {{"cleanup.policy", "compact"}}}});
}

stream::RunnerOptions options_from_environment() {
  stream::RunnerOptions options;
  auto& pace = options.pace;
  pace.min_interval_ms = from_environment("BASELINE_MIN_INTERVAL_MS", pace.min_interval_ms);
  pace.max_age_ms = from_environment("BASELINE_MAX_AGE_MS", pace.max_age_ms);
  pace.backlog_age_ms = from_environment("BASELINE_BACKLOG_AGE_MS", pace.backlog_age_ms);
  pace.max_records = static_cast<std::size_t>(from_environment(
      "BASELINE_MAX_RECORDS", static_cast<std::int64_t>(pace.max_records)));
  options.decoded_bytes = static_cast<std::size_t>(from_environment("BASELINE_DECODED_MIB", 32))
                          << 20;
  return options;
}

int run(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto topology = baseline_topology(argc > 7 ? std::atoi(argv[7]) : 8);
  SystemClock clock;
  const kafka::KafkaSettings settings = settings_from(argv);
  const auto log = kafka::make_kafka_log(settings);
  stream::TaskBoard board(clock);
  RestoreWatch watch(clock);
  MemoryStore documents;
  const auto memory = StoreMemory::with_limits(50 << 20, 64 << 20);
  StoresOnDisk stores(argv[6], memory);
  if (const Status made = create_placement_topic(settings); !made) {
    std::fprintf(stderr, "%s\n", describe(made.failure()).c_str());
    return 1;
  }
  stream::RunnerOptions options = options_from_environment();
  options.member = settings.group_instance_id;
  stream::TaskRunner runner(topology, options, *log, stores, documents, board, clock, watch);
  std::jthread waiter([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    runner.request_stop();
  });
  const Status ended = runner.run();
  if (!ended) std::fprintf(stderr, "%s\n", describe(ended.failure()).c_str());
  watch.report();
  std::fflush(stdout);
  std::_Exit(ended ? 0 : 1);
}

}  // namespace
}  // namespace encours::test

int main(int argc, char** argv) {
  if (argc < 7) {
    std::fprintf(stderr,
                 "usage: baseline_service BROKERS IN OUT CHANGELOG GROUP DIR [PARTITIONS]\n");
    return 2;
  }
  return encours::test::run(argc, argv);
}
