#include "common/stream/clock_book.h"

#include <algorithm>
#include <string_view>

#include "common/base/check.h"
#include "common/base/fault_point.h"
#include "common/stream/runtime_tables.h"

namespace encours::stream {

ClockBook::ClockBook(const Stage& stage, std::int32_t partition, std::int32_t partitions,
                     Overlay& overlay, Waiting waiting)
    : stage_name_(stage.name()), waiting_(waiting), overlay_(overlay) {
  const auto inputs = stage.inputs();
  for (int i = 0; i < static_cast<int>(inputs.size()); ++i) {
    if (inputs[i].kind == InputKind::kOutcomes) has_effects_ = true;
    if (inputs[i].from_all_partitions && !inputs[i].tick_stages.empty()) is_rekeyed_ = true;
    for (const auto& upstream : inputs[i].tick_stages) {
      const std::int32_t first = inputs[i].from_all_partitions ? 0 : partition;
      const std::int32_t last = inputs[i].from_all_partitions ? partitions - 1 : partition;
      for (std::int32_t p = first; p <= last; ++p) channels_.push_back({i, upstream, p});
    }
  }
  channel_count_ = channels_.size();
}

int ClockBook::find_channel(int input, const Tick& tick) const {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const auto& channel = channels_[i];
    if (channel.input == input && channel.partition == tick.partition() &&
        channel.stage == tick.stage()) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

void ClockBook::take(int input, const Tick& tick) {
  const int channel = find_channel(input, tick);
  ENCOURS_CHECK(channel >= 0, "a tick comes from a stage that the topology declares");
  Clock& clock = load(tick.clock());
  for (const auto& earlier : tick.earlier()) {
    pass(clock, channel, tick, to_instant(earlier));
  }
  pass(clock, channel, tick, to_instant(tick.instant()));
  if (clock.channels[channel] > Instant::min()) {
    rt::ChannelRow row;
    set_timestamp(clock.channels[channel], row.mutable_instant());
    overlay_.put(channel_key(tick.clock(), channels_[channel]), Effects::serialise(row));
  }
  align(tick.clock(), clock);
}

void ClockBook::pass(Clock& clock, int channel, const Tick& tick, Instant instant) {
  if (instant <= clock.channels[channel]) return;
  clock.channels[channel] = instant;
  const std::string key = pending_tick_key(stage_name_, tick.clock(), instant);
  const auto known = overlay_.get(key);
  rt::PendingRow pending;
  if (known) pending = View::parse<rt::PendingRow>(*known);
  if (known && pending.tick_settings_version() >= tick.settings_version()) return;
  pending.set_tick_settings_version(tick.settings_version());
  overlay_.put(key, Effects::serialise(pending));
}

void ClockBook::align(const std::string& name, Clock& clock) {
  const Instant furthest = *std::max_element(clock.channels.begin(), clock.channels.end());
  const bool patient = name == kWallClock && waiting_ == Waiting::kWithPatience;
  const Instant horizon = patient ? furthest - kPatience : Instant::min();
  // The broken rule: a tick fires as soon as the fastest channel has passed it.
  const bool early = mutation_is_on("fire_tick_early");
  Instant aligned = furthest;
  clock.standing.channels_late = 0;
  if (clock.standing.first_tick == Instant::min()) clock.standing.first_tick = furthest;
  for (const Instant channel : clock.channels) {
    if (early) break;
    if (std::max(channel, clock.standing.first_tick) < horizon) {
      ++clock.standing.channels_late;
    } else {
      aligned = std::min(aligned, channel);
    }
  }
  if (aligned > clock.standing.aligned) {
    clock.standing.aligned = aligned;
    backlog_.insert(name);
  }
  store(name, clock);
}

const ClockBook::Standing& ClockBook::standing(const std::string& clock) {
  return load(clock).standing;
}

void ClockBook::finish(const std::string& name, Instant instant, std::int64_t settings_version) {
  Clock& clock = load(name);
  ENCOURS_CHECK(instant > clock.standing.handled && instant <= clock.standing.aligned,
                "ticks are handled in order and only when aligned");
  clock.standing.handled = instant;
  clock.standing.recorded_at = std::max(clock.standing.recorded_at, instant);
  clock.standing.settings_version = std::max(clock.standing.settings_version, settings_version);
  if (clock.standing.handled == clock.standing.aligned) backlog_.erase(name);
  store(name, clock);
}

Instant ClockBook::advance_recorded(const std::string& name, Instant recorded_at) {
  Clock& clock = load(name);
  if (recorded_at <= clock.standing.recorded_at) return clock.standing.recorded_at;
  clock.standing.recorded_at = recorded_at;
  store(name, clock);
  return recorded_at;
}

std::int64_t ClockBook::advance_settings(const std::string& name, std::int64_t version) {
  if (name != kWallClock) return version;
  Clock& clock = load(name);
  if (version <= clock.standing.decided_version) return clock.standing.decided_version;
  clock.standing.decided_version = version;
  store(name, clock);
  return version;
}

void ClockBook::forget() {
  clocks_.clear();
  backlog_.clear();
  const std::string prefix = KeyWriter().byte(kClockTable.id).text(stage_name_).take();
  std::vector<std::string> names;
  overlay_.scan(prefix, after_prefix(prefix), [&](std::string_view key, std::string_view) {
    KeyReader reader(key.substr(prefix.size()));
    names.push_back(reader.text().value_or(""));
    return true;
  });
  for (const auto& name : names) {
    const Clock& clock = load(name);
    if (clock.standing.handled < clock.standing.aligned) backlog_.insert(name);
  }
}

ClockBook::Clock& ClockBook::load(const std::string& name) {
  auto [found, fresh] = clocks_.try_emplace(name);
  Clock& clock = found->second;
  if (!fresh) return clock;
  clock.channels.assign(channel_count_, Instant::min());
  for (std::size_t i = 0; i < channel_count_; ++i) {
    if (const auto bytes = overlay_.get(channel_key(name, channels_[i]))) {
      clock.channels[i] = to_instant(View::parse<rt::ChannelRow>(*bytes).instant());
    }
  }
  if (const auto bytes = overlay_.get(clock_key(name))) {
    const auto row = View::parse<rt::ClockRow>(*bytes);
    clock.standing.settings_version = row.settings_version();
    clock.standing.decided_version = row.decided_version();
    if (row.has_handled()) clock.standing.handled = to_instant(row.handled());
    if (row.has_aligned()) clock.standing.aligned = to_instant(row.aligned());
    if (row.has_recorded_at()) clock.standing.recorded_at = to_instant(row.recorded_at());
    if (row.has_first_tick()) clock.standing.first_tick = to_instant(row.first_tick());
  }
  return clock;
}

void ClockBook::store(const std::string& name, const Clock& clock) {
  rt::ClockRow row;
  const auto& standing = clock.standing;
  if (standing.handled > Instant::min()) set_timestamp(standing.handled, row.mutable_handled());
  if (standing.aligned > Instant::min()) set_timestamp(standing.aligned, row.mutable_aligned());
  if (standing.recorded_at > Instant::min()) {
    set_timestamp(standing.recorded_at, row.mutable_recorded_at());
  }
  if (standing.first_tick > Instant::min()) {
    set_timestamp(standing.first_tick, row.mutable_first_tick());
  }
  row.set_settings_version(standing.settings_version);
  row.set_decided_version(standing.decided_version);
  overlay_.put(clock_key(name), Effects::serialise(row));
}

std::string ClockBook::channel_key(const std::string& clock, const ChannelId& channel) const {
  return KeyWriter()
      .byte(kChannelTable.id)
      .text(stage_name_)
      .text(clock)
      .number(channel.input)
      .text(channel.stage)
      .number(channel.partition)
      .take();
}

int ClockBook::channels_of(int input) const {
  return static_cast<int>(std::count_if(channels_.begin(), channels_.end(),
                                        [&](const auto& one) { return one.input == input; }));
}

std::string ClockBook::clock_key(const std::string& clock) const {
  return KeyWriter().byte(kClockTable.id).text(stage_name_).text(clock).take();
}

static_assert(std::string_view(kSweepOrder) < kTimerOrder, "a tick sweeps before its timers");
static_assert(std::string_view(kTimerOrder) < kOutcomeOrder, "a wish comes before its outcome");

// What derives from a record inherits the beginning of its order key, over all stages.
Phase phase_of(const Envelope& envelope) {
  for (const char* beginning : {kTimerOrder, kOutcomeOrder, kSweepOrder}) {
    if (envelope.order_key().rfind(beginning, 0) == 0) return Phase::kDecided;
  }
  return Phase::kRecorded;
}

std::string pending_key_prefix(const std::string& stage, const std::string& clock) {
  return KeyWriter().byte(kPendingTable.id).text(stage).text(clock).take();
}

std::string pending_tick_key(const std::string& stage, const std::string& clock, Instant instant) {
  return KeyWriter(pending_key_prefix(stage, clock))
      .number(instant.unix_micros())
      .byte(static_cast<std::uint8_t>(Phase::kTick))
      .take();
}

}  // namespace encours::stream
