// The part of Task that a rebuild needs in wall time: what one log holds waits in its order.
#include <algorithm>

#include "common/stream/runtime_tables.h"
#include "common/stream/task.h"

namespace encours::stream {

// In wall time what one log holds was decided in the order of that log, whatever its times: a
// rebuild keeps it, and merges with other inputs by time. The steps between stages with several
// channels are made anew in another order and are merged by time alone.
bool Task::keeps_log_order(const Place& place, const std::string& clock) const {
  const auto& book = clocks_[place.stage];
  return effects_mode_ == EffectsMode::kRebuild && clock == kWallClock && book.has_ticks() &&
         !place.in_order_of_arrival && book.channels_of(place.input) <= 1;
}

void Task::park_in_log_order(const Place& place, const std::string& clock, const Record& record,
                             std::int64_t log_offset, rt::PendingRow row) {
  LogOrder& log = log_orders_[{place.stage, place.input}];
  // After a failure only the rows tell how far time has come.
  log.tick = std::max(log.tick, clocks_[place.stage].standing(clock).handled);
  log.latest =
      std::max({log.latest, log.tick, to_instant(record.envelope.recorded_at())});
  const Phase phase = log.latest > log.tick ? phase_of(record.envelope) : Phase::kRecorded;
  set_timestamp(log.latest, row.mutable_recorded_at());
  const std::string key =
      KeyWriter(pending_key_prefix(clocks_[place.stage].stage_name(), clock))
          .number(log.latest.unix_micros())
          .byte(static_cast<std::uint8_t>(phase))
          .number(place.input)
          .number(log_offset)
          .take();
  overlay_.put(key, Effects::serialise(row));
  if (clocks_[place.stage].channels_of(place.input) > 0) log.since_tick.push_back(key);
  ++counts_.parked;
}

// What stands before a tick in the log was decided before it, though its time may be later.
void Task::pass_tick_in_log(const Place& place, const Tick& tick) {
  LogOrder& log = log_orders_[{place.stage, place.input}];
  log.tick = std::max(log.tick, clocks_[place.stage].standing(tick.clock()).handled);
  if (to_instant(tick.instant()) <= log.tick) return;  // Passed before.
  // One record may bring several ticks; what stands before it stands before the first of them.
  Instant at = to_instant(tick.instant());
  for (const auto& earlier : tick.earlier()) {
    if (to_instant(earlier) > log.tick) at = std::min(at, to_instant(earlier));
  }
  const std::string prefix =
      pending_key_prefix(clocks_[place.stage].stage_name(), tick.clock());
  const std::string bound = KeyWriter(prefix)
                                .number(at.unix_micros())
                                .byte(static_cast<std::uint8_t>(Phase::kTick))
                                .take();
  if (!log.from_rows) find_parked(place, prefix, &log);
  for (const auto& key : log.since_tick) {
    const auto row = key < bound ? std::nullopt : overlay_.get(key);
    if (!row) continue;
    // Time and phase go, input and offset stay.
    KeyReader reader(std::string_view(key).substr(prefix.size()));
    reader.number();
    reader.byte();
    overlay_.erase(key);
    overlay_.put(KeyWriter(prefix)
                     .number(at.unix_micros())
                     .byte(static_cast<std::uint8_t>(Phase::kDecided))
                     .take() + std::string(reader.rest()),
                 *row);
  }
  log.since_tick.clear();
  log.tick = std::max(log.tick, to_instant(tick.instant()));
  log.latest = std::max(log.latest, log.tick);
}

// What waits now was read before the tick, so all of it counts; once after a start, as other
// inputs may have years of rows there.
void Task::find_parked(const Place& place, const std::string& prefix, LogOrder* log) const {
  log->since_tick.clear();
  log->from_rows = true;
  overlay_.scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view) {
    KeyReader reader(key.substr(prefix.size()));
    reader.number();
    const bool tick = reader.byte() == static_cast<std::uint8_t>(Phase::kTick);
    if (!tick && reader.number() == place.input) log->since_tick.emplace_back(key);
    return true;
  });
}

}  // namespace encours::stream
