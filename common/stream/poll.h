// poll: the records of the partitions that are ours, in bounded buffers. First verb of the path.
//
// Records wait here, per partition and in order of offset, until their task takes them; a record
// that is below the position we stand at (fetched again after a restart of fetching) is dropped.
// The buffers are ours because a paused librdkafka partition throws away what it fetched. One
// thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/stream/log_client.h"

namespace encours::stream {

class Poller {
 public:
  // Above this a partition that nobody takes from (a hold) is paused until half is taken.
  static constexpr std::size_t kMaxBuffered = 20000;

  explicit Poller(GroupReader& reader) : reader_(reader) {}

  // Fetches into the buffers; waits at most `timeout_ms` when nothing is there.
  Status poll(int timeout_ms);

  Status start(const std::vector<NextOffset>& positions);
  // Forgets buffers and positions of all partitions (revocation, failure).
  void forget_all();
  // Those of one partition, whose topic is gone.
  void forget(const TopicPartition& at);

  // Topic partitions of one task that have records waiting, in the order in which they are served:
  // settings first, so that what others name is known.
  // The record is good until the next call; its strings may be taken.
  LogRecord* front(const TopicPartition& partition);
  void pop(const TopicPartition& partition);
  bool has_records() const;
  // The last poll came back full: more is at hand.
  bool came_back_full() const { return came_back_full_; }
  std::vector<TopicPartition> partitions() const;

  // Positions up to which records were taken since the last call of mark_committed.
  std::vector<NextOffset> taken() const;
  // What a transaction commits: the positions taken and, where it moves nothing there, the inputs
  // `always` as they are committed already. With one of each changed task the changelog's position
  // is kept, and the broker looks at the group's generation only when offsets are sent: a
  // transaction without any would let a zombie commit.
  std::vector<NextOffset> to_commit(const std::vector<TopicPartition>& always) const;
  void mark_committed();

  // All that is there of a partition was taken, as far as the last fetch knows.
  bool is_read_to_its_end(const TopicPartition& at) const;
  // All below it was taken, or is no record.
  std::int64_t taken_until(const TopicPartition& at) const;

  // Where each partition stands, from what is known here.
  std::vector<InputStanding> standings() const;

 private:
  struct Buffer {
    std::deque<Fetched> records;
    std::int64_t next_fetched = 0;
    std::int64_t next_taken = 0;
    std::int64_t committed = 0;
    bool paused = false;
  };

  Status keep_bounds(const TopicPartition& at, Buffer& buffer);
  Buffer* find(const TopicPartition& at);

  GroupReader& reader_;
  std::map<TopicPartition, Buffer> buffers_;
  // Found last: records are taken from one partition for a while.
  std::pair<const TopicPartition, Buffer>* last_ = nullptr;
  std::vector<FetchedRun> fetched_;
  bool came_back_full_ = false;
  LogRecord front_;
};

}  // namespace encours::stream
