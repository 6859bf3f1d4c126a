// The oracle: is what a run has left behind exactly what its input asks for?
//
// The five comparisons of one input: A, the model in memory; B, a run without faults; C, a run with
// faults; D, the stores rebuilt from the changelog into empty folders; E, a second replay into
// fresh topics. All byte by byte, in canonical form. A run is compared with A; that B equals A, and
// E equals B, is shown by a test of its own, so C is compared with both. Beside them: no
// transaction is left open, the committed offsets are at the end of the input, every record of the
// input is accounted for, and all is done in time after the last heal. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/stream/log_client.h"
#include "tests/fault/installation.h"
#include "tests/fault/judge.h"

namespace encours::test {

class Oracle {
 public:
  explicit Oracle(Installation& installation);
  ~Oracle();

  // Waits until the ticks of a cut have come out of every partition.
  Status await_outputs(std::int64_t timeout_ms, const Workload::Cut& cut);
  // Waits until the input is read and committed up to its end (the outputs may follow).
  Status await_input_read(std::int64_t timeout_ms);

  // Waits until no transaction is open on what the run writes.
  Status await_decided(std::int64_t timeout_ms);

  // Waits, ends the instances and compares all. After it the run is over.
  Verdict judge(std::int64_t liveness_ms);

  // After judge(): what the run has left behind, to compare one run with another.
  const Canonical& outputs() const { return judge_.outputs(); }
  const Canonical& rows() const { return judge_.rows(); }
  // Records of a topic: those committed, or all that lie in the log, aborted ones too.
  Result<std::int64_t> count_records(const std::string& topic, bool committed_only);
  // Sum of the high watermarks of a topic: grows with all that is written.
  Result<std::int64_t> log_end(const std::string& topic);
  Result<std::int64_t> log_end(const std::string& topic, std::int32_t partition);
  // What the group has committed, of those partitions of which it has.
  Result<std::vector<stream::NextOffset>> committed(
      const std::vector<stream::TopicPartition>& partitions);

 private:
  using Visitor = std::function<void(const stream::LogRecord&)>;

  Status connect();
  Status read_committed(const std::string& topic, std::int32_t partition, std::int64_t deadline_ms,
                        const Visitor& visit, std::int64_t* position);
  void read_outputs();
  void check_offsets();
  void check_stores();

  Installation& installation_;
  Expected expected_;
  std::unique_ptr<stream::LogClient> log_;
  std::unique_ptr<stream::LogReplay> replay_;
  std::unique_ptr<stream::GroupReader> reader_;
  std::string cluster_id_;
  std::map<std::int32_t, std::int64_t> out_positions_;
  // Per partition and clock, the last tick that has come out.
  std::map<std::pair<std::int32_t, std::string>, std::int64_t> out_ticks_;
  Judge judge_;
};

}  // namespace encours::test
