// What the runner needs of a log: a group reader, a transactional writer, a replay for restores.
//
// Implemented over librdkafka (common/kafka) and, for tests, over a log in memory. Every call is
// made by the one thread of the runner that owns it. Errors are classified by reaction: anything
// but success or kRetry sends the runner down its one failure path (task_runner.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/stream/log.h"

namespace encours::stream {

// The offset to read next: last processed + 1. Kafka's committed offsets mean the same.
struct NextOffset {
  TopicPartition at;
  std::int64_t offset = 0;
  // Of a committed offset: where the changelog of its task goes on behind the transaction that has
  // committed it. Kept with it, as its metadata; empty where an older release has committed.
  std::optional<std::int64_t> changelog_next = {};
  friend bool operator==(const NextOffset&, const NextOffset&) = default;
};

// How far one input of a task has come.
struct InputStanding {
  TopicPartition at;
  // Committed by us; at the end of the input that end, also where it is a transaction's marker.
  std::int64_t next = 0;
  // Not known before the first fetch.
  std::optional<std::int64_t> end;
};

// A record that has been fetched, as the reader's library holds it: GroupReader::read() tells what
// it says. So what waits in buffers takes no memory of ours, and is copied once.
struct Fetched {
  std::int64_t offset = 0;
  std::unique_ptr<void, void (*)(void*)> held;
};

// Records of one partition, in order of offset.
struct FetchedRun {
  TopicPartition at;
  std::vector<Fetched> records;
};

class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;
  virtual void on_assigned(const std::vector<TopicPartition>& partitions) = 0;
  // Called before the partitions go: what is staged may still be committed here.
  virtual void on_revoked() = 0;
};

class GroupReader {
 public:
  virtual ~GroupReader() = default;
  virtual Status subscribe(const std::vector<std::string>& topics, RebalanceListener* listener) = 0;
  // Appends what is there, at most `max_records`, waiting at most `timeout_ms` for the first.
  // Rebalance callbacks run inside; what was fetched before one is not handed over.
  virtual Status poll(int timeout_ms, std::size_t max_records, std::vector<FetchedRun>* out) = 0;
  // Fills `out`, whose memory is used again. `run` has the partition of the record.
  virtual void read(const TopicPartition& at, const Fetched& record, LogRecord* out) const = 0;
  // Committed offsets once no transaction is pending on them; those without one are left out.
  virtual Result<std::vector<NextOffset>> stable_committed(
      const std::vector<TopicPartition>& partitions) = 0;
  // Fetches from exactly these offsets on, beside what is fetched already.
  virtual Status start(const std::vector<NextOffset>& positions) = 0;
  virtual Status stop(const std::vector<TopicPartition>& partitions) = 0;
  // A paused partition throws away what was fetched ahead and fetches it again on resume.
  virtual Status pause(const TopicPartition& partition) = 0;
  virtual Status resume(const TopicPartition& partition) = 0;
  // What is known of a partition's end without asking anybody. `high`: as it was last fetched,
  // records of open transactions included. `reached`: all that is committed below it has been
  // handed over, and at that moment there was nothing more.
  struct End {
    std::optional<std::int64_t> high;
    std::int64_t reached = 0;
  };
  virtual End end_of(const TopicPartition& partition) const = 0;
  // Of the membership at hand; from on_assigned() until on_revoked() it stays the same. Empty
  // without a membership.
  virtual std::optional<std::int32_t> generation() const = 0;
  // Leaves the group and joins anew (after kMigrated).
  virtual Status rejoin() = 0;
  // Static members keep their partitions until the session times out.
  virtual void close() = 0;
};

class TransactionalWriter : public Sink {
 public:
  // Finishes or aborts what an earlier owner of the id left open; fences it.
  virtual Status init() = 0;
  virtual Status begin() = 0;
  // Adds to the open transaction; the delivery of all is waited for by commit().
  Status produce(const Outgoing& record) override = 0;
  // Group metadata is read fresh from the reader for each call.
  virtual Status send_offsets(const std::vector<NextOffset>& offsets, GroupReader& reader) = 0;
  // Success means: committed. Otherwise the outcome is unknown and the writer must be replaced.
  virtual Status commit() = 0;
  // How often the end of the open (or last) transaction was asked for: the library repeats the
  // request by itself, and the first may still be on its way.
  virtual int end_requests() const = 0;
  // Requests with offsets of the open (or last) transaction that nobody has answered: repeated by
  // the library as well, and one that is late would put its offsets over those of a later one.
  virtual int stray_offset_requests() const = 0;
  virtual Status abort() = 0;
  // Waits until all records of the transaction are acknowledged.
  virtual Status flush() = 0;
  // Next offset after the last acknowledged record of a partition in this writer's life.
  virtual std::optional<std::int64_t> next_offset_after(const TopicPartition& partition) const = 0;
};

class LogReplay {
 public:
  virtual ~LogReplay() = default;
  struct Range {
    std::int64_t low = 0;
    std::int64_t high = 0;  // High watermark: open transactions included.
  };
  virtual Result<Range> range(const TopicPartition& partition) = 0;
  // Last stable offset: below it every transaction has ended.
  virtual Result<std::int64_t> stable_end(const TopicPartition& partition) = 0;
  // Hands over committed records from `from` on until the position has reached `until`, and none
  // behind it; `idle` is called often (keep the group alive) and stops the replay by an error.
  virtual Status replay(const TopicPartition& partition, std::int64_t from, std::int64_t until,
                        const std::function<Status(const LogRecord&)>& take,
                        const std::function<Status()>& idle) = 0;
};

// Code of the failure of a GroupReader whose name in the group has gone to another member.
inline constexpr const char* kConsumerFenced = "consumer_fenced";

class LogClient {
 public:
  virtual ~LogClient() = default;
  virtual Result<std::unique_ptr<GroupReader>> make_reader() = 0;
  virtual Result<std::unique_ptr<TransactionalWriter>> make_writer() = 0;
  virtual Result<std::unique_ptr<LogReplay>> make_replay() = 0;
  virtual Result<std::string> cluster_id() = 0;
  // Topics that exist and begin with the prefix, with their numbers of partitions.
  virtual Result<std::map<std::string, std::int32_t>> topics_with_prefix(
      const std::string& prefix) = 0;
  // Names of those that are in the group of our readers now.
  virtual Result<std::vector<std::string>> members() = 0;
  // Ends what a member that has gone has left open, and fences it.
  virtual Status fence(const std::string& member) = 0;
};

}  // namespace encours::stream
