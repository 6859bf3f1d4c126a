#include "services/alerting/query/feed_tail.h"

#include <algorithm>

#include "common/base/check.h"

namespace encours::alerting {

FeedTail::FeedTail(std::int32_t partitions, std::size_t capacity)
    : capacity_(capacity), parts_(static_cast<std::size_t>(partitions)) {
  ENCOURS_CHECK(partitions > 0 && capacity > 0, "a tail has partitions and room");
}

void FeedTail::begin(std::int32_t partition, std::int64_t head) {
  Part& part = at(partition);
  if (part.known && head <= part.head) return;
  part.known = true;
  part.head = head;
  part.floor = head;
}

bool FeedTail::append(ChangePtr change) {
  const std::int32_t partition = change->partition;
  Part& part = at(partition);
  if (part.known && change->sequence <= part.head) return false;
  if (!part.known || change->sequence != part.head + 1) begin(partition, change->sequence - 1);
  part.head = change->sequence;
  part.changes.push_back(std::move(change));
  order_.push_back(partition);
  if (order_.size() > capacity_) forget_oldest();
  return true;
}

void FeedTail::forget_oldest() {
  Part& part = at(order_.front());
  order_.pop_front();
  part.floor = std::max(part.floor, part.changes.front()->sequence);
  part.changes.pop_front();
}

void FeedTail::copy(std::int32_t partition,
                    std::int64_t after,
                    std::size_t limit,
                    std::vector<ChangePtr>* out) const {
  const Part& part = at(partition);
  ENCOURS_CHECK(part.known && after >= part.floor, "the tail holds what is asked of it");
  auto change = std::upper_bound(
      part.changes.begin(),
      part.changes.end(),
      after,
      [](std::int64_t sequence, const ChangePtr& kept) { return sequence < kept->sequence; });
  for (; change != part.changes.end() && limit > 0; ++change, --limit) out->push_back(*change);
}

}  // namespace encours::alerting
