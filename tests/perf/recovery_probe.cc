// recovery_probe: what a kill -9 is measured with, the same for every processor.
//
//   recovery_probe load BROKERS TOPIC PARTITIONS ACCOUNTS           an event for each account
//   recovery_probe trickle BROKERS TOPIC PARTITIONS ACCOUNTS RATE   events a second until SIGTERM
//   recovery_probe first BROKERS TOPIC PARTITIONS                   the next committed record
//
// `first` says READY once it reads behind all that is committed, and FIRST with the wall time in
// microseconds when the next committed record has come.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "baseline.pb.h"
#include "common/base/hash.h"
#include "common/kafka/appender.h"
#include "common/kafka/group_reader.h"
#include "common/kafka/log_client.h"

namespace encours::perf {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int kFlushMs = 60'000;
constexpr int kPollMs = 5;
constexpr std::size_t kPollRecords = 1;

volatile std::sig_atomic_t stopping = 0;

struct Where {
  std::string brokers;
  std::string topic;
  std::int32_t partitions = 0;
};

std::int64_t wall_us() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<microseconds>(since).count();
}

kafka::KafkaSettings kafka_settings(const Where& where) {
  kafka::KafkaSettings settings;
  settings.bootstrap_servers = where.brokers;
  settings.client_id = "recovery-probe";
  settings.group_id = "recovery-probe-" + std::to_string(::getpid());
  settings.group_instance_id = settings.group_id;
  return settings;
}

// Writes events to a topic; whether all of them were taken is known at the end.
class Writer {
 public:
  static Result<std::unique_ptr<Writer>> make(const Where& where) {
    std::unique_ptr<Writer> writer(new Writer(where));
    ENCOURS_ASSIGN(writer->appender_, kafka::Appender::make(kafka_settings(where)));
    return writer;
  }

  Status write(std::int64_t account, std::int64_t number) {
    char id[24];
    std::snprintf(id, sizeof id, "C%09lld", static_cast<long long>(account));
    event_.set_customer_id(id);
    event_.set_event_id(event_.customer_id() + "/" + std::to_string(number));
    event_.set_invoice_id("FR-INV-2026-" + std::to_string(number));
    event_.set_amount_cents(1000 + number % 5'000'000);
    event_.set_due_ms(1'797'592'000'000 + number);
    event_.set_event_us(wall_us());
    stream::Outgoing out;
    out.topic = where_.topic;
    out.key = event_.customer_id();
    out.partition = partition_of(out.key, where_.partitions);
    out.value = event_.SerializeAsString();
    return appender_->append(std::move(out), [failure = failure_](Result<std::int64_t> done) {
      if (done) return;
      const std::lock_guard lock(failure->mutex);
      failure->first = done.failure();
    });
  }

  Status finish() {
    ENCOURS_TRY(appender_->flush(kFlushMs));
    const std::lock_guard lock(failure_->mutex);
    return failure_->first;
  }

 private:
  struct Failure {
    std::mutex mutex;
    Status first;
  };

  explicit Writer(const Where& where) : where_(where), failure_(std::make_shared<Failure>()) {
    event_.set_currency("EUR");
    event_.set_issued_ms(1'795'000'000'000);
    event_.set_source("erp-sap-fi/company-0042/ledger-main");
    event_.set_note("Commande 4500123456, 30 jours fin de mois, agence de Lyon");
  }

  Where where_;
  test::baseline::Event event_;
  // Shared with the library's thread, which may come back after a time-out here.
  std::shared_ptr<Failure> failure_;
  std::unique_ptr<kafka::Appender> appender_;
};

Status load(const Where& where, std::int64_t accounts) {
  ENCOURS_ASSIGN(const auto writer, Writer::make(where));
  for (std::int64_t account = 0; account < accounts; ++account) {
    ENCOURS_TRY(writer->write(account, account));
  }
  return writer->finish();
}

// Over all accounts, in steps that share no factor with their number.
Status trickle(const Where& where, std::int64_t accounts, std::int64_t per_second) {
  constexpr std::int64_t kStep = 7919;
  ENCOURS_ASSIGN(const auto writer, Writer::make(where));
  const auto begin = steady_clock::now();
  for (std::int64_t i = 0; stopping == 0; ++i) {
    std::this_thread::sleep_until(begin + microseconds(1'000'000 * i / per_second));
    ENCOURS_TRY(writer->write(i * kStep % accounts, accounts + i));
  }
  return writer->finish();
}

class FromEnd final : public stream::RebalanceListener {
 public:
  explicit FromEnd(std::vector<stream::NextOffset> ends) : ends_(std::move(ends)) {}

  void on_assigned(const std::vector<stream::TopicPartition>&) override { is_assigned_ = true; }
  void on_revoked() override {}
  bool take_assigned() { return std::exchange(is_assigned_, false); }
  const std::vector<stream::NextOffset>& ends() const { return ends_; }

 private:
  std::vector<stream::NextOffset> ends_;
  bool is_assigned_ = false;
};

Status first(const Where& where) {
  const auto settings = kafka_settings(where);
  const auto log = kafka::make_kafka_log(settings);
  ENCOURS_ASSIGN(const auto replay, log->make_replay());
  std::vector<stream::NextOffset> ends;
  for (std::int32_t p = 0; p < where.partitions; ++p) {
    const stream::TopicPartition at{where.topic, p};
    ENCOURS_ASSIGN(const auto end, replay->stable_end(at));
    ends.push_back({at, end});
  }
  FromEnd listener(std::move(ends));
  ENCOURS_ASSIGN(const auto reader, kafka::KafkaGroupReader::make(settings));
  ENCOURS_TRY(reader->subscribe({where.topic}, &listener));
  std::vector<stream::FetchedRun> runs;
  while (runs.empty() && stopping == 0) {
    ENCOURS_TRY(reader->poll(kPollMs, kPollRecords, &runs));
    if (!listener.take_assigned()) continue;
    ENCOURS_TRY(reader->start(listener.ends()));
    std::puts("READY");
    std::fflush(stdout);
  }
  if (!runs.empty()) std::printf("FIRST %lld\n", static_cast<long long>(wall_us()));
  std::fflush(stdout);
  reader->close();
  return {};
}

struct Verb {
  int arguments;
  std::function<Status(const Where&, char** more)> run;
};

const std::map<std::string, Verb>& verbs() {
  static const std::map<std::string, Verb> all = {
      {"load", {1, [](const Where& at, char** more) { return load(at, std::atoll(more[0])); }}},
      {"trickle",
       {2,
        [](const Where& at, char** more) {
          return trickle(at, std::atoll(more[0]), std::atoll(more[1]));
        }}},
      {"first", {0, [](const Where& at, char**) { return first(at); }}}};
  return all;
}

}  // namespace
}  // namespace encours::perf

int main(int argc, char** argv) {
  constexpr int kCommon = 5;
  const auto& verbs = encours::perf::verbs();
  const auto verb = verbs.find(argc > 1 ? argv[1] : "");
  if (verb == verbs.end() || argc != kCommon + verb->second.arguments) {
    std::fprintf(stderr,
                 "usage: recovery_probe load|trickle|first BROKERS TOPIC PARTITIONS ...\n");
    return 2;
  }
  std::signal(SIGTERM, [](int) { encours::perf::stopping = 1; });
  const auto done = verb->second.run({argv[2], argv[3], std::atoi(argv[4])}, argv + kCommon);
  if (!done) std::fprintf(stderr, "%s\n", encours::describe(done.failure()).c_str());
  return done ? 0 : 1;
}
