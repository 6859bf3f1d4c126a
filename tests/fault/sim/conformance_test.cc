// Goal: the simulated log answers as a real broker does, so that what worlds show is true of it.
// Method: the same random sequences of calls against both, and every answer compared: reactions and
// codes, offsets, records, partitions.
//
// ENCOURS_CONFORMANCE_SEQUENCES is how many; ENCOURS_SEED is the first seed.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>

#include "common/kafka/admin.h"
#include "common/kafka/log_client.h"
#include "common/sim/clock.h"
#include "common/sim/log_client.h"
#include "tests/fault/run.h"
#include "tests/fault/sim/calls.h"

namespace encours::test {
namespace {

constexpr int kDifferences = 3;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

using Answers = std::vector<std::vector<std::string>>;

class RealLog {
 public:
  explicit RealLog(const std::string& prefix) {
    settings_.bootstrap_servers = std::getenv("KAFKA_BOOTSTRAP_SERVERS");
    settings_.names = kafka::TopicNames(prefix);
    settings_.client_id = "conformance";
    settings_.group_id = "conformance";
    settings_.session_timeout_ms = 6000;
    settings_.heartbeat_interval_ms = 100;
    settings_.transaction_timeout_ms = 60000;
    settings_.operation_timeout_ms = 2000;
  }

  Status create_topic() {
    ENCOURS_ASSIGN(const auto admin, kafka::KafkaAdmin::make(settings_));
    return admin->create_topics({{kCallsTopic, kCallsPartitions, 1, {}}});
  }
  std::unique_ptr<stream::LogClient> make(const std::string& id, const std::string& instance) {
    kafka::KafkaSettings settings = settings_;
    settings.transactional_id = id;
    settings.group_instance_id = instance.empty() ? "conformance-nobody" : instance;
    return kafka::make_kafka_log(settings);
  }

 private:
  kafka::KafkaSettings settings_;
};

// All sequences in one world with good weather.
class SimulatedLog {
 public:
  SimulatedLog()
      : scheduler_(1),
        journal_(scheduler_, false),
        broker_(scheduler_, journal_),
        network_(scheduler_, journal_),
        clock_(scheduler_) {
    broker_.create_topic(kCallsTopic, kCallsPartitions);
  }
  ~SimulatedLog() { leave(); }

  std::vector<std::string> make(const Sequence& sequence) {
    std::vector<std::string> lines;
    next_ = [&] { lines = caller_->make(sequence); };
    if (!process_) {
      process_ = scheduler_.spawn("conformance", [this] { serve(); });
    } else {
      scheduler_.wake(*process_);
    }
    scheduler_.run(scheduler_.now_ms() + kLongMs, [this] { return !next_; });
    return lines;
  }

 private:
  static constexpr std::int64_t kLongMs = 600'000;

  void serve() {
    const auto make_log = [this](const std::string& id, const std::string& instance) {
      sim::ClientSettings settings;
      settings.group_id = "conformance";
      settings.transactional_id = id;
      settings.group_instance_id = instance;
      settings.session_timeout_ms = 6000;
      settings.max_poll_interval_ms = kLongMs;
      settings.transaction_timeout_ms = 60000;
      settings.operation_timeout_ms = 2000;
      return std::make_unique<sim::SimLog>(
          sim::World{scheduler_, journal_, broker_, network_}, settings);
    };
    caller_ = std::make_unique<Caller>(make_log, clock_);
    while (!leaves_) {
      if (next_) next_();
      next_ = nullptr;
      scheduler_.wait_until(INT64_MAX, true);
    }
    caller_.reset();
  }

  void leave() {
    if (!process_) return;
    leaves_ = true;
    scheduler_.wake(*process_);
    scheduler_.run(scheduler_.now_ms() + kLongMs, [this] { return process_->is_over(); });
  }

  sim::Scheduler scheduler_;
  sim::Journal journal_;
  sim::Broker broker_;
  sim::Network network_;
  sim::SimClock clock_;
  std::unique_ptr<Caller> caller_;
  std::function<void()> next_;
  bool leaves_ = false;
  sim::FiberPtr process_;
};

TEST(Conformance, TheSimulatedLogAnswersAsABrokerDoes) {
  if (std::getenv("KAFKA_BOOTSTRAP_SERVERS") == nullptr) {
    GTEST_SKIP() << "KAFKA_BOOTSTRAP_SERVERS names no broker";
  }
  const std::uint64_t first = from_environment("ENCOURS_SEED", 1);
  const std::uint64_t count = from_environment("ENCOURS_CONFORMANCE_SEQUENCES", 100);
  RealLog real("conformance-" + std::to_string(std::random_device()()) + ".");
  ASSERT_GOOD(real.create_topic());
  SystemClock clock;
  Caller caller([&](const std::string& id, const std::string& instance) {
    return real.make(id, instance);
  }, clock);
  SimulatedLog simulated;
  std::size_t answers = 0;
  const std::int64_t began_ms = clock.monotonic_ms();
  for (std::uint64_t seed = first, different = 0; seed < first + count; ++seed) {
    const Sequence sequence = draw_sequence(seed);
    const auto said = caller.make(sequence);
    const auto simulated_said = simulated.make(sequence);
    answers += said.size();
    if (said == simulated_said) continue;
    std::string text = "seed " + std::to_string(seed) + (sequence.share_id ? ", one id\n" : "\n");
    for (std::size_t i = 0; i < std::max(said.size(), simulated_said.size()); ++i) {
      const std::string left = i < said.size() ? said[i] : "nothing";
      const std::string right = i < simulated_said.size() ? simulated_said[i] : "nothing";
      text += "  " + left + (left == right ? "\n" : "\n    BUT SIMULATED " + right + "\n");
    }
    ADD_FAILURE() << text;
    if (++different == kDifferences) break;
  }
  std::cout << count << " sequences from seed " << first << ", " << answers << " answers in "
            << clock.monotonic_ms() - began_ms << " ms\n";
}

}  // namespace
}  // namespace encours::test
