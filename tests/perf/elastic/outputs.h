// Outputs: reads the outputs as every consumer does, judges each, and notes when it came.
//
// A thread of its own reads committed records from the first one on. A gap of a partition lasts
// from its last output, or from the due time of the oldest event that waits where that is later, to
// its next output: so a partition without input has none. What has moved is read from the
// placement's log.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/kafka/group_reader.h"
#include "tests/perf/elastic/judge.h"
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

class Outputs final : public stream::RebalanceListener {
 public:
  static Result<std::unique_ptr<Outputs>> start(const Plan& plan, const PhaseNumber& phase);
  ~Outputs() override;

  std::int64_t read() const { return read_; }
  // Ends the reading; a failure of it.
  Status stop();

  // After stop(); figures by phase.
  const std::vector<OutputFigures>& figures() const { return figures_; }
  const Judge& judge() const { return judge_; }

  void on_assigned(const std::vector<stream::TopicPartition>& partitions) override;
  void on_revoked() override {}

 private:
  Outputs(const Plan& plan, const PhaseNumber& phase);
  Status run(const std::stop_token& stop);
  void take_placement(const stream::LogRecord& record);
  void take(std::int32_t partition, const test::baseline::Out& out, std::int64_t now_us);
  OutputFigures& now();

  const Plan& plan_;
  const PhaseNumber& phase_;
  std::unique_ptr<kafka::KafkaGroupReader> reader_;
  std::vector<stream::NextOffset> starts_;
  std::atomic<std::int64_t> read_{0};
  Judge judge_;
  std::map<std::int32_t, std::int64_t> last_us_;
  std::vector<std::string> owners_;
  std::vector<OutputFigures> figures_;
  Status ended_;
  std::jthread thread_;
};

}  // namespace encours::perf
