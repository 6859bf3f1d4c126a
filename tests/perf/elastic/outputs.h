// Outputs: reads the outputs as every consumer does, judges each, and notes when it came.
//
// A thread of its own reads committed records from the first one on. Each output must be its
// customer's next event and say what the model says. A gap of a partition lasts from its last
// output, or from the due time of the oldest event that waits where that is later, to its next
// output: so a partition without input has none. What has moved is read from the placement's log.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "baseline.pb.h"
#include "common/kafka/group_reader.h"
#include "tests/perf/elastic/model.h"
#include "tests/perf/elastic/plan.h"

namespace encours::perf {

struct OutputFigures {
  std::int64_t outputs = 0;
  std::int64_t longest_gap_us = 0;
  std::int32_t gap_partition = -1;
  // Partitions that changed hands, each time counted.
  std::int64_t moves = 0;
  // From an event's due time to its output.
  std::vector<std::int64_t> delays_us;
};

struct Verdict {
  std::int64_t lost = 0;
  std::int64_t doubled = 0;
  // In their order, but with another figure than the model's.
  std::int64_t wrong = 0;
  // The first of them, in words.
  std::string first;

  bool is_clean() const { return lost == 0 && doubled == 0 && wrong == 0; }
};

class Outputs final : public stream::RebalanceListener {
 public:
  static Result<std::unique_ptr<Outputs>> start(const Plan& plan, const PhaseNumber& phase);
  ~Outputs() override;

  std::int64_t read() const { return read_; }
  // Ends the reading; a failure of it.
  Status stop();

  // After stop(): by phase; and what was found, against the events that each customer has had.
  const std::vector<OutputFigures>& figures() const { return figures_; }
  Verdict verdict(const std::vector<std::int64_t>& events_of) const;
  const std::vector<Account>& accounts() const { return accounts_; }

  void on_assigned(const std::vector<stream::TopicPartition>& partitions) override;
  void on_revoked() override {}

 private:
  Outputs(const Plan& plan, const PhaseNumber& phase);
  Status run(const std::stop_token& stop);
  void take_placement(const stream::LogRecord& record);
  void take(std::int32_t partition, const test::baseline::Out& out, std::int64_t now_us);
  void judge(const test::baseline::Out& out);
  void note(std::int64_t* count, const std::string& what);
  OutputFigures& now();

  const Plan& plan_;
  const PhaseNumber& phase_;
  std::unique_ptr<kafka::KafkaGroupReader> reader_;
  std::vector<stream::NextOffset> starts_;
  std::atomic<std::int64_t> read_{0};
  std::vector<Account> accounts_;
  std::map<std::int32_t, std::int64_t> last_us_;
  std::vector<std::string> owners_;
  std::vector<OutputFigures> figures_;
  Verdict verdict_;
  Status ended_;
  std::jthread thread_;
};

}  // namespace encours::perf
