#include "common/stream/effect_book.h"

#include "common/stream/effects.h"
#include "common/stream/view.h"

namespace encours::stream {
namespace {

std::string clock_prefix(const std::string& stage, const std::string& clock) {
  return KeyWriter().byte(kEffectTable.id).text(stage).text(clock).take();
}

std::string group_prefix(const std::string& stage, const std::string& clock,
                         const EffectPlace& place) {
  return KeyWriter(clock_prefix(stage, clock))
      .number(place.planned_at.unix_micros())
      .number(place.round)
      .take();
}

EffectPlace place_of(std::string_view rest) {
  KeyReader reader(rest);
  EffectPlace place;
  place.planned_at = Instant::from_unix_micros(reader.number().value_or(0));
  place.round = static_cast<std::int32_t>(reader.number().value_or(0));
  place.id = reader.text().value_or("");
  return place;
}

}  // namespace

std::string effect_key(const std::string& stage, const std::string& clock,
                       const EffectPlace& place) {
  return KeyWriter(group_prefix(stage, clock, place)).text(place.id).take();
}

std::optional<EffectBook::Turn> EffectBook::next(const std::string& clock, Instant until) {
  if (blocked(clock)) return std::nullopt;
  const std::string prefix = clock_prefix(stage_, clock);
  const std::string end = KeyWriter(prefix).number(until.unix_micros() + 1).take();
  std::optional<Turn> first;
  overlay_.scan(start_.of(prefix), end, [&](std::string_view key, std::string_view value) {
    first = Turn{std::string(key), place_of(key.substr(prefix.size())),
                 View::parse<rt::EffectRow>(value)};
    return false;
  });
  if (start_.of(prefix) < end) start_.passed(prefix, first ? first->key : end);
  if (!first || !complete(clock, group_prefix(stage_, clock, first->place))) return std::nullopt;
  return first;
}

std::optional<EffectBook::Turn> EffectBook::find(const std::string& clock,
                                                 const EffectOutcome& outcome,
                                                 bool by_id_alone) const {
  const EffectPlace place{to_instant(outcome.planned_at()), outcome.round(), outcome.effect()};
  const std::string key = effect_key(stage_, clock, place);
  if (const auto row = overlay_.get(key)) return Turn{key, place, View::parse<rt::EffectRow>(*row)};
  if (!by_id_alone) return std::nullopt;
  const std::string prefix = clock_prefix(stage_, clock);
  std::optional<Turn> found;
  overlay_.scan(prefix, after_prefix(prefix), [&](std::string_view at, std::string_view row) {
    const EffectPlace other = place_of(at.substr(prefix.size()));
    if (other.id != place.id) return true;
    found = Turn{std::string(at), other, View::parse<rt::EffectRow>(row)};
    return false;
  });
  return found;
}

bool EffectBook::complete(const std::string& clock, const std::string& group) {
  Checked& checked = checked_[clock];
  if (checked.group == group && checked.from.empty()) return true;
  if (checked.group != group) checked = Checked{group, group};
  std::string missing;
  const auto look = [&missing](std::string_view key, std::string_view value) {
    if (!View::parse<rt::EffectRow>(value).outcome().empty()) return true;
    missing = key;
    return false;
  };
  overlay_.scan(checked.from, after_prefix(group), look);
  checked.from = missing;
  if (missing.empty()) return true;
  blocked_[clock] = missing;
  return false;
}

void EffectBook::keep(const std::string& clock, const EffectOutcome& outcome, bool early) {
  const EffectPlace place{to_instant(outcome.planned_at()), outcome.round(), outcome.effect()};
  const std::string key = effect_key(stage_, clock, place);
  const auto known = overlay_.get(key);
  if (!known && !early) return;
  rt::EffectRow row;
  if (known) row = View::parse<rt::EffectRow>(*known);
  if (!row.outcome().empty()) return;  // The first one counts.
  row.set_outcome(Effects::serialise(outcome));
  overlay_.put(key, Effects::serialise(row));
  start_.put(key);
  const auto waited = blocked_.find(clock);
  if (waited != blocked_.end() && waited->second == key) blocked_.erase(waited);
}

void EffectBook::planned(const std::string& clock, const std::string& key) {
  start_.put(key);
  const auto found = checked_.find(clock);
  if (found == checked_.end()) return;
  Checked& checked = found->second;
  if (key.compare(0, checked.group.size(), checked.group) != 0) return;
  if (checked.from.empty() || key < checked.from) checked.from = key;
}

void EffectBook::forget() {
  start_.forget();
  checked_.clear();
  blocked_.clear();
}

}  // namespace encours::stream
