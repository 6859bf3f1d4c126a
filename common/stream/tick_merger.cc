#include "common/stream/tick_merger.h"

namespace encours::stream {
namespace {

// A record of merged ticks stays small whatever an import spans.
constexpr int kMaxMerged = 1000;

}  // namespace

Status TickMerger::send(const Channel& channel, const Tick& tick) {
  Outgoing out;
  out.topic = channel.first;
  out.partition = channel.second;
  out.key = tick.clock();
  out.value = encode_tick(tick);
  return sink_.produce(std::move(out));
}

Status TickMerger::produce(const Outgoing& record) {
  if (waiting_.empty()) return sink_.produce(record);
  const auto found = waiting_.find({record.topic, record.partition});
  if (found != waiting_.end()) {
    for (const auto& [line, tick] : found->second) ENCOURS_TRY(send(found->first, tick));
    waiting_.erase(found);
  }
  return sink_.produce(record);
}

Status TickMerger::add(const std::string& topic, std::int32_t partition, const Tick& tick) {
  const Channel channel{topic, partition};
  auto& ticks = waiting_[channel];
  const auto [found, fresh] = ticks.try_emplace({tick.clock(), tick.stage()}, tick);
  if (fresh) return {};
  Tick& last = found->second;
  if (last.settings_version() != tick.settings_version() || last.earlier_size() >= kMaxMerged) {
    ENCOURS_TRY(send(channel, last));
    last = tick;
    return {};
  }
  *last.add_earlier() = last.instant();
  *last.mutable_instant() = tick.instant();
  return {};
}

Status TickMerger::flush() {
  for (const auto& [channel, ticks] : waiting_) {
    for (const auto& [line, tick] : ticks) ENCOURS_TRY(send(channel, tick));
  }
  waiting_.clear();
  return {};
}

}  // namespace encours::stream
