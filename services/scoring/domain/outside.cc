#include "services/scoring/domain/outside.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "common/stream/decode.h"
#include "services/scoring/domain/days.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

namespace risk = encours::risk::v1alpha1;

bool is_used(risk::Criterion criterion) {
  return criterion == risk::CRITERION_SOLVENCY_SCORE || criterion == risk::CRITERION_PAYMENT_INDEX;
}

state::OutsideFigureRow row_of(const risk::CriterionChanged& change, const Zone& zone) {
  state::OutsideFigureRow row;
  row.set_value(change.new_value().number());
  *row.mutable_fetched_at() = change.fetched_at();
  const Date fetched_on = zone.local_date(stream::to_instant(change.fetched_at()));
  const Date as_of = to_date(change.as_of()).value_or(fetched_on);
  set_date(std::min(as_of, fetched_on), row.mutable_as_of());
  return row;
}

KeyWriter key_of(risk::Criterion criterion, const std::string& provider) {
  return KeyWriter().number(criterion).text(provider);
}

}  // namespace

Result<bool> OutsideFigures::take(const risk::CriterionChanged& change, const Zone& zone) {
  if (!is_used(change.criterion())) return false;
  if (change.provider().empty()) {
    return poison("missing_field", "criterion_changed.provider", "A figure comes from a provider.");
  }
  taken_ = change;
  zone_ = zone;
  const KeyWriter key = key_of(change.criterion(), change.provider());
  if (!change.has_new_value()) {
    effects_.erase(kOutsideTable, key);
    return true;
  }
  const std::int64_t value = change.new_value().number();
  if (!change.new_value().has_number() || value < 0 || value > 100) {
    return poison("figure_out_of_range",
                  "criterion_changed.new_value",
                  "This criterion is a number from 0 to 100.");
  }
  effects_.put(kOutsideTable, row_of(change, zone), key);
  return true;
}

std::optional<api::OutsideFigure> OutsideFigures::newest(risk::Criterion criterion) const {
  std::map<std::string, state::OutsideFigureRow> by_provider;
  view_.scan(kOutsideTable,
             KeyWriter().number(criterion),
             [&](std::string_view key, state::OutsideFigureRow row) {
               KeyReader reader(key);
               reader.number();
               by_provider[reader.text().value_or("")] = std::move(row);
               return true;
             });
  if (taken_ && taken_->criterion() == criterion) {
    by_provider.erase(taken_->provider());
    if (taken_->has_new_value()) by_provider[taken_->provider()] = row_of(*taken_, zone_);
  }
  const std::pair<const std::string, state::OutsideFigureRow>* best = nullptr;
  const auto age = [](const state::OutsideFigureRow& row) {
    return std::make_tuple(to_date(row.as_of()).value_or(Date::min()),
                           stream::to_instant(row.fetched_at()));
  };
  for (const auto& one : by_provider) {
    if (best == nullptr || age(one.second) > age(best->second)) best = &one;
  }
  if (best == nullptr) return std::nullopt;
  api::OutsideFigure figure;
  figure.set_value(best->second.value());
  figure.set_provider(best->first);
  figure.set_as_of(to_date(best->second.as_of()).value_or(Date::min()).to_string());
  return figure;
}

}  // namespace encours::scoring
