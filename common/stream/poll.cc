#include "common/stream/poll.h"

#include <algorithm>

#include "common/base/check.h"

namespace encours::stream {
namespace {

constexpr std::size_t kBatch = 5000;

}  // namespace

Status Poller::poll(int timeout_ms) {
  fetched_.clear();
  came_back_full_ = false;
  ENCOURS_TRY(reader_.poll(timeout_ms, kBatch, &fetched_));
  std::size_t count = 0;
  for (auto& run : fetched_) {
    count += run.records.size();
    Buffer* buffer = find(run.at);
    if (buffer == nullptr) continue;  // Not ours any more.
    for (auto& record : run.records) {
      // Fetched before the partition was started anew.
      if (record.offset < buffer->next_fetched) continue;
      buffer->next_fetched = record.offset + 1;
      buffer->records.push_back(std::move(record));
    }
  }
  came_back_full_ = count >= kBatch;
  for (auto& [at, buffer] : buffers_) ENCOURS_TRY(keep_bounds(at, buffer));
  return {};
}

Status Poller::keep_bounds(const TopicPartition& at, Buffer& buffer) {
  if (!buffer.paused && buffer.records.size() > kMaxBuffered) {
    buffer.paused = true;
    return reader_.pause(at);
  }
  if (buffer.paused && buffer.records.size() < kMaxBuffered / 2) {
    buffer.paused = false;
    return reader_.resume(at);
  }
  return {};
}

Status Poller::start(const std::vector<NextOffset>& positions) {
  for (const auto& next : positions) {
    Buffer& buffer = buffers_[next.at];
    buffer = Buffer();
    buffer.next_fetched = buffer.next_taken = buffer.committed = next.offset;
  }
  return reader_.start(positions);
}

void Poller::forget_all() {
  last_ = nullptr;
  buffers_.clear();
}

void Poller::forget(const TopicPartition& at) {
  last_ = nullptr;
  buffers_.erase(at);
}

Poller::Buffer* Poller::find(const TopicPartition& at) {
  if (last_ == nullptr || last_->first != at) {
    const auto found = buffers_.find(at);
    if (found == buffers_.end()) return nullptr;
    last_ = &*found;
  }
  return &last_->second;
}

LogRecord* Poller::front(const TopicPartition& partition) {
  const Buffer* buffer = find(partition);
  if (buffer == nullptr || buffer->records.empty()) return nullptr;
  reader_.read(partition, buffer->records.front(), &front_);
  return &front_;
}

void Poller::pop(const TopicPartition& partition) {
  Buffer* buffer = find(partition);
  ENCOURS_CHECK(buffer != nullptr && !buffer->records.empty(), "what is popped was taken before");
  buffer->next_taken = buffer->records.front().offset + 1;
  buffer->records.pop_front();
}

bool Poller::has_records() const {
  return std::any_of(buffers_.begin(), buffers_.end(),
                     [](const auto& one) { return !one.second.records.empty(); });
}

std::vector<TopicPartition> Poller::partitions() const {
  std::vector<TopicPartition> out;
  for (const auto& [at, buffer] : buffers_) out.push_back(at);
  return out;
}

std::vector<NextOffset> Poller::taken() const {
  std::vector<NextOffset> out;
  for (const auto& [at, buffer] : buffers_) {
    if (buffer.next_taken != buffer.committed) out.push_back({at, buffer.next_taken});
  }
  return out;
}

std::vector<NextOffset> Poller::to_commit(const std::vector<TopicPartition>& always) const {
  auto offsets = taken();
  for (const auto& at : always) {
    const auto found = buffers_.find(at);
    if (found == buffers_.end() || found->second.next_taken != found->second.committed) continue;
    offsets.push_back({at, found->second.committed});
  }
  return offsets;
}

std::vector<InputStanding> Poller::standings() const {
  std::vector<InputStanding> out;
  for (const auto& [at, buffer] : buffers_) {
    const auto end = reader_.end_of(at);
    // Markers of transactions take offsets and are never handed over: without a look at the end a
    // partition that is read to its last record would stay a little behind for ever.
    const bool all_committed = buffer.records.empty() && buffer.committed == buffer.next_taken;
    if (all_committed && end.reached > 0 && end.reached >= buffer.committed) {
      out.push_back({at, end.reached, end.reached});
    } else if (end.high) {
      out.push_back({at, buffer.committed, std::max(*end.high, buffer.next_fetched)});
    } else {
      out.push_back({at, buffer.committed, std::nullopt});
    }
  }
  return out;
}

bool Poller::is_read_to_its_end(const TopicPartition& at) const {
  const auto found = buffers_.find(at);
  if (found == buffers_.end() || !found->second.records.empty()) return false;
  const auto end = reader_.end_of(at);
  return end.high && std::max(found->second.next_fetched, end.reached) >= *end.high;
}

std::int64_t Poller::taken_until(const TopicPartition& at) const {
  const auto found = buffers_.find(at);
  if (found == buffers_.end()) return -1;
  const Buffer& buffer = found->second;
  return buffer.records.empty() ? std::max(buffer.next_taken, reader_.end_of(at).reached)
                                : buffer.next_taken;
}

void Poller::mark_committed() {
  for (auto& [at, buffer] : buffers_) buffer.committed = buffer.next_taken;
}

}  // namespace encours::stream
