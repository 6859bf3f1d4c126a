// FeedTail: the newest changes of one tenant over all partitions, in memory, bounded.
//
// Readers that keep up are served from here, whatever instance the partition is on; who has fallen
// behind floor() reads the store or asks the partition's owner. Changes come from the local stores
// and from streams of other instances, now and then from both, so each is taken once by its
// sequence. One thread: that of the feed core that owns it.
//
//   kept:  floor < sequence <= head       known: a partition that anybody has told of
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "services/alerting/query/feed_reader.h"

namespace encours::alerting {

class FeedTail {
 public:
  // At most `capacity` changes are kept, over all partitions.
  FeedTail(std::int32_t partitions, std::size_t capacity);

  bool known(std::int32_t partition) const { return at(partition).known; }
  std::int64_t head(std::int32_t partition) const { return at(partition).head; }
  std::int64_t floor(std::int32_t partition) const { return at(partition).floor; }

  // The feed stands at `head`; nothing before it is kept here. Ignored where the tail is further.
  void begin(std::int32_t partition, std::int64_t head);
  // True where it is new. Changes that were left out before it raise the floor.
  bool append(ChangePtr change);

  // Appends the changes behind `after`, which is not below the floor, at most `limit`.
  void copy(std::int32_t partition,
            std::int64_t after,
            std::size_t limit,
            std::vector<ChangePtr>* out) const;

  std::size_t size() const { return order_.size(); }

 private:
  struct Part {
    bool known = false;
    std::int64_t head = 0;
    std::int64_t floor = 0;
    std::deque<ChangePtr> changes;
  };
  const Part& at(std::int32_t partition) const {
    return parts_[static_cast<std::size_t>(partition)];
  }
  Part& at(std::int32_t partition) { return parts_[static_cast<std::size_t>(partition)]; }
  void forget_oldest();

  std::size_t capacity_;
  std::vector<Part> parts_;
  // Partition of each change that is kept, in order of arrival.
  std::deque<std::int32_t> order_;
};

}  // namespace encours::alerting
