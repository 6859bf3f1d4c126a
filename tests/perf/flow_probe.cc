// flow_probe: publishes invoices at a steady rate and notes when each becomes what in the topics.
//
//   flow_probe --server HOST:PORT --token-file FILE --brokers LIST --prefix TEXT --tenant NAME
//              [--per-second N] [--seconds N] [--one-late-in N] [--settle-seconds N]
//
// Standard output: a line per moment, "MOMENT<tab>INVOICE or account<tab>unix microseconds".
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <mutex>
#include <thread>

#include "tests/perf/erp_load.h"
#include "tests/perf/topic_times.h"

namespace {

using encours::Status;

struct Options {
  encours::perf::LoadPlan plan;
  std::string server;
  std::string token_file;
  std::string brokers;
  std::string prefix;
  int settle_seconds = 20;
};

void describe(CLI::App& app, Options& options) {
  app.add_option("--server", options.server)->required();
  app.add_option("--token-file", options.token_file)->required();
  app.add_option("--brokers", options.brokers)->required();
  app.add_option("--prefix", options.prefix)->required();
  app.add_option("--tenant", options.plan.tenant)->required();
  app.add_option("--per-second", options.plan.per_second)->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.plan.seconds)->check(CLI::PositiveNumber);
  app.add_option("--one-late-in", options.plan.one_late_in)->check(CLI::PositiveNumber);
  app.add_option("--settle-seconds", options.settle_seconds,
                 "Time between the customers and the load, and after the load");
}

class Notes {
 public:
  void add(const char* moment, const std::string& what) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    const std::lock_guard lock(mutex_);
    std::cout << moment << '\t' << what << '\t' << micros << '\n';
  }

 private:
  std::mutex mutex_;
};

encours::kafka::KafkaSettings kafka_settings(const Options& options) {
  encours::kafka::KafkaSettings settings;
  settings.bootstrap_servers = options.brokers;
  settings.client_id = "flow-probe";
  settings.group_id = "flow-probe";
  settings.group_instance_id = "flow-probe-" + std::to_string(getpid());
  settings.names = encours::kafka::TopicNames(options.prefix);
  return settings;
}

Status run(const Options& options) {
  encours::rpc::ChannelConfig channel;
  channel.address = options.server;
  ENCOURS_ASSIGN(const auto client, encours::rpc::Client::open(channel, options.token_file));
  Notes notes;
  const encours::perf::Note note = [&](const char* moment, const std::string& what) {
    notes.add(moment, what);
  };
  const auto settle = std::chrono::seconds(options.settle_seconds);
  ENCOURS_TRY(encours::perf::publish_customers(options.plan, *client));
  std::atomic<bool> stopping{false};
  Status read;
  std::thread topics([&] {
    read = encours::perf::note_topics(kafka_settings(options), stopping, note);
  });
  std::this_thread::sleep_for(settle);
  const Status published = encours::perf::publish_load(options.plan, *client, note);
  std::this_thread::sleep_for(settle);
  stopping = true;
  topics.join();
  ENCOURS_TRY(published);
  return read;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Publishes invoices and notes what becomes of them.");
  Options options;
  describe(app, options);
  CLI11_PARSE(app, argc, argv);
  const Status done = run(options);
  if (!done) std::cerr << done.failure().field << ": " << done.failure().message << "\n";
  return done ? 0 : 1;
}
