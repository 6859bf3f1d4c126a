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
#include <set>
#include <string>
#include <vector>

#include "common/stream/log_client.h"
#include "tests/fault/installation.h"
#include "tests/fault/model.h"

namespace encours::test {

// What can fail, by the name that a report uses.
inline constexpr const char* kOutputs = "outputs (A=C)";
inline constexpr const char* kStore = "store (A=C)";
inline constexpr const char* kRebuilt = "rebuilt store (C=D)";
inline constexpr const char* kLeftBehind = "store left behind, brought up to date (C=D)";
inline constexpr const char* kOpenTransaction = "open transaction";
inline constexpr const char* kOffsets = "committed offsets";
inline constexpr const char* kAccounted = "every input accounted for";
inline constexpr const char* kLiveness = "liveness";

struct Finding {
  std::string comparison;
  std::string what;
};

struct Verdict {
  std::vector<Finding> findings;

  bool exact() const { return findings.empty(); }
  std::set<std::string> failed() const;
  std::string text() const;
};

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
  const Canonical& outputs() const { return outputs_; }
  const Canonical& rows() const { return rows_; }
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
  void note(const char* comparison, std::string what);
  void note_differences(const char* comparison, const Canonical& expected, const Canonical& found);
  Status read_committed(const std::string& topic, std::int32_t partition, std::int64_t deadline_ms,
                        const Visitor& visit, std::int64_t* position);
  std::int64_t low_of(const stream::TopicPartition& at);
  void read_outputs();
  void check_offsets();
  void check_accounted();
  void check_stores();
  struct Rows;
  Result<Rows> rows_of(const std::filesystem::path& data_dir, std::int32_t partition,
                       bool bring_up_to_date);

  Installation& installation_;
  Expected expected_;
  std::unique_ptr<stream::LogClient> log_;
  std::unique_ptr<stream::LogReplay> replay_;
  std::unique_ptr<stream::GroupReader> reader_;
  std::string cluster_id_;
  std::map<std::int32_t, std::int64_t> out_positions_;
  // Per partition and clock, the last tick that has come out.
  std::map<std::pair<std::int32_t, std::string>, std::int64_t> out_ticks_;
  std::map<std::string, std::map<std::int32_t, std::int64_t>> last_offsets_;
  // Origins, by (partition, offset) of the input, of records per topic.
  std::map<std::string, std::multiset<std::pair<std::int32_t, std::int64_t>>> origins_;
  Canonical outputs_;
  Canonical rows_;
  Verdict verdict_;
};

}  // namespace encours::test
