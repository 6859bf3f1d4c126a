// PartitionLog: one partition as a broker keeps it, with idempotent and transactional producers.
//
// Control marks take offsets; the last stable offset stands at the first record of an open
// transaction; what is aborted stays in the log and is not handed to readers of committed records.
// compact() forgets what newer records of a key have replaced, below the last stable offset only.
// Values; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "common/sim/protocol.h"
#include "common/stream/log.h"

namespace encours::sim {

class PartitionLog {
 public:
  struct Appended {
    Code code = Code::kNone;
    std::int64_t next_offset = 0;
  };
  // What a reader gets: records, and where it stands after them.
  struct Fetched {
    std::vector<stream::LogRecord> records;
    std::int64_t next = 0;
    // What it may read up to, and all there is.
    std::int64_t end = 0;
    std::int64_t high = 0;
    // Below the log's beginning, or beyond its end.
    bool out_of_range = false;
  };
  enum class Isolation { kCommitted, kUncommitted };

  void append(stream::LogRecord record);
  // A batch of an idempotent producer: repeated it changes nothing, out of order it is refused.
  Appended append(Producer producer, std::int64_t sequence,
                  const std::vector<stream::LogRecord>& batch);
  // The mark of a transaction; of none where the producer has none open here. Its epoch fences
  // older ones of the same id.
  void end_transaction(Producer producer, bool commit);

  Fetched fetch(std::int64_t from, std::size_t max_records, Isolation isolation) const;
  std::int64_t low() const { return low_; }
  std::int64_t high() const { return next_offset_; }
  std::int64_t stable_end() const;
  bool has_open_transaction() const { return !open_.empty(); }
  bool is_open(std::int64_t producer_id) const { return open_.contains(producer_id); }

  // Returns how many records were forgotten.
  std::size_t compact(std::int64_t until);
  void delete_below(std::int64_t offset);

 private:
  enum class Fate : std::uint8_t { kCommitted, kOpen, kAborted, kMark };
  struct Entry {
    stream::LogRecord record;
    std::int64_t producer_id = -1;
    Fate fate = Fate::kCommitted;
  };
  struct ProducerState {
    std::int32_t epoch = 0;
    std::int64_t next_sequence = 0;
    std::int64_t last_offset = -1;
  };

  std::vector<Entry>::const_iterator find(std::int64_t offset) const;

  std::vector<Entry> entries_;  // In order of offset, with gaps.
  std::int64_t low_ = 0;
  std::int64_t next_offset_ = 0;
  std::map<std::int64_t, ProducerState> producers_;
  std::map<std::int64_t, std::int64_t> open_;  // First offset by producer id.
};

}  // namespace encours::sim
