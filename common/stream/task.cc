#include "common/stream/task.h"

#include <algorithm>

#include "common/base/fault_point.h"
#include "common/base/hash.h"
#include "common/stream/runtime_tables.h"

namespace encours::stream {

Task::Task(const Topology& topology, std::int32_t partition, std::shared_ptr<Store> store,
           Sink& sink, DocumentStore& documents, const Sealer* sealer, EffectsMode effects_mode)
    : topology_(topology),
      partition_(partition),
      store_(std::move(store)),
      overlay_(*store_),
      sink_(sink),
      documents_(documents),
      sealer_(sealer),
      effects_mode_(effects_mode) {
  for (std::size_t s = 0; s < topology_.stages.size(); ++s) {
    const auto inputs = topology_.stages[s]->inputs();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      places_.emplace_back(inputs[i].topic, Place{s, static_cast<int>(i), inputs[i].kind,
                                                 inputs[i].in_order_of_arrival});
    }
    clocks_.emplace_back(*topology_.stages[s], partition_, topology_.partitions, overlay_);
  }
}

Result<Accepted> Task::accept(const LogRecord& record) {
  ENCOURS_CHECK(!has_backlog(), "a tick is handled wholly before the next record");
  ++counts_.records;
  if (record.topic == kSettingsTopic) return accept_setting(record);
  for (const auto& [topic, place] : places_) {
    if (place.kind == InputKind::kTenantRaw) {
      if (record.topic.rfind(topic, 0) == 0) return accept_raw(record, place);
    } else if (topic == record.topic) {
      return accept_internal(record, place);
    }
  }
  return fatal("unknown_topic", "No stage reads " + record.topic + ".");
}

Result<Accepted> Task::accept_setting(const LogRecord& record) {
  Setting setting;
  if (!setting.ParseFromString(record.value)) {
    return fatal("unreadable_setting", "A record of encours.settings can't be read; offset " +
                                           std::to_string(record.offset) + ".");
  }
  if (!settings_.add(setting)) return Accepted::kDone;
  overlay_.put(KeyWriter().byte(kSettingsTable.id).number(setting.sequence()).take(), record.value);
  return Accepted::kDone;
}

// A tenant's own topic: its ACL proves who speaks, so the tenant is in the topic's name.
Result<Accepted> Task::accept_raw(const LogRecord& in, const Place& place) {
  Record record;
  record.kind = RecordKind::kRaw;
  record.input = place.input;
  record.key = in.key;
  record.value = in.value;
  record.position = source_of(in);
  for (const auto& [name, value] : in.headers) {
    if (name == kContentTypeHeader) record.content_type = value;
  }
  const std::string tenant = in.topic.substr(topology_.stages[place.stage]
                                                 ->inputs()[place.input]
                                                 .topic.size());
  record.envelope.set_tenant(tenant);
  record.envelope.set_actor("erp:" + tenant);
  record.envelope.set_id(stable_id({tenant, "raw", in.key, in.value}));
  const std::int64_t newest = settings_.last_sequence();
  const std::string clock = clock_of(tenant, newest);
  auto& book = clocks_[place.stage];
  const auto& standing = book.standing(clock);
  record.at = clock == kWallClock
                  ? book.advance_recorded(clock, Instant::from_unix_millis(in.timestamp_ms))
                  : std::max(standing.handled, Instant::from_unix_micros(0));
  set_timestamp(record.at, record.envelope.mutable_recorded_at());
  ENCOURS_TRY(decide_and_stage(place.stage, clock, record, newest));
  return Accepted::kDone;
}

Result<Accepted> Task::accept_internal(const LogRecord& in, const Place& place) {
  Record record;
  record.input = place.input;
  record.key = in.key;
  record.value = in.value;
  record.position = source_of(in);
  auto head = decode_head(in.value);
  if (!head) {
    record.envelope.set_tenant(std::string(tenant_of_key(in.key)));
    record.envelope.set_id(stable_id({in.topic, in.key, in.value}));
    ENCOURS_TRY(poison_to_dead_letter(place.stage, record, head.failure()));
    return Accepted::kDone;
  }
  if (head->tick) {
    if (head->tick->settings_version() > settings_.last_sequence()) return Accepted::kHold;
    ++counts_.ticks;
    clocks_[place.stage].take(place.input, *head->tick);
    return Accepted::kDone;
  }
  record.envelope = std::move(head->envelope);
  if (record.envelope.settings_version() > settings_.last_sequence()) return Accepted::kHold;
  if (place.kind == InputKind::kCommands) return accept_command(std::move(record), place);

  auto& book = clocks_[place.stage];
  const std::string clock = clock_of(record.tenant(), record.envelope.settings_version());
  Instant recorded_at = to_instant(record.envelope.recorded_at());
  if (!record.envelope.has_recorded_at()) recorded_at = Instant::from_unix_millis(in.timestamp_ms);
  const bool waits = clock != kWallClock && book.merges() && !place.in_order_of_arrival;
  if (waits && recorded_at >= book.standing(clock).handled) {
    set_timestamp(recorded_at, record.envelope.mutable_recorded_at());
    park(place, clock, record);
    return Accepted::kDone;
  }
  record.at = clock == kWallClock ? book.advance_recorded(clock, recorded_at)
                                  : std::max(recorded_at, book.standing(clock).handled);
  ENCOURS_TRY(decide_and_stage(place.stage, clock, record,
                               version_for(place.stage, clock, record.envelope)));
  return Accepted::kDone;
}

// A command is decided once per (tenant, request id); a repetition gets the first outcome.
Result<Accepted> Task::accept_command(Record record, Place place) {
  record.kind = RecordKind::kCommand;
  if (!record.command.ParseFromString(record.value)) {
    ENCOURS_TRY(poison_to_dead_letter(
        place.stage, record, poison("unreadable_command", "", "The command can't be read.")));
    return Accepted::kDone;
  }
  // Several stages may share the service's command topic; the first that takes the type decides.
  for (const auto& [topic, other] : places_) {
    if (other.kind != InputKind::kCommands) continue;
    if (!topology_.stages[other.stage]->takes_command(record.command.type())) continue;
    place = other;
    break;
  }
  record.input = place.input;
  const auto known = overlay_.get(outcome_key(record.tenant(), record.command.request_id()));
  if (known) {
    decided_.push_back({record.tenant(), record.command.request_id(),
                        View::parse<encours::stream::v1alpha1::CommandOutcome>(*known)});
    return Accepted::kDone;
  }
  const std::string clock = clock_of(record.tenant(), settings_.last_sequence());
  auto& book = clocks_[place.stage];
  record.at = clock == kWallClock
                  ? book.advance_recorded(clock, to_instant(record.envelope.recorded_at()))
                  : std::max(book.standing(clock).handled, Instant::from_unix_micros(0));
  ENCOURS_TRY(decide_and_stage(place.stage, clock, record, settings_.last_sequence()));
  return Accepted::kDone;
}

Status Task::decide_and_stage(std::size_t stage_index, const std::string& clock, Record& record,
                              std::int64_t settings_version) {
  const Stage& stage = *topology_.stages[stage_index];
  const View view(overlay_, stage.scope(record));
  const Settings settings(settings_, settings_version);
  const auto effects = stage.decide(view, record, settings);
  ENCOURS_TRY(store_->take_read_failure());
  const auto put = [&](const Effects& decided) {
    return stage_effects(context(), stage, clock, record, settings, decided, &decided_,
                         &counts_.staged);
  };
  const Status staged = effects ? put(*effects) : Status(effects.failure());
  if (staged || staged.failure().reaction != Reaction::kPoison) return staged;
  const Error& why = staged.failure();
  ENCOURS_TRY(poison_to_dead_letter(stage_index, record, why));
  if (record.kind != RecordKind::kCommand) return {};
  // Whoever gave the command hears of it.
  Effects answer(view);
  answer.refuse(refused(why.code, why.field, why.message));
  return put(answer);
}

void Task::park(const Place& place, const std::string& clock, const Record& record) {
  rt::PendingRow row;
  row.set_input(place.input);
  row.set_key(record.key);
  row.set_value(record.value);
  row.set_source(Effects::serialise(record.position));
  overlay_.put(KeyWriter(pending_key_prefix(clocks_[place.stage].stage_name(), clock))
                   .number(to_instant(record.envelope.recorded_at()).unix_micros())
                   .byte(1)
                   .number(place.input)
                   .text(record.envelope.order_key())
                   .text(record.envelope.id())
                   .take(),
               Effects::serialise(row));
  ++counts_.parked;
}

bool Task::has_backlog() const {
  return std::any_of(clocks_.begin(), clocks_.end(),
                     [](const ClockBook& book) { return !book.backlog().empty(); });
}

Result<std::size_t> Task::drain(std::size_t budget) {
  std::size_t done = 0;
  for (std::size_t s = 0; s < clocks_.size() && done < budget; ++s) {
    for (const auto& clock : clocks_[s].backlog()) {
      if (done >= budget) break;
      ENCOURS_ASSIGN(const std::size_t units, drain_clock(s, clock, budget - done));
      done += units;
    }
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
  const std::string from = KeyWriter(prefix).number(handled.unix_micros()).byte(1).take();
  const std::string until = KeyWriter(prefix).number(aligned.unix_micros()).byte(1).take();
  std::vector<std::pair<std::string, rt::PendingRow>> batch;
  overlay_.scan(from, until, [&](std::string_view key, std::string_view value) {
    batch.emplace_back(std::string(key), View::parse<rt::PendingRow>(value));
    return batch.size() < budget;
  });
  ENCOURS_TRY(store_->take_read_failure());
  std::size_t done = 0;
  for (const auto& [key, row] : batch) {
    KeyReader reader(std::string_view(key).substr(prefix.size()));
    const Instant at = Instant::from_unix_micros(reader.number().value_or(0));
    const bool is_tick = reader.byte() == 0;
    if (is_tick) {
      const auto version =
          std::max(row.tick_settings_version(), book.standing(clock).settings_version);
      ENCOURS_ASSIGN(const std::size_t fired,
                     fire_timers(stage, clock, {at, version}, budget - done));
      done += fired;
      if (done >= budget) return done;  // The tick keeps its place; the next slice goes on here.
      ENCOURS_TRY(forward_tick(context(), *topology_.stages[stage], clock, at, version));
      book.finish(clock, at, version);
      if (clock == kWallClock) forget_old_outcomes(at);
    } else {
      ENCOURS_TRY(release(stage, clock, row, at));
    }
    overlay_.erase(key);
    ++done;
  }
  return done;
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
  record.at = recorded_at;
  ++counts_.released;
  pass_fault_point("release.record");
  return decide_and_stage(stage, clock, record, version_for(stage, clock, record.envelope));
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
    overlay_.scan(prefix, end, [&](std::string_view key, std::string_view) {
      due.emplace_back(key);
      return due.size() < budget - fired;
    });
    ENCOURS_TRY(store_->take_read_failure());
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
  record.envelope.set_order_key("timer/" + due + "/" + record.envelope.id());
  set_timestamp(record.timer.due, record.envelope.mutable_occurred_at());

  const Stage& owner = *topology_.stages[stage];
  const View view(overlay_, scope);
  const Settings settings(settings_, tick.settings_version);
  auto effects = owner.decide(view, record, settings);
  ENCOURS_TRY(store_->take_read_failure());
  // A timer is our own doing: a stage that can't handle one has a bug, and hiding it loses a fact.
  ENCOURS_CHECK(effects.ok(), "a stage refuses no timer");
  return stage_effects(context(), owner, clock, record, settings, *effects, &decided_,
                       &counts_.staged);
}

// By the wall, whatever clock the tenant lives on: who repeats a command does it in his own time,
// while months of an import go by in seconds.
void Task::forget_old_outcomes(Instant now) {
  constexpr std::size_t kForgottenPerTick = 200;
  const std::string prefix = KeyWriter().byte(kOutcomeAgeTable.id).take();
  const std::string until = KeyWriter(prefix).number((now - kOutcomeKept).unix_micros()).take();
  std::vector<std::string> old;
  overlay_.scan(prefix, until, [&](std::string_view key, std::string_view) {
    old.emplace_back(key);
    return old.size() < kForgottenPerTick;
  });
  for (const auto& key : old) {
    KeyReader reader(std::string_view(key).substr(prefix.size()));
    reader.number();
    const std::string tenant = reader.text().value_or("");
    overlay_.erase(outcome_key(tenant, reader.text().value_or("")));
    overlay_.erase(key);
  }
}

Status Task::apply(std::int64_t changelog_next_offset, std::int64_t applied_at_us) {
  ENCOURS_TRY(store_->write(overlay_.changes(), changelog_next_offset, applied_at_us));
  overlay_.clear();
  return {};
}

void Task::roll_back() {
  overlay_.clear();
  sink_.forget();
  decided_.clear();
}

Status Task::reload() {
  overlay_.clear();
  sink_.forget();
  decided_.clear();
  settings_ = SettingsTable();
  const std::string prefix = KeyWriter().byte(kSettingsTable.id).take();
  overlay_.scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view value) {
    settings_.add(View::parse<Setting>(value));
    return true;
  });
  for (auto& book : clocks_) book.forget();
  return store_->take_read_failure();
}

std::string Task::clock_of(const std::string& tenant, std::int64_t settings_version) const {
  const Settings settings(settings_, std::max(settings_version, settings_.last_sequence()));
  const TenantSetting* setting = settings.tenant(tenant);
  // A tenant's mode never changes, so the newest version is as good as the one in force.
  if (setting == nullptr || setting->clock_mode() != TenantSetting::CLOCK_MODE_EVENTS) {
    return kWallClock;
  }
  return kTenantClockPrefix + tenant;
}

std::int64_t Task::version_for(std::size_t stage, const std::string& clock,
                               const Envelope& envelope) {
  return std::max(clocks_[stage].standing(clock).settings_version, envelope.settings_version());
}

StageContext Task::context() {
  return StageContext{topology_, partition_, overlay_, sink_, documents_, sealer_, effects_mode_};
}

Status Task::poison_to_dead_letter(std::size_t stage, const Record& record, const Error& why) {
  Refusal refusal;
  refusal.error = why;
  refusal.original = record.value;
  refusal.door = "internal";
  ++counts_.staged.dead_letters;
  return stage_refusal(context(), *topology_.stages[stage], record, refusal, 0);
}

Instant Task::handled(std::size_t stage, const std::string& clock) {
  return clocks_[stage].standing(clock).handled;
}

}  // namespace encours::stream
