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
// TALLY_CLOCK_FILE (how far the wall clock is off).
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

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
    largest_ = std::max(largest_, records);
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
  unsigned long commits_ = 0;
  std::size_t largest_ = 0;
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

kafka::KafkaSettings settings_from(char** argv) {
  kafka::KafkaSettings settings;
  settings.bootstrap_servers = argv[1];
  settings.names = kafka::TopicNames(argv[2]);
  settings.client_id = "tally@" + std::string(argv[3]);
  settings.group_id = "tally";
  settings.group_instance_id = "tally-" + std::string(argv[3]) + "-0";
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

// As the shell of a service does it: waits for a signal, says when health changes, and ends a
// process whose loop stands still.
void watch(const sigset_t& signals, stream::TaskRunner& runner) {
  const std::int64_t budget_ms = from_environment("TALLY_WATCHDOG_MS", 0);
  bool was_ready = false;
  while (true) {
    const timespec wait{0, kWatchMs * 1000000};
    const int signal = ::sigtimedwait(&signals, nullptr, &wait);
    if (signal == SIGUSR1) runner.request_drain();
    if ((signal > 0 && signal != SIGUSR1) || runner.is_drained()) return runner.request_stop();
    if (runner.is_ready() != was_ready) {
      was_ready = !was_ready;
      std::puts(was_ready ? "ready" : "unready");
    }
    const std::int64_t silent_ms = runner.silent_ms();
    if (budget_ms == 0 || silent_ms < budget_ms) continue;
    std::printf("watchdog after %ld ms\n", static_cast<long>(silent_ms));
    std::fflush(stdout);
    std::_Exit(kWatchdogCode);
  }
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

int run(char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  stream::Topology topology = tally_topology(std::atoi(argv[5]));
  topology.slice_size =
      from_environment("TALLY_SLICE_SIZE", static_cast<long>(topology.slice_size));
  topology.poison_limit.window = from_environment(
      "TALLY_POISON_WINDOW", static_cast<long>(topology.poison_limit.window));
  topology.poison_limit.percent = from_environment(
      "TALLY_POISON_PERCENT", static_cast<long>(topology.poison_limit.percent));
  const kafka::KafkaSettings settings = settings_from(argv);
  const auto log = kafka::make_kafka_log(settings);
  const auto log_of_copies = kafka::make_kafka_log(settings);
  LyingClock clock(std::getenv("TALLY_CLOCK_FILE"));
  stream::TaskBoard board(clock);
  PrintObserver observer;
  MemoryStore documents;
  const auto memory = StoreMemory::with_limits(
      32 << 20, static_cast<std::size_t>(from_environment("TALLY_WRITE_BUFFER_KIB", 32768)) << 10);
  StoresOnDisk stores(argv[4], memory);
  stream::RunnerOptions options = options_from_environment();
  stream::CopyKeeper copies(topology, *log_of_copies, stores, clock, observer, options.restore);
  options.member = settings.group_instance_id;
  options.address = argv[3];
  options.copies = &copies;
  stream::TaskRunner runner(topology, options, *log, stores, documents, board, clock, observer);
  std::jthread copying([&] { copies.run(); });
  std::jthread watcher([&] { watch(signals, runner); });
  const Status ended = runner.run();
  if (!ended) {
    std::printf("fatal %s: %s\n", ended.failure().code.c_str(), ended.failure().message.c_str());
    std::fflush(stdout);
    std::_Exit(1);
  }
  copies.request_stop();
  copying.join();
  std::printf("stopped after %lu commits of at most %lu records, %lu copied\n",
              observer.commits(), observer.largest(), observer.copied());
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
