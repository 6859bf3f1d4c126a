// The process of the trivial processor: the real runtime on the real broker, nothing else around.
//
// tally BOOTSTRAP PREFIX INSTANCE DATA_DIR PARTITIONS  (SIGTERM ends it cleanly, SIGUSR1 once all
// its partitions are handed over)
//
// Each line of its output says what a test may wait for. The environment makes rare things common:
// TALLY_SESSION_TIMEOUT_MS, TALLY_TRANSACTION_TIMEOUT_MS, TALLY_MAX_POLL_MS, TALLY_MAX_RECORDS (of
// a transaction), TALLY_SLICE_SIZE (of a tick), TALLY_RESTORE_BATCH_KEYS, TALLY_TOMBSTONE_LIMIT_MS,
// TALLY_WRITE_BUFFER_KIB, TALLY_POISON_WINDOW, TALLY_POISON_PERCENT, TALLY_OPERATION_TIMEOUT_MS (of
// one call of the client), TALLY_WATCHDOG_MS (how long the loop may stand still; 0: for ever),
// TALLY_CLOCK_FILE (how far the wall clock is off), TALLY_RUNNERS (in this process).
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "common/documents/memory_store.h"
#include "common/kafka/log_client.h"
#include "common/stream/task_runner.h"
#include "tests/fault/tally/stages.h"

namespace encours::test {
namespace {

constexpr long kWatchMs = 50;
// The code by which a supervisor tells it from other ends.
constexpr int kWatchdogCode = 70;

class PrintObserver final : public stream::RunnerObserver, public stream::CopyObserver {
 public:
  void on_commit(std::int64_t, std::size_t records) override {
    ++commits_;
    std::size_t largest = largest_;
    while (records > largest && !largest_.compare_exchange_weak(largest, records)) {
    }
  }
  void on_recycle(const Error& why) override {
    std::printf("recycle %s %s\n", reaction_name(why.reaction), why.message.c_str());
  }
  void on_restore(std::int32_t partition, const stream::RestoreProgress& progress,
                  std::int64_t took_ms) override {
    if (progress.wiped) std::printf("wiped p-%d\n", partition);
    std::printf("restore p-%d from %ld until %ld records %lu in %ld ms\n", partition,
                static_cast<long>(progress.from), static_cast<long>(progress.until),
                static_cast<unsigned long>(progress.records), static_cast<long>(took_ms));
  }
  void on_quarantine(std::int32_t partition) override {
    std::printf("quarantine p-%d\n", partition);
  }
  void on_assignment(const std::vector<std::int32_t>& partitions) override {
    std::string names;
    for (const std::int32_t p : partitions) names += " p-" + std::to_string(p);
    std::printf("assigned %zu%s\n", partitions.size(), names.c_str());
  }
  void on_counts(std::int32_t, const stream::TaskCounts&) override {}
  void on_copy(std::int32_t, const stream::RestoreProgress& progress) override {
    if (progress.records > 0) copied_ += progress.records;
  }
  void on_copy_failure(std::int32_t partition, const Error& why) override {
    std::printf("copy p-%d failed: %s\n", partition, why.message.c_str());
  }

  unsigned long copied() const { return copied_; }
  unsigned long commits() const { return commits_; }
  unsigned long largest() const { return largest_; }

 private:
  std::atomic<unsigned long> copied_ = 0;
  std::atomic<unsigned long> commits_ = 0;
  std::atomic<std::size_t> largest_ = 0;
};

// The wall clock, as far off as a file says: a line of milliseconds.
class LyingClock final : public Clock {
 public:
  explicit LyingClock(const char* path) : path_(path == nullptr ? "" : path) {}

  Instant now() override {
    long off_ms = 0;
    if (!path_.empty()) std::ifstream(path_) >> off_ms;
    return clock_.now() + std::chrono::milliseconds(off_ms);
  }
  std::int64_t monotonic_ms() override { return clock_.monotonic_ms(); }
  bool wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                  std::int64_t deadline_ms, const std::function<bool()>& done) override {
    return clock_.wait_until(lock, changed, deadline_ms, done);
  }

 private:
  std::string path_;
  SystemClock clock_;
};

long from_environment(const char* name, long otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

kafka::KafkaSettings settings_from(char** argv, int runner) {
  kafka::KafkaSettings settings;
  settings.bootstrap_servers = argv[1];
  settings.names = kafka::TopicNames(argv[2]);
  settings.client_id = "tally@" + std::string(argv[3]);
  settings.group_id = "tally";
  settings.group_instance_id = "tally-" + std::string(argv[3]) + "-" + std::to_string(runner);
  settings.transactional_id = settings.group_instance_id;
  settings.session_timeout_ms =
      static_cast<int>(from_environment("TALLY_SESSION_TIMEOUT_MS", 3000));
  settings.transaction_timeout_ms =
      static_cast<int>(from_environment("TALLY_TRANSACTION_TIMEOUT_MS", 6000));
  settings.operation_timeout_ms = static_cast<int>(
      from_environment("TALLY_OPERATION_TIMEOUT_MS", settings.operation_timeout_ms));
  settings.max_poll_interval_ms =
      static_cast<int>(from_environment("TALLY_MAX_POLL_MS", settings.max_poll_interval_ms));
  return settings;
}

stream::RunnerOptions options_from_environment() {
  stream::RunnerOptions options;
  options.pace.max_records =
      from_environment("TALLY_MAX_RECORDS", static_cast<long>(options.pace.max_records));
  options.restore.batch_keys = from_environment("TALLY_RESTORE_BATCH_KEYS",
                                                static_cast<long>(options.restore.batch_keys));
  using std::chrono::milliseconds;
  const auto limit = std::chrono::duration_cast<milliseconds>(options.restore.tombstone_limit);
  options.restore.tombstone_limit =
      milliseconds(from_environment("TALLY_TOMBSTONE_LIMIT_MS", limit.count()));
  return options;
}

// What the runners of a process share.
struct Shared {
  explicit Shared(char** argv)
      : clock(std::getenv("TALLY_CLOCK_FILE")),
        topology(tally_topology(std::atoi(argv[5]))),
        board(clock),
        memory(StoreMemory::with_limits(
            32 << 20,
            static_cast<std::size_t>(from_environment("TALLY_WRITE_BUFFER_KIB", 32768)) << 10)),
        stores(argv[4], memory) {
    topology.slice_size =
        from_environment("TALLY_SLICE_SIZE", static_cast<long>(topology.slice_size));
    auto& limit = topology.poison_limit;
    limit.window = from_environment("TALLY_POISON_WINDOW", static_cast<long>(limit.window));
    limit.percent = from_environment("TALLY_POISON_PERCENT", static_cast<long>(limit.percent));
  }

  LyingClock clock;
  stream::Topology topology;
  stream::TaskBoard board;
  PrintObserver observer;
  MemoryStore documents;
  StoreMemory memory;
  StoresOnDisk stores;
};

// A runner and what is its own, as the shell of a service has it.
class Runner {
 public:
  Runner(Shared& shared, const kafka::KafkaSettings& settings, const std::string& address)
      : log_(kafka::make_kafka_log(settings)),
        log_of_copies_(kafka::make_kafka_log(settings)),
        options_(options_from_environment()),
        copies_(shared.topology, *log_of_copies_, shared.stores, shared.clock, shared.observer,
                options_.restore),
        runner_(shared.topology, options_of(settings, address), *log_, shared.stores,
                shared.documents, shared.board, shared.clock, shared.observer) {}

  stream::TaskRunner& runner() { return runner_; }

  // Until it is asked to stop, copies too.
  void run() {
    std::jthread copying([this] { copies_.run(); });
    const Status ended = runner_.run();
    if (!ended) {
      std::printf("fatal %s: %s\n", ended.failure().code.c_str(),
                  ended.failure().message.c_str());
      std::fflush(stdout);
      std::_Exit(1);
    }
    copies_.request_stop();
  }

 private:
  const stream::RunnerOptions& options_of(const kafka::KafkaSettings& settings,
                                          const std::string& address) {
    options_.member = settings.group_instance_id;
    options_.address = address;
    options_.copies = &copies_;
    return options_;
  }

  std::unique_ptr<stream::LogClient> log_;
  std::unique_ptr<stream::LogClient> log_of_copies_;
  stream::RunnerOptions options_;
  stream::CopyKeeper copies_;
  stream::TaskRunner runner_;
};

using Runners = std::vector<std::unique_ptr<Runner>>;

bool all_of(const Runners& runners, bool (stream::TaskRunner::*is)() const) {
  return std::all_of(runners.begin(), runners.end(),
                     [is](const auto& one) { return (one->runner().*is)(); });
}

void end_what_stands_still(const Runners& runners) {
  const std::int64_t budget_ms = from_environment("TALLY_WATCHDOG_MS", 0);
  for (const auto& one : runners) {
    const std::int64_t silent_ms = one->runner().silent_ms();
    if (budget_ms == 0 || silent_ms < budget_ms) continue;
    std::printf("watchdog after %ld ms\n", static_cast<long>(silent_ms));
    std::fflush(stdout);
    std::_Exit(kWatchdogCode);
  }
}

// As the shell of a service does it: waits for a signal, says when health changes, and ends a
// process of which a loop stands still.
void watch(const sigset_t& signals, const Runners& runners) {
  bool was_ready = false;
  while (true) {
    const timespec wait{0, kWatchMs * 1000000};
    const int signal = ::sigtimedwait(&signals, nullptr, &wait);
    if (signal == SIGUSR1) {
      for (const auto& one : runners) one->runner().request_drain();
    }
    if ((signal > 0 && signal != SIGUSR1) || all_of(runners, &stream::TaskRunner::is_drained)) {
      for (const auto& one : runners) one->runner().request_stop();
      return;
    }
    if (all_of(runners, &stream::TaskRunner::is_ready) != was_ready) {
      was_ready = !was_ready;
      std::puts(was_ready ? "ready" : "unready");
    }
    end_what_stands_still(runners);
  }
}

int run(char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Shared shared(argv);
  Runners runners;
  for (int i = 0; i < from_environment("TALLY_RUNNERS", 1); ++i) {
    runners.push_back(std::make_unique<Runner>(shared, settings_from(argv, i), argv[3]));
  }
  {
    std::vector<std::jthread> running;
    for (const auto& one : runners) running.emplace_back([&one] { one->run(); });
    watch(signals, runners);
  }
  std::printf("stopped after %lu commits of at most %lu records, %lu copied\n",
              shared.observer.commits(), shared.observer.largest(), shared.observer.copied());
  std::fflush(stdout);
  std::_Exit(0);
}

}  // namespace
}  // namespace encours::test

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: tally BOOTSTRAP PREFIX INSTANCE DATA_DIR PARTITIONS\n");
    return 2;
  }
  return encours::test::run(argv);
}
