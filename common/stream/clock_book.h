// ClockBook: which tick each clock of one stage has reached, over all channels that bring ticks.
//
// A channel is one upstream stage and partition of one input. A tick is aligned when every channel
// has reached it; then what waited before it is released, its timers fire, and it is forwarded
// (task.cc). The book keeps its rows in the overlay and a cache of them in memory; forget() drops
// the cache after an aborted transaction. One thread: that of the task.
//
// A wall channel that stays more than kPatience behind the furthest one is no longer waited for:
// one lost partition must not stop the clock of all tenants. Events clocks wait for ever, and so
// does a rebuild, where one input is read years ahead of another.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/state/overlay.h"
#include "common/stream/decode.h"
#include "common/stream/topology.h"

namespace encours::stream {

// How the order keys of what a tick decides begin: with a sign that no source's name has, then in
// the order in which a tick decides. A stage behind it, which merges by these keys, must see a wish
// before its outcome.
inline constexpr const char* kSweepOrder = "\x01/1/sweep/";
inline constexpr const char* kTimerOrder = "\x01/2/timer/";
inline constexpr const char* kOutcomeOrder = "\x01/3/outcome/";

class ClockBook {
 public:
  static constexpr Duration kPatience = std::chrono::minutes(15);

  enum class Waiting { kWithPatience, kForEver };

  ClockBook(const Stage& stage, std::int32_t partition, std::int32_t partitions, Overlay& overlay,
            Waiting waiting);

  // Records of events-mode tenants wait for the order of their time where it could be lost: behind
  // a new key, with more than one channel, and where a tick waits for outcomes of the outside.
  bool merges() const { return is_rekeyed_ || channel_count_ > 1 || has_effects_; }

  // Whether ticks come here at all.
  bool has_ticks() const { return channel_count_ > 0; }

  // From how many tasks ticks come by this input; one at most: its log is in the order of time.
  int channels_of(int input) const;

  // Takes a tick read on `input`. Ignored when its channel has passed it already.
  void take(int input, const Tick& tick);

  struct Standing {
    Instant handled = Instant::min();
    Instant aligned = Instant::min();
    Instant recorded_at = Instant::min();
    std::int64_t settings_version = 0;
    std::int64_t decided_version = 0;
    int channels_late = 0;  // Beyond patience now.
    Instant first_tick = Instant::min();
  };
  const Standing& standing(const std::string& clock);

  // Clocks whose aligned tick is not handled wholly, in order of name.
  std::vector<std::string> backlog() const { return {backlog_.begin(), backlog_.end()}; }

  // The tick at `instant` is handled and forwarded.
  void finish(const std::string& clock, Instant instant, std::int64_t settings_version);

  // The largest recorded time handled at once, so that it never goes back.
  Instant advance_recorded(const std::string& clock, Instant recorded_at);

  // The settings to decide by, of those that a record or tick brings and those of decisions before
  // it. In wall time a tick comes by a longer way than a record made after it, and what was decided
  // by newer settings must not be decided by older ones again.
  std::int64_t advance_settings(const std::string& clock, std::int64_t version);

  // Drops the cache and finds the backlog again from the rows: after an abort or a restore.
  void forget();

  const std::string& stage_name() const { return stage_name_; }

 private:
  struct Clock {
    Standing standing;
    std::vector<Instant> channels;
  };
  struct ChannelId {
    int input;
    std::string stage;
    std::int32_t partition;
  };

  Clock& load(const std::string& clock);
  // The channel passes one instant: the tick waits there until all channels have.
  void pass(Clock& clock, int channel, const Tick& tick, Instant instant);
  void store(const std::string& name, const Clock& clock);
  void align(const std::string& name, Clock& clock);
  int find_channel(int input, const Tick& tick) const;
  std::string channel_key(const std::string& clock, const ChannelId& channel) const;
  std::string clock_key(const std::string& clock) const;

  std::string stage_name_;
  std::vector<ChannelId> channels_;
  std::size_t channel_count_;
  bool has_effects_ = false;
  bool is_rekeyed_ = false;  // Also where one partition is all there is.
  Waiting waiting_;
  Overlay& overlay_;
  std::map<std::string, Clock> clocks_;
  std::set<std::string> backlog_;
};

// What waits at one instant, in order: what a tick of this instant has decided further up, the
// tick, and what was recorded at the instant itself, which the tick does not see yet.
enum class Phase : std::uint8_t { kDecided = 0, kTick = 1, kRecorded = 2 };

// Of a record that waits; its order key says whether a tick has decided it.
Phase phase_of(const Envelope& envelope);

// Keys of what waits for a tick.
std::string pending_key_prefix(const std::string& stage, const std::string& clock);
std::string pending_tick_key(const std::string& stage, const std::string& clock, Instant instant);

}  // namespace encours::stream
