// The judge: compares what a run has left behind with what its input asks for, byte by byte.
//
// Of the five comparisons (oracle.h) it has those that need no processes: outputs and stores with
// the model (A=C), stores rebuilt from the changelog and those left behind (C=D), committed offsets
// and every record of the input accounted for. It is given records, offsets and stores, whether
// they come from a real cluster (oracle.h) or from a simulated one (sim/world.h). One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/state/store.h"
#include "common/stream/log_client.h"
#include "common/time/clock.h"
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

// Topics that the judge is given, and those whose offsets the group commits.
inline constexpr const char* kJudgedTopics[] = {"tally.mid", "tally.out", "encours.dead-letters",
                                                "encours.audit"};
inline constexpr const char* kGroupTopics[] = {"tally.in", "tally.mid", "encours.settings"};

// What a store holds of the tables that are compared.
struct StoreRows {
  Canonical rows;
  std::int64_t next_offset = 0;
  // Of all totals.
  std::int64_t sum = 0;
};
Result<StoreRows> rows_of(Store& store, std::int32_t partition, std::int32_t partitions);

class Judge {
 public:
  // Both outlive it.
  Judge(const Workload& workload, const Expected& expected)
      : workload_(workload), expected_(expected) {}

  void note(const char* comparison, std::string what);
  // Each committed record of the judged topics, those of a partition in order.
  void take(const stream::LogRecord& record);

  void check_outputs();
  std::vector<stream::TopicPartition> group_partitions() const;
  void check_offsets(const std::vector<stream::NextOffset>& committed);
  void check_accounted();

  // The store of a partition at a place: what an instance has left behind, or a new one.
  using OpenStore = std::function<Result<std::shared_ptr<Store>>(std::int32_t partition,
                                                                 const std::string& place)>;
  // C: the newest store of each partition as it stands. D: one built from the changelog alone at
  // `fresh`, and what any other place has, brought up to date.
  void check_stores(const std::map<std::int32_t, std::vector<std::string>>& places,
                    const std::string& fresh, const OpenStore& open, stream::LogReplay& replay,
                    Clock& clock);

  const Verdict& verdict() const { return verdict_; }
  const Canonical& outputs() const { return outputs_; }
  const Canonical& rows() const { return rows_; }

 private:
  void note_differences(const char* comparison, const Canonical& expected, const Canonical& found);
  Result<StoreRows> rows_of_restored(const std::shared_ptr<Store>& store, std::int32_t partition,
                                     stream::LogReplay& replay, Clock& clock) const;

  const Workload& workload_;
  const Expected& expected_;
  std::map<std::string, std::map<std::int32_t, std::int64_t>> last_offsets_;
  // Origins, by (partition, offset) of the input, of records per topic.
  std::map<std::string, std::multiset<std::pair<std::int32_t, std::int64_t>>> origins_;
  Canonical outputs_;
  Canonical rows_;
  Verdict verdict_;
};

}  // namespace encours::test
