#include "common/sim/partition_log.h"

#include <algorithm>
#include <unordered_map>

namespace encours::sim {

void PartitionLog::append(stream::LogRecord record) {
  record.offset = next_offset_++;
  entries_.push_back({std::move(record), -1, Fate::kCommitted});
}

PartitionLog::Appended PartitionLog::append(Producer producer, std::int64_t sequence,
                                            const std::vector<stream::LogRecord>& batch) {
  auto& state = producers_[producer.id];
  if (producer.epoch < state.epoch) return {Code::kInvalidProducerEpoch, 0};
  if (producer.epoch > state.epoch) state = {producer.epoch, 0, -1};
  const auto size = static_cast<std::int64_t>(batch.size());
  if (sequence + size == state.next_sequence) return {Code::kNone, state.last_offset + 1};
  if (sequence != state.next_sequence) return {Code::kOutOfOrderSequence, 0};
  open_.try_emplace(producer.id, next_offset_);
  for (const auto& record : batch) {
    entries_.push_back({record, producer.id, Fate::kOpen});
    entries_.back().record.offset = next_offset_++;
  }
  state.next_sequence += size;
  state.last_offset = next_offset_ - 1;
  return {Code::kNone, next_offset_};
}

void PartitionLog::end_transaction(Producer producer, bool commit) {
  auto& state = producers_[producer.id];
  // A mark with a newer epoch fences what an older one still sends.
  if (producer.epoch > state.epoch) state = {producer.epoch, 0, -1};
  const auto open = open_.find(producer.id);
  if (open != open_.end()) {
    const auto first = static_cast<std::size_t>(find(open->second) - entries_.begin());
    for (std::size_t i = first; i < entries_.size(); ++i) {
      Entry& entry = entries_[i];
      if (entry.producer_id != producer.id || entry.fate != Fate::kOpen) continue;
      entry.fate = commit ? Fate::kCommitted : Fate::kAborted;
    }
    open_.erase(open);
  }
  Entry mark;
  mark.record.offset = next_offset_++;
  mark.producer_id = producer.id;
  mark.fate = Fate::kMark;
  entries_.push_back(std::move(mark));
}

std::vector<PartitionLog::Entry>::const_iterator PartitionLog::find(std::int64_t offset) const {
  return std::lower_bound(
      entries_.begin(), entries_.end(), offset,
      [](const Entry& entry, std::int64_t at) { return entry.record.offset < at; });
}

PartitionLog::Fetched PartitionLog::fetch(std::int64_t from, std::size_t max_records,
                                          Isolation isolation) const {
  Fetched out;
  out.high = next_offset_;
  out.end = isolation == Isolation::kCommitted ? stable_end() : next_offset_;
  out.next = from;
  out.out_of_range = from < low_ || from > next_offset_;
  if (out.out_of_range) return out;
  for (auto entry = find(from); entry != entries_.end(); ++entry) {
    if (entry->record.offset >= out.end || out.records.size() == max_records) break;
    out.next = entry->record.offset + 1;
    if (entry->fate == Fate::kMark) continue;
    if (isolation == Isolation::kCommitted && entry->fate == Fate::kAborted) continue;
    out.records.push_back(entry->record);
  }
  // What compaction has taken at the end is passed as well.
  if (out.records.size() < max_records) out.next = std::max(out.next, out.end);
  return out;
}

std::int64_t PartitionLog::stable_end() const {
  std::int64_t end = next_offset_;
  for (const auto& [producer, first] : open_) end = std::min(end, first);
  return end;
}

std::size_t PartitionLog::compact(std::int64_t until) {
  until = std::min(until, stable_end());
  std::unordered_map<std::string, std::int64_t> newest;
  for (const auto& entry : entries_) {
    if (entry.record.offset >= until) break;
    if (entry.fate == Fate::kCommitted) newest[entry.record.key] = entry.record.offset;
  }
  const auto forgotten = [&](const Entry& entry) {
    if (entry.record.offset >= until || entry.fate == Fate::kMark) return false;
    return entry.fate == Fate::kAborted || newest[entry.record.key] != entry.record.offset;
  };
  return std::erase_if(entries_, forgotten);
}

void PartitionLog::delete_below(std::int64_t offset) {
  low_ = std::max(low_, std::min(offset, stable_end()));
  std::erase_if(entries_, [&](const Entry& entry) { return entry.record.offset < low_; });
}

}  // namespace encours::sim
