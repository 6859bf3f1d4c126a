// Task: one partition of one service: its store, its open changes, its clocks.
//
// A task takes log records and drains what waits for ticks; both only stage (overlay, sink). The
// runner commits and then calls apply() or, on any failure, throws the task's memory away with
// roll_back(). It knows nothing of Kafka: records come in as values, records go out to a Sink, so
// the same code runs on the simulated log. Owned and used by one runner thread; the store alone
// may be read by others (through snapshots).
//
//   p-3: inbox rec, rec, tick ... -> [accept] -> rows + facts -> commit -> [apply]
//                                  -> [drain]  (slices of a tick, each in its own transaction)
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/stream/clock_book.h"
#include "common/stream/effect_book.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/stage.h"

namespace encours::stream {

enum class Accepted {
  kDone,
  kHold,  // The record names a settings sequence that this task has not read yet: offer it again.
};

struct TaskCounts {
  std::uint64_t records = 0;
  std::uint64_t ticks = 0;
  std::uint64_t timers = 0;
  std::uint64_t parked = 0;
  std::uint64_t released = 0;
  StagedCounts staged;
};

class Task {
 public:
  Task(const Topology& topology, std::int32_t partition, std::shared_ptr<Store> store, Sink& sink,
       DocumentStore& documents, const Sealer* sealer, EffectsMode effects_mode,
       std::size_t decoded_bytes = 0);

  std::int32_t partition() const { return partition_; }

  // Decides one log record, parks it, or asks to be offered it again. Takes the record's strings;
  // one that is to be offered again stays whole.
  Result<Accepted> accept(LogRecord& record);
  // Whether it has ever taken a record of this partition of an input.
  bool has_read(const std::string& topic, std::int32_t partition) const;

  // True while an aligned tick can go on and is not handled wholly: nothing else may be accepted
  // before. A tick that waits for an outcome of the outside holds nobody up but its own clock.
  bool has_backlog() const;
  // Releases waiting records and fires timers, at most about `budget` of them; returns how many.
  Result<std::size_t> drain(std::size_t budget);

  // Before a commit: sends the ticks that waited for company. Then the changes are complete.
  Status finish() { return sink_.flush(); }
  bool dirty() const { return !overlay_.empty(); }
  const std::vector<RowChange>& changes() const { return overlay_.changes(); }
  // After the commit: the changes enter the store with the changelog position, in one batch.
  Status apply(std::int64_t changelog_next_offset, std::int64_t applied_at_us);
  void roll_back();
  // After a restore has written to the store below.
  Status reload();

  Store& store() { return *store_; }
  const Store& store() const { return *store_; }
  std::shared_ptr<const Store> shared_store() const { return store_; }
  std::vector<DecidedCommand> take_decided() { return std::move(decided_); }
  const TaskCounts& counts() const { return counts_; }
  const SettingsTable& settings() const { return settings_; }
  // Last handled tick of a clock at the stage, for status and metrics.
  Instant handled(std::size_t stage, const std::string& clock);

 private:
  struct Place {
    std::size_t stage;
    int input;
    InputKind kind;
    bool in_order_of_arrival = false;
  };

  void note_read(const std::string& topic, std::int32_t partition);
  void forget_read();
  Result<Accepted> accept_by_kind(LogRecord& record);
  Result<Accepted> accept_setting(const LogRecord& record);
  Result<Accepted> accept_raw(LogRecord& record, const Place& place);
  Result<Accepted> accept_internal(LogRecord& record, const Place& place);
  Result<Accepted> accept_plain(LogRecord& record, const Place& place);
  Result<Accepted> accept_command(Record record, Place place, std::int64_t log_offset);
  // `scope` where it is not the one that the stage finds by the record.
  Status decide_and_stage(std::size_t stage, const std::string& clock, Record& record,
                          std::int64_t settings_version, const std::string& scope = {});
  Result<Accepted> accept_outcome(Record record, const Place& place, std::int64_t log_offset);
  bool waits_for_ticks(const Place& place, const std::string& clock, Instant recorded_at);
  // `log_offset` is its place in the input, which its position may not be.
  void park(const Place& place, const std::string& clock, const Record& record,
            std::int64_t log_offset);
  bool keeps_log_order(const Place& place, const std::string& clock) const;
  void park_in_log_order(const Place& place, const std::string& clock, const Record& record,
                         std::int64_t log_offset, rt::PendingRow row);
  void pass_tick_in_log(const Place& place, const Tick& tick);

  Result<std::size_t> drain_clock(std::size_t stage, const std::string& clock, std::size_t budget);
  Result<bool> drain_rows(std::size_t stage, const std::string& clock,
                          const std::vector<std::pair<std::string, rt::PendingRow>>& rows,
                          std::size_t budget, std::size_t* done);
  Status release(std::size_t stage, const std::string& clock, const rt::PendingRow& row,
                 Instant recorded_at);
  // A tick whose timers fire: by the settings that it brings.
  struct DueTick {
    Instant at;
    std::int64_t settings_version;
  };
  // How far a tick has come, after at most `budget` timers and outcomes.
  struct TickProgress {
    std::size_t units = 0;
    bool handled = false;
  };
  Result<TickProgress> handle_tick(std::size_t stage, const std::string& clock, const DueTick& tick,
                                   std::size_t budget);
  // Tells scopes of what the tick's settings have changed, at most `budget` of them.
  Result<std::size_t> sweep(std::size_t stage, const std::string& clock, const DueTick& tick,
                            std::size_t budget);
  rt::SweepRow begin_sweep(std::size_t stage, const std::string& clock, const DueTick& tick);
  std::optional<std::string> next_scope(std::size_t stage, const rt::SweepRow& row) const;
  Status tell_scope(std::size_t stage, const std::string& clock, const rt::SweepTenant& tenant,
                    const std::string& scope, const DueTick& tick);
  // Decides the outcome whose turn it is; false where there is none.
  Result<bool> conclude_next(std::size_t stage, const std::string& clock, Instant until,
                             const DueTick& tick);
  Status conclude(std::size_t stage, const std::string& clock, const EffectBook::Turn& turn,
                  const DueTick& tick);
  Status conclude_outcome(std::size_t stage, const std::string& clock, const EffectOutcome& outcome,
                          const DueTick& now);
  Result<std::size_t> fire_timers(std::size_t stage, const std::string& clock, const DueTick& tick,
                                  std::size_t budget);
  Status fire_timer(std::size_t stage, const std::string& clock, const std::string& key,
                    const DueTick& tick);
  void forget_old_outcomes(Instant now);

  // Counts what became of a record; fatal where too much of its input is poison.
  Status count(std::size_t stage, const Record& record, bool poison);

  std::string clock_of(const std::string& tenant, std::int64_t settings_version) const;
  std::int64_t version_for(std::size_t stage, const std::string& clock, const Envelope& envelope);
  StageContext context(std::size_t stage);
  Status poison_to_dead_letter(std::size_t stage, const Record& record, const Error& why);

  const Topology& topology_;
  std::int32_t partition_;
  std::shared_ptr<Store> store_;
  Overlay overlay_;
  TickMerger sink_;
  DocumentStore& documents_;
  const Sealer* sealer_;
  EffectsMode effects_mode_;
  std::vector<std::pair<std::string, Place>> places_;
  std::vector<ClockBook> clocks_;    // One per stage,
  std::vector<EffectBook> effects_;  // and one.
  ScanStart timers_;
  SettingsTable settings_;
  // How far a rebuild has come in the log of one input of a stage.
  struct LogOrder {
    Instant latest = Instant::min();  // Recorded times never go back.
    Instant tick = Instant::min();
    std::vector<std::string> since_tick;  // Keys of what was parked behind it,
    bool from_rows = false;               // those of before a failure or a start too.
  };
  void find_parked(const Place& place, const std::string& prefix, LogOrder* log) const;
  std::map<std::pair<std::size_t, int>, LogOrder> log_orders_;
  // By stage and input.
  std::map<std::pair<std::size_t, int>, PoisonGauge> gauges_;
  // Inputs whose row is known to be there, so that it is not looked up for each record.
  std::set<TopicPartition> read_inputs_;
  const TopicPartition* last_read_ = nullptr;  // Of them.
  std::vector<DecidedCommand> decided_;
  Record plain_;  // The record at hand; it keeps its memory.
  TaskCounts counts_;
};

}  // namespace encours::stream
