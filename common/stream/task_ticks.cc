// The half of Task that moves time: what waits for a tick is released, outcomes are decided, timers
// fire, the tick goes on.
#include <algorithm>

#include "common/base/fault_point.h"
#include "common/base/hash.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/task.h"

namespace encours::stream {
namespace {

constexpr std::size_t kRowsAtATime = 32;

std::string digits(std::int64_t number, std::size_t width) {
  const std::string text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

}  // namespace

Result<std::size_t> Task::drain(std::size_t budget) {
  std::size_t done = 0;
  for (std::size_t s = 0; s < clocks_.size() && done < budget; ++s) {
    for (const auto& clock : clocks_[s].backlog()) {
      if (done >= budget) break;
      if (effects_[s].blocked(clock)) continue;
      ENCOURS_ASSIGN(const std::size_t units, drain_clock(s, clock, budget - done));
      done += units;
    }
  }
  if (done == 0 && has_backlog()) {
    // Not of a state that committed offsets belong to. Whoever was told old ones, by an answer that
    // came late, and restores up to them from a log that was compacted since, has the clocks of
    // then and rows of now. Restored anew, by offsets of now, it is right again, or is refused.
    return error(Reaction::kRetry, "tick_lost",
                 "A tick is to be handled on partition " + std::to_string(partition_) +
                     " and has no row: the state is none that was ever committed.");
  }
  return done;
}

// Goes through what waits in order of time up to the aligned tick: records are decided, a tick
// fires the timers due at it and is forwarded when none is left.
Result<std::size_t> Task::drain_clock(std::size_t stage, const std::string& clock,
                                      std::size_t budget) {
  auto& book = clocks_[stage];
  const std::string prefix = pending_key_prefix(book.stage_name(), clock);
  // All before the handled tick is gone; starting there steps over what RocksDB still has to bury.
  const Instant handled = book.standing(clock).handled;
  const Instant aligned = book.standing(clock).aligned;
  const auto behind = static_cast<std::uint8_t>(Phase::kRecorded);
  std::string from = KeyWriter(prefix).number(handled.unix_micros()).byte(behind).take();
  const std::string until = KeyWriter(prefix).number(aligned.unix_micros()).byte(behind).take();
  std::size_t done = 0;
  while (done < budget) {
    // A tick that waits for an outcome ends it after a few rows, so few are read at a time.
    std::vector<std::pair<std::string, rt::PendingRow>> batch;
    overlay_.scan(from, until, [&](std::string_view key, std::string_view value) {
      batch.emplace_back(std::string(key), View::parse<rt::PendingRow>(value));
      return batch.size() < std::min(kRowsAtATime, budget - done);
    });
    ENCOURS_TRY(store_->take_read_failure());
    if (batch.empty()) break;
    from = batch.back().first + '\0';
    ENCOURS_ASSIGN(const bool goes_on, drain_rows(stage, clock, batch, budget, &done));
    if (!goes_on) break;
  }
  return done;
}

// Decides these rows in order; false where the budget ends or a tick keeps its place: the next
// slice, or the outcome that it waits for, goes on there.
Result<bool> Task::drain_rows(std::size_t stage, const std::string& clock,
                              const std::vector<std::pair<std::string, rt::PendingRow>>& rows,
                              std::size_t budget, std::size_t* done) {
  auto& book = clocks_[stage];
  const std::string prefix = pending_key_prefix(book.stage_name(), clock);
  for (const auto& [key, row] : rows) {
    if (*done >= budget) return false;
    KeyReader reader(std::string_view(key).substr(prefix.size()));
    const Instant at = Instant::from_unix_micros(reader.number().value_or(0));
    const bool is_tick = reader.byte() == static_cast<std::uint8_t>(Phase::kTick);
    if (is_tick) {
      const auto version =
          std::max(row.tick_settings_version(), book.standing(clock).settings_version);
      ENCOURS_ASSIGN(const TickProgress tick,
                     handle_tick(stage, clock, {at, version}, budget - *done));
      *done += tick.units;
      // The broken rule: what the slice has not come to is forgotten with the tick.
      if (!tick.handled && !mutation_is_on("drop_slice")) return false;
      ENCOURS_TRY(forward_tick(context(stage), *topology_.stages[stage], clock, at, version));
      book.finish(clock, at, version);
      if (clock == kWallClock) forget_old_outcomes(at);
    } else {
      ENCOURS_TRY(release(stage, clock, row, at));
    }
    overlay_.erase(key);
    ++*done;
  }
  return true;
}

Status Task::release(std::size_t stage, const std::string& clock, const rt::PendingRow& row,
                     Instant recorded_at) {
  Record record;
  record.input = row.input();
  record.key = row.key();
  record.value = row.value();
  ENCOURS_CHECK(record.position.ParseFromString(row.source()), "a parked position parses");
  auto head = decode_head(record.value);
  ENCOURS_CHECK(head.ok(), "a parked record was readable when it was parked");
  record.envelope = std::move(head->envelope);
  record.at = row.has_recorded_at() ? to_instant(row.recorded_at()) : recorded_at;
  if (clock == kWallClock) record.at = clocks_[stage].advance_recorded(clock, record.at);
  ++counts_.released;
  pass_fault_point("release.record");
  const InputKind kind = topology_.stages[stage]->inputs()[row.input()].kind;
  if (kind == InputKind::kOutcomes) {
    ENCOURS_CHECK(record.outcome.ParseFromString(record.value), "a parked outcome parses");
    return conclude_outcome(stage, clock, record.outcome,
                            {record.at, version_for(stage, clock, record.envelope)});
  }
  if (kind == InputKind::kCommands) {
    ENCOURS_CHECK(record.command.ParseFromString(record.value), "a parked command parses");
    record.kind = RecordKind::kCommand;
  }
  return decide_and_stage(stage, clock, record, version_for(stage, clock, record.envelope));
}

// What comes next follows from the rows alone: first the outcomes of what was planned before the
// tick, then the sweep of what its settings change, then its timers, then one by one the outcomes
// of what the tick itself has planned, with the timers that each brings.
Result<Task::TickProgress> Task::handle_tick(std::size_t stage, const std::string& clock,
                                             const DueTick& tick, std::size_t budget) {
  TickProgress progress;
  const bool with_effects = clock != kWallClock;
  const Instant before = tick.at - Duration(1);
  while (progress.units < budget) {
    if (with_effects) {
      ENCOURS_ASSIGN(const bool earlier, conclude_next(stage, clock, before, tick));
      if (effects_[stage].blocked(clock)) return progress;
      progress.units += earlier ? 1 : 0;
      if (earlier) continue;
    }
    ENCOURS_ASSIGN(const std::size_t swept, sweep(stage, clock, tick, budget - progress.units));
    progress.units += swept;
    if (progress.units >= budget) return progress;
    ENCOURS_ASSIGN(const std::size_t fired,
                   fire_timers(stage, clock, tick, budget - progress.units));
    progress.units += fired;
    if (progress.units >= budget) return progress;
    if (with_effects) {
      ENCOURS_ASSIGN(const bool own, conclude_next(stage, clock, tick.at, tick));
      if (effects_[stage].blocked(clock)) return progress;
      progress.units += own ? 1 : 0;
      if (own) continue;
    }
    progress.handled = true;
    return progress;
  }
  return progress;
}

// The row says how far the sweep has come; without one, or with an older version, it begins here.
Result<std::size_t> Task::sweep(std::size_t stage, const std::string& clock, const DueTick& tick,
                                std::size_t budget) {
  if (topology_.stages[stage]->sweep_kinds().empty()) return std::size_t{0};
  const std::string key =
      KeyWriter().byte(kSweepTable.id).text(clocks_[stage].stage_name()).text(clock).take();
  rt::SweepRow row;
  if (const auto known = overlay_.get(key)) row = View::parse<rt::SweepRow>(*known);
  const bool over = row.settings_version() >= tick.settings_version && row.tenants().empty();
  if (over) return std::size_t{0};
  if (row.settings_version() < tick.settings_version) row = begin_sweep(stage, clock, tick);
  std::size_t told = 0;
  while (!row.tenants().empty() && told < budget) {
    const auto scope = next_scope(stage, row);
    ENCOURS_TRY(store_->take_read_failure());
    if (!scope) {
      row.mutable_tenants()->erase(row.tenants().begin());
      row.clear_after_scope();
      continue;
    }
    ENCOURS_TRY(tell_scope(stage, clock, row.tenants(0), *scope, tick));
    row.set_after_scope(*scope);
    ++told;
  }
  overlay_.put(key, Effects::serialise(row));
  return told;
}

rt::SweepRow Task::begin_sweep(std::size_t stage, const std::string& clock, const DueTick& tick) {
  rt::SweepRow row;
  row.set_settings_version(tick.settings_version);
  const auto kinds = topology_.stages[stage]->sweep_kinds();
  const auto from = clocks_[stage].standing(clock).settings_version;
  for (const auto& [tenant, kind] : settings_.changed(from, tick.settings_version)) {
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) continue;
    if (tenant.empty() || clock_of(tenant, tick.settings_version) != clock) continue;
    const int last = row.tenants_size() - 1;
    auto* told = last >= 0 && row.tenants(last).tenant() == tenant ? row.mutable_tenants(last)
                                                                   : row.add_tenants();
    told->set_tenant(tenant);
    told->add_kinds(kind);
  }
  return row;
}

// The first scope of the tenant behind the one told last that has a row in the stage's table.
std::optional<std::string> Task::next_scope(std::size_t stage, const rt::SweepRow& row) const {
  const std::uint8_t table = topology_.stages[stage]->sweep_table();
  const std::string prefix = KeyWriter().byte(table).text(row.tenants(0).tenant()).take();
  std::string from = prefix;
  if (!row.after_scope().empty()) {
    from = after_prefix(KeyWriter().byte(table).raw(row.after_scope()).take());
  }
  std::optional<std::string> found;
  overlay_.scan(from, after_prefix(prefix), [&](std::string_view key, std::string_view) {
    KeyReader reader(key.substr(1));
    const std::string tenant = reader.text().value_or("");
    found = KeyWriter().text(tenant).text(reader.text().value_or("")).take();
    return false;
  });
  return found;
}

Status Task::tell_scope(std::size_t stage, const std::string& clock, const rt::SweepTenant& tenant,
                        const std::string& scope, const DueTick& tick) {
  pass_fault_point("sweep.scope");
  Record record;
  record.kind = RecordKind::kSweep;
  record.at = tick.at;
  record.changed_kinds = {tenant.kinds().begin(), tenant.kinds().end()};
  KeyReader reader(scope);
  reader.text();
  record.key = make_key(tenant.tenant(), reader.text().value_or(""));
  record.envelope.set_tenant(tenant.tenant());
  const std::string version = std::to_string(tick.settings_version);
  record.envelope.set_id(
      stable_id({tenant.tenant(), "sweep", clocks_[stage].stage_name(), scope, version}));
  record.envelope.set_actor("clock");
  record.envelope.set_order_key(kSweepOrder + record.envelope.id());
  set_timestamp(tick.at, record.envelope.mutable_occurred_at());
  return decide_and_stage(stage, clock, record, tick.settings_version, scope);
}

Result<bool> Task::conclude_next(std::size_t stage, const std::string& clock, Instant until,
                                 const DueTick& tick) {
  const auto turn = effects_[stage].next(clock, until);
  ENCOURS_TRY(store_->take_read_failure());
  if (!turn) return false;
  ENCOURS_TRY(conclude(stage, clock, *turn, tick));
  return true;
}

// An outcome in wall time; one whose effect is over is a repetition and changes nothing.
Status Task::conclude_outcome(std::size_t stage, const std::string& clock,
                              const EffectOutcome& outcome, const DueTick& now) {
  auto turn = effects_[stage].find(clock, outcome, effects_mode_ == EffectsMode::kRebuild);
  ENCOURS_TRY(store_->take_read_failure());
  if (!turn) return {};
  turn->row.set_outcome(Effects::serialise(outcome));
  return conclude(stage, clock, *turn, now);
}

Status Task::conclude(std::size_t stage, const std::string& clock, const EffectBook::Turn& turn,
                      const DueTick& tick) {
  pass_fault_point("conclude.effect");
  overlay_.erase(turn.key);
  // Read early by a rebuild, and never planned by it.
  if (turn.row.kind().empty()) return {};
  Record record;
  record.kind = RecordKind::kOutcome;
  record.at = tick.at;
  record.key = turn.row.key();
  ENCOURS_CHECK(record.outcome.ParseFromString(turn.row.outcome()), "a kept outcome parses");
  const std::string tenant(tenant_of_key(record.key));
  record.envelope.set_tenant(tenant);
  record.envelope.set_id(stable_id({tenant, "outcome", turn.place.id}));
  record.envelope.set_actor(record.outcome.envelope().actor());
  record.envelope.set_cause(turn.row.cause());
  record.envelope.set_correlation(turn.row.correlation());
  // In the order of their turns, as they are decided here; numbers of one width sort as text.
  record.envelope.set_order_key(kOutcomeOrder + digits(turn.place.planned_at.unix_micros(), 20) +
                                "/" + digits(turn.place.round, 10) + "/" + record.envelope.id());
  set_timestamp(tick.at, record.envelope.mutable_occurred_at());
  return decide_and_stage(stage, clock, record, tick.settings_version, turn.row.scope());
}

Result<std::size_t> Task::fire_timers(std::size_t stage, const std::string& clock,
                                      const DueTick& tick, std::size_t budget) {
  const std::string prefix =
      KeyWriter().byte(kTimerTable.id).text(clocks_[stage].stage_name()).text(clock).take();
  const std::string end = KeyWriter(prefix).number(tick.at.unix_micros() + 1).take();
  std::size_t fired = 0;
  // A timer may set another that is due at once, so look again until none is left.
  while (fired < budget) {
    std::vector<std::string> due;
    const std::string& from = timers_.of(prefix);
    if (from >= end) break;
    overlay_.scan(from, end, [&](std::string_view key, std::string_view) {
      due.emplace_back(key);
      return due.size() < budget - fired;
    });
    ENCOURS_TRY(store_->take_read_failure());
    timers_.passed(prefix, due.empty() ? end : due.front());
    if (due.empty()) break;
    for (const auto& key : due) {
      // A timer fired before it in this slice may have cleared or moved it.
      if (!overlay_.get(key)) continue;
      ENCOURS_TRY(fire_timer(stage, clock, key, tick));
      ++fired;
    }
  }
  counts_.timers += fired;
  return fired;
}

Status Task::fire_timer(std::size_t stage, const std::string& clock, const std::string& key,
                        const DueTick& tick) {
  pass_fault_point("fire.timer");
  const auto row = View::parse<rt::TimerRow>(*overlay_.get(key));
  KeyReader reader(std::string_view(key).substr(1));
  const std::string stage_name = reader.text().value_or("");
  reader.text();  // The clock.
  reader.number();
  const std::string scope = reader.text().value_or("");
  const std::uint8_t kind = reader.byte().value_or(0);
  const std::string entity = reader.text().value_or("");
  overlay_.erase(key);
  overlay_.erase(KeyWriter()
                     .byte(kTimerIndexTable.id)
                     .text(stage_name)
                     .text(scope)
                     .byte(kind)
                     .text(entity)
                     .take());
  Record record;
  record.kind = RecordKind::kTimer;
  record.at = tick.at;
  record.timer = TimerFired{kind, entity, to_instant(row.due())};
  KeyReader scope_reader(scope);
  const std::string tenant = scope_reader.text().value_or("");
  const std::string due = std::to_string(record.timer.due.unix_micros());
  record.key = make_key(tenant, scope_reader.text().value_or(""));
  record.envelope.set_tenant(tenant);
  record.envelope.set_id(
      stable_id({tenant, "timer", stage_name, scope, std::to_string(kind), entity, due}));
  record.envelope.set_actor("clock");
  record.envelope.set_cause(row.cause());
  record.envelope.set_correlation(row.correlation());
  record.envelope.set_order_key(kTimerOrder + due + "/" + record.envelope.id());
  set_timestamp(record.timer.due, record.envelope.mutable_occurred_at());

  const Stage& owner = *topology_.stages[stage];
  const View view(overlay_, scope);
  const Settings settings(settings_,
                          clocks_[stage].advance_settings(clock, tick.settings_version));
  auto effects = owner.decide(view, record, settings);
  ENCOURS_TRY(store_->take_read_failure());
  // A timer is our own doing: a stage that can't handle one has a bug, and hiding it loses a fact.
  ENCOURS_CHECK(effects.ok(), "a stage refuses no timer");
  return stage_effects(context(stage), owner, clock, record, settings, std::move(*effects),
                       &decided_, &counts_.staged);
}

}  // namespace encours::stream
