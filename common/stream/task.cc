#include "common/stream/task.h"

#include <algorithm>

#include "common/base/fault_point.h"
#include "common/base/hash.h"
#include "common/stream/runtime_tables.h"

namespace encours::stream {
namespace {

std::string input_key(const std::string& topic, std::int32_t partition) {
  return KeyWriter().byte(kInputTable.id).text(topic).number(partition).take();
}

}  // namespace

Task::Task(const Topology& topology, std::int32_t partition, std::shared_ptr<Store> store,
           Sink& sink, DocumentStore& documents, const Sealer* sealer, EffectsMode effects_mode,
           std::size_t decoded_bytes)
    : topology_(topology),
      partition_(partition),
      store_(std::move(store)),
      overlay_(*store_, decoded_bytes),
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
    clocks_.emplace_back(*topology_.stages[s], partition_, topology_.partitions, overlay_,
                         effects_mode_ == EffectsMode::kRebuild
                             ? ClockBook::Waiting::kForEver
                             : ClockBook::Waiting::kWithPatience);
    effects_.emplace_back(topology_.stages[s]->name(), overlay_);
  }
}

Result<Accepted> Task::accept(LogRecord& record) {
  ENCOURS_CHECK(!has_backlog(), "a tick is handled wholly before the next record");
  ++counts_.records;
  ENCOURS_ASSIGN(const Accepted accepted, accept_by_kind(record));
  if (accepted == Accepted::kDone) note_read(record.topic, record.partition);
  return accepted;
}

void Task::note_read(const std::string& topic, std::int32_t partition) {
  const auto is_last = last_read_ != nullptr && last_read_->partition == partition &&
                       last_read_->topic == topic;
  if (is_last) return;
  const auto [found, fresh] = read_inputs_.insert({topic, partition});
  last_read_ = &*found;
  if (fresh && !has_read(topic, partition)) {
    overlay_.put(input_key(topic, partition), Effects::serialise(rt::InputRow()));
  }
}

void Task::forget_read() {
  read_inputs_.clear();
  last_read_ = nullptr;
}

bool Task::has_read(const std::string& topic, std::int32_t partition) const {
  return overlay_.get(input_key(topic, partition)).has_value();
}

Result<Accepted> Task::accept_by_kind(LogRecord& record) {
  if (record.topic == kSettingsTopic) return accept_setting(record);
  for (const auto& [topic, place] : places_) {
    if (place.kind == InputKind::kTenantRaw) {
      if (record.topic.rfind(topic, 0) == 0) return accept_raw(record, place);
    } else if (topic == record.topic) {
      return place.kind == InputKind::kPlain ? accept_plain(record, place)
                                             : accept_internal(record, place);
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
Result<Accepted> Task::accept_raw(LogRecord& in, const Place& place) {
  Record record;
  record.kind = RecordKind::kRaw;
  record.input = place.input;
  record.position = source_of(in);
  record.key = std::move(in.key);
  record.value = std::move(in.value);
  for (const auto& [name, value] : in.headers) {
    if (name == kContentTypeHeader) record.content_type = value;
  }
  const std::string tenant = in.topic.substr(topology_.stages[place.stage]
                                                 ->inputs()[place.input]
                                                 .topic.size());
  record.envelope.set_tenant(tenant);
  record.envelope.set_actor("erp:" + tenant);
  record.envelope.set_id(stable_id({tenant, "raw", record.key, record.value}));
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

// Nobody's clock and no settings: what it says is between the topic's owner and the stage.
Result<Accepted> Task::accept_plain(LogRecord& in, const Place& place) {
  plain_.kind = RecordKind::kRaw;
  plain_.input = place.input;
  plain_.key.swap(in.key);
  plain_.value.swap(in.value);
  plain_.at = Instant::from_unix_millis(in.timestamp_ms);
  const Stage& stage = *topology_.stages[place.stage];
  const View view(overlay_, stage.scope(plain_));
  const Settings none(settings_, 0);
  auto effects = stage.decide(view, plain_, none);
  ENCOURS_TRY(store_->take_read_failure());
  // A stage of plain inputs has no dead letters to put a record aside: it takes all of them.
  if (!effects) return fatal(effects.failure().code, effects.failure().message);
  ENCOURS_TRY(stage_effects(context(place.stage), stage, {}, plain_, none, std::move(*effects),
                            &decided_, &counts_.staged));
  return Accepted::kDone;
}

Result<Accepted> Task::accept_internal(LogRecord& in, const Place& place) {
  auto head = decode_head(in.value);
  if (head && head->tick) {
    if (head->tick->settings_version() > settings_.last_sequence()) return Accepted::kHold;
    ++counts_.ticks;
    clocks_[place.stage].take(place.input, *head->tick);
    if (keeps_log_order(place, head->tick->clock())) pass_tick_in_log(place, *head->tick);
    return Accepted::kDone;
  }
  if (head && head->envelope.settings_version() > settings_.last_sequence()) {
    return Accepted::kHold;
  }
  Record record;
  record.input = place.input;
  record.position = source_of(in);
  record.key = std::move(in.key);
  record.value = std::move(in.value);
  if (!head) {
    record.envelope.set_tenant(std::string(tenant_of_key(record.key)));
    record.envelope.set_id(stable_id({in.topic, record.key, record.value}));
    ENCOURS_TRY(poison_to_dead_letter(place.stage, record, head.failure()));
    return Accepted::kDone;
  }
  record.envelope = std::move(head->envelope);
  if (place.kind == InputKind::kCommands) {
    return accept_command(std::move(record), place, in.offset);
  }
  if (place.kind == InputKind::kOutcomes) {
    return accept_outcome(std::move(record), place, in.offset);
  }

  auto& book = clocks_[place.stage];
  const std::string clock = clock_of(record.tenant(), record.envelope.settings_version());
  Instant recorded_at = to_instant(record.envelope.recorded_at());
  if (!record.envelope.has_recorded_at()) recorded_at = Instant::from_unix_millis(in.timestamp_ms);
  if (waits_for_ticks(place, clock, recorded_at)) {
    set_timestamp(recorded_at, record.envelope.mutable_recorded_at());
    park(place, clock, record, in.offset);
    return Accepted::kDone;
  }
  // What keeps no order moves no time: a rebuild takes all of it first.
  const bool moves = clock == kWallClock && !place.in_order_of_arrival;
  record.at = moves ? book.advance_recorded(clock, recorded_at)
                    : std::max(recorded_at, book.standing(clock).handled);
  ENCOURS_TRY(decide_and_stage(place.stage, clock, record,
                               version_for(place.stage, clock, record.envelope)));
  return Accepted::kDone;
}

// In wall time records are decided as they come; but a rebuild reads years at once, and has to put
// them back into the order in which they were recorded.
bool Task::waits_for_ticks(const Place& place, const std::string& clock, Instant recorded_at) {
  if (place.in_order_of_arrival) return false;
  auto& book = clocks_[place.stage];
  if (keeps_log_order(place, clock)) return true;
  const bool rebuild = effects_mode_ == EffectsMode::kRebuild && book.has_ticks();
  const bool merges = clock == kWallClock ? rebuild : book.merges();
  return merges && recorded_at >= book.standing(clock).handled;
}

// In wall time an outcome is a fact when it comes. In events mode it belongs to the tick that waits
// for it.
Result<Accepted> Task::accept_outcome(Record record, const Place& place,
                                      std::int64_t log_offset) {
  record.kind = RecordKind::kOutcome;
  if (!record.outcome.ParseFromString(record.value)) {
    ENCOURS_TRY(poison_to_dead_letter(
        place.stage, record, poison("unreadable_outcome", "", "The outcome can't be read.")));
    return Accepted::kDone;
  }
  const std::string clock = clock_of(record.tenant(), settings_.last_sequence());
  const bool rebuild = effects_mode_ == EffectsMode::kRebuild;
  if (clock != kWallClock) {
    effects_[place.stage].keep(clock, record.outcome, rebuild);
    return Accepted::kDone;
  }
  const Instant recorded_at = to_instant(record.envelope.recorded_at());
  if (waits_for_ticks(place, clock, recorded_at)) {
    park(place, clock, record, log_offset);
    return Accepted::kDone;
  }
  const DueTick now{clocks_[place.stage].advance_recorded(clock, recorded_at),
                    version_for(place.stage, clock, record.envelope)};
  ENCOURS_TRY(conclude_outcome(place.stage, clock, record.outcome, now));
  return Accepted::kDone;
}

// A command is decided once per (tenant, request id); a repetition gets the first outcome.
Result<Accepted> Task::accept_command(Record record, Place place, std::int64_t log_offset) {
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
  if (clock == kWallClock &&
      waits_for_ticks(place, clock, to_instant(record.envelope.recorded_at()))) {
    park(place, clock, record, log_offset);
    return Accepted::kDone;
  }
  record.at = clock == kWallClock
                  ? book.advance_recorded(clock, to_instant(record.envelope.recorded_at()))
                  : std::max(book.standing(clock).handled, Instant::from_unix_micros(0));
  ENCOURS_TRY(decide_and_stage(place.stage, clock, record, settings_.last_sequence()));
  return Accepted::kDone;
}

Status Task::decide_and_stage(std::size_t stage_index, const std::string& clock, Record& record,
                              std::int64_t settings_version, const std::string& scope) {
  const Stage& stage = *topology_.stages[stage_index];
  const View view(overlay_, scope.empty() ? stage.scope(record) : scope);
  const Settings settings(settings_,
                          clocks_[stage_index].advance_settings(clock, settings_version));
  auto effects = stage.decide(view, record, settings);
  ENCOURS_TRY(store_->take_read_failure());
  const auto put = [&](Effects decided) {
    return stage_effects(context(stage_index), stage, clock, record, settings, std::move(decided),
                         &decided_, &counts_.staged);
  };
  const Status staged = effects ? put(std::move(*effects)) : Status(effects.failure());
  if (staged) return count(stage_index, record, false);
  if (staged.failure().reaction != Reaction::kPoison) return staged;
  const Error& why = staged.failure();
  ENCOURS_TRY(poison_to_dead_letter(stage_index, record, why));
  if (record.kind != RecordKind::kCommand) return {};
  // Whoever gave the command hears of it.
  Effects answer(view);
  answer.refuse(refused(why.code, why.field, why.message));
  return put(std::move(answer));
}

void Task::park(const Place& place, const std::string& clock, const Record& record,
                std::int64_t log_offset) {
  rt::PendingRow row;
  row.set_input(place.input);
  row.set_key(record.key);
  row.set_value(record.value);
  row.set_source(Effects::serialise(record.position));
  if (keeps_log_order(place, clock)) {
    park_in_log_order(place, clock, record, log_offset, std::move(row));
    return;
  }
  overlay_.put(KeyWriter(pending_key_prefix(clocks_[place.stage].stage_name(), clock))
                   .number(to_instant(record.envelope.recorded_at()).unix_micros())
                   .byte(static_cast<std::uint8_t>(phase_of(record.envelope)))
                   .number(place.input)
                   .text(record.envelope.order_key())
                   .text(record.envelope.id())
                   .take(),
               Effects::serialise(row));
  ++counts_.parked;
}

bool Task::has_backlog() const {
  for (std::size_t s = 0; s < clocks_.size(); ++s) {
    for (const auto& clock : clocks_[s].backlog()) {
      if (!effects_[s].blocked(clock)) return true;
    }
  }
  return false;
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
  overlay_.settle();
  return {};
}

void Task::roll_back() {
  overlay_.clear();
  forget_read();
  log_orders_.clear();
  sink_.forget();
  decided_.clear();
  for (auto& book : effects_) book.forget();
  timers_.forget();
}

Status Task::reload() {
  overlay_.forget();
  forget_read();
  log_orders_.clear();
  sink_.forget();
  decided_.clear();
  settings_ = SettingsTable();
  const std::string prefix = KeyWriter().byte(kSettingsTable.id).take();
  overlay_.scan(prefix, after_prefix(prefix), [&](std::string_view, std::string_view value) {
    settings_.add(View::parse<Setting>(value));
    return true;
  });
  for (auto& book : clocks_) book.forget();
  for (auto& book : effects_) book.forget();
  timers_.forget();
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

StageContext Task::context(std::size_t stage) {
  return StageContext{topology_,  partition_, overlay_,         sink_,
                      documents_, sealer_,    effects_[stage], timers_};
}

Status Task::poison_to_dead_letter(std::size_t stage, const Record& record, const Error& why) {
  ENCOURS_TRY(count(stage, record, true));
  Refusal refusal;
  refusal.error = why;
  refusal.original = record.value;
  refusal.door = "internal";
  ++counts_.staged.dead_letters;
  return stage_refusal(context(stage), *topology_.stages[stage], record, refusal, 0);
}

// A door takes what comes (what it refuses is no poison anyway), and nobody sends a timer.
Status Task::count(std::size_t stage, const Record& record, bool poison) {
  if (record.kind != RecordKind::kFact && record.kind != RecordKind::kCommand &&
      record.kind != RecordKind::kOutcome) {
    return {};
  }
  auto& gauge = gauges_.try_emplace({stage, record.input}, topology_.poison_limit).first->second;
  if (!gauge.count(poison)) return {};
  const auto input = topology_.stages[stage]->inputs()[record.input].topic;
  return fatal("too_much_poison",
               std::to_string(gauge.poison()) + " of the last " +
                   std::to_string(topology_.poison_limit.window) + " records of " + input +
                   " p-" + std::to_string(partition_) +
                   " were poison, so this task stops where it stands. Mend what writes them; with "
                   "poison_percent: 100 they pass into the dead letters.");
}

Instant Task::handled(std::size_t stage, const std::string& clock) {
  return clocks_[stage].standing(clock).handled;
}

}  // namespace encours::stream
