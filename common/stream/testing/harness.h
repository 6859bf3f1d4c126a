// StageHarness: one stage on rows in memory, for tests. No broker, no threads, no clock.
//
// It calls decide() with a View over a map, applies the Effects as the runtime would (rows first,
// then timers, in order), collects facts and refusals, and fires timers in the runtime's order:
// due instant, scope, kind, entity. A record first fires what is due at or before its own instant,
// as if a tick stood at each of these instants; tick() fires all of it at one late tick instead.
// Ids, envelopes and partitions of facts are the runtime's business and are not made here.
// Single-threaded; what it returns by reference lives as long as it.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/stream/decide.h"
#include "common/stream/decode.h"

namespace encours::stream::testing {

// Rows in a map, in order of key as a store has them.
class MapRows : public RowReader {
 public:
  std::optional<std::string> get(std::string_view key) const override {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return std::nullopt;
    return found->second;
  }
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override {
    for (auto row = rows_.lower_bound(from); row != rows_.end(); ++row) {
      if (!until.empty() && row->first >= until) return;
      if (!visit(row->first, row->second)) return;
    }
  }
  void apply(const RowChange& change) {
    if (change.value) {
      rows_[change.key] = *change.value;
    } else {
      rows_.erase(change.key);
    }
  }
  const std::map<std::string, std::string, std::less<>>& all() const { return rows_; }

 private:
  std::map<std::string, std::string, std::less<>> rows_;
};

// A fact as the stage emitted it, and when.
struct EmittedFact {
  Fact fact;
  Instant at;

  // The body as a message; a body of another type is a failed check.
  template <class Message>
  Message as() const {
    Message message;
    ENCOURS_CHECK(message.ParseFromString(fact.body), "the fact is of another type");
    return message;
  }
};

class StageHarness {
 public:
  explicit StageHarness(const Stage& stage) : stage_(stage) {}

  // Settings: each call is the next version in the one order of all settings.
  void set_setting(const std::string& tenant, const std::string& kind, const std::string& name,
                   const google::protobuf::Message& body) {
    Setting setting;
    setting.mutable_envelope()->set_tenant(tenant);
    setting.set_sequence(settings_.last_sequence() + 1);
    setting.set_kind(kind);
    setting.set_name(name);
    setting.set_type(body.GetDescriptor()->full_name());
    setting.set_body(Effects::serialise(body));
    settings_.add(setting);
  }
  void open_tenant(const std::string& tenant, const std::string& time_zone = "Europe/Paris",
                   TenantSetting::ClockMode mode = TenantSetting::CLOCK_MODE_EVENTS) {
    TenantSetting setting;
    setting.set_time_zone(time_zone);
    setting.set_clock_mode(mode);
    set_setting(tenant, "tenant", "tenant", setting);
  }

  // A record of an internal topic: `body` is the message without envelope, `id` names it.
  static Record fact_record(const std::string& tenant, const std::string& entity, Instant at,
                            const std::string& id, const google::protobuf::MessageLite& body,
                            int input = 0) {
    Record record;
    record.kind = RecordKind::kFact;
    record.input = input;
    record.at = at;
    record.key = make_key(tenant, entity);
    record.envelope.set_tenant(tenant);
    record.envelope.set_id(id);
    record.envelope.set_actor("test");
    record.envelope.set_order_key(id);
    set_timestamp(at, record.envelope.mutable_recorded_at());
    set_timestamp(at, record.envelope.mutable_occurred_at());
    record.value = encode_fact(record.envelope, Effects::serialise(body));
    return record;
  }

  // Fires what is due, decides the record and applies its effects. The failure of decide() is
  // returned; then nothing is applied.
  Status handle(const Record& record) {
    advance(record.at);
    return decide(stage_.scope(record), record);
  }

  // Fires all timers due at or before `to`, each at its own due instant, and those they set.
  void advance(Instant to) { fire_until(to, std::nullopt); }
  // Fires the same timers as one late tick would: record.at is the tick's instant.
  void tick(Instant at) { fire_until(at, at); }

  const std::vector<EmittedFact>& facts() const { return facts_; }
  // The facts since the last call.
  std::vector<EmittedFact> take_facts() { return std::exchange(facts_, {}); }
  // The bodies of the facts of one topic since the last call of take_facts.
  template <class Message>
  std::vector<Message> bodies(const std::string& topic) const {
    std::vector<Message> found;
    for (const auto& emitted : facts_) {
      if (emitted.fact.topic == topic) found.push_back(emitted.as<Message>());
    }
    return found;
  }
  std::vector<Refusal> take_refusals() { return std::exchange(refusals_, {}); }
  std::vector<Intent> take_intents() { return std::exchange(intents_, {}); }
  std::vector<ClockMove> take_clock_moves() { return std::exchange(clock_moves_, {}); }
  const std::optional<Reply>& last_reply() const { return last_reply_; }

  View view(const std::string& tenant, const std::string& entity) const {
    return View(rows_, scope_of(tenant, entity));
  }
  const MapRows& rows() const { return rows_; }
  // When a timer fires next; nullopt if it is not set.
  std::optional<Instant> timer(const std::string& scope, std::uint8_t kind,
                               const KeyWriter& entity) const {
    const auto found = timer_index_.find({scope, kind, entity.bytes()});
    if (found == timer_index_.end()) return std::nullopt;
    return found->second;
  }
  std::size_t timer_count() const { return timer_index_.size(); }

 private:
  using TimerName = std::tuple<std::string, std::uint8_t, std::string>;  // Scope, kind, entity.

  Status decide(const std::string& scope, const Record& record) {
    const View at_scope(rows_, scope);
    const Settings settings(settings_, settings_.last_sequence());
    auto effects = stage_.decide(at_scope, record, settings);
    if (!effects) return effects.failure();
    for (const auto& change : effects->row_changes()) rows_.apply(change);
    for (const auto& change : effects->timers) change_timer(scope, change);
    for (auto& fact : effects->facts) facts_.push_back({std::move(fact), record.at});
    for (auto& refusal : effects->refusals) refusals_.push_back(std::move(refusal));
    for (auto& intent : effects->intents) intents_.push_back(std::move(intent));
    for (auto& move : effects->clock_moves) clock_moves_.push_back(std::move(move));
    if (record.kind == RecordKind::kCommand) last_reply_ = effects->reply;
    return {};
  }

  void change_timer(const std::string& scope, const TimerChange& change) {
    const TimerName name{scope, change.kind, change.entity};
    if (const auto old = timer_index_.find(name); old != timer_index_.end()) {
      timers_.erase({old->second, name});
      timer_index_.erase(old);
    }
    if (!change.due) return;
    timer_index_[name] = *change.due;
    timers_.insert({*change.due, name});
  }

  void fire_until(Instant until, std::optional<Instant> at) {
    while (!timers_.empty() && timers_.begin()->first <= until) {
      const auto [due, name] = *timers_.begin();
      const auto& [scope, kind, entity] = name;
      change_timer(scope, TimerChange{kind, entity, std::nullopt});
      KeyReader reader(scope);
      const std::string tenant = reader.text().value_or("");
      Record record;
      record.kind = RecordKind::kTimer;
      record.at = at.value_or(due);
      record.timer = TimerFired{kind, entity, due};
      record.key = make_key(tenant, reader.text().value_or(""));
      record.envelope.set_tenant(tenant);
      record.envelope.set_id(stable_id({tenant, "timer", stage_.name(), scope,
                                        std::to_string(kind), entity,
                                        std::to_string(due.unix_micros())}));
      record.envelope.set_actor("clock");
      set_timestamp(due, record.envelope.mutable_occurred_at());
      set_timestamp(record.at, record.envelope.mutable_recorded_at());
      const Status done = decide(scope, record);
      ENCOURS_CHECK(done.ok(), "a stage refuses no timer");
    }
  }

  const Stage& stage_;
  MapRows rows_;
  SettingsTable settings_;
  std::set<std::pair<Instant, TimerName>> timers_;
  std::map<TimerName, Instant> timer_index_;
  std::vector<EmittedFact> facts_;
  std::vector<Refusal> refusals_;
  std::vector<Intent> intents_;
  std::vector<ClockMove> clock_moves_;
  std::optional<Reply> last_reply_;
};

}  // namespace encours::stream::testing
