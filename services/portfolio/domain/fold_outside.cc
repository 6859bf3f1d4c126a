// The fold of what providers say of the company and of how the customer pays.
#include <algorithm>

#include "common/stream/decode.h"
#include "services/portfolio/domain/fold.h"

namespace encours::portfolio {
namespace {

namespace risk = encours::risk::v1alpha1;
using stream::Effects;
using stream::View;

void take_criterion(const risk::CriterionChanged& change,
                    const Zone& zone,
                    state::CustomerRiskRow* row) {
  auto& values = *row->mutable_values();
  const auto known = std::find_if(values.begin(), values.end(), [&](const auto& one) {
    return one.criterion() == change.criterion() && one.provider() == change.provider();
  });
  if (!change.has_new_value()) {
    if (known != values.end()) values.erase(known);
    return;
  }
  state::RiskValue& value = known == values.end() ? *row->add_values() : *known;
  value.set_criterion(change.criterion());
  value.set_provider(change.provider());
  *value.mutable_value() = change.new_value();
  *value.mutable_fetched_at() = change.fetched_at();
  const Date fetched_on = zone.local_date(stream::to_instant(change.fetched_at()));
  set_date(fetched_on, value.mutable_fetched_on());
  const Date as_of = to_date(change.as_of()).value_or(fetched_on);
  set_date(std::min(as_of, fetched_on), value.mutable_as_of());
}

void take_outcome(const risk::FetchEnded& ended, const Zone& zone, state::CustomerRiskRow* row) {
  auto& providers = *row->mutable_providers();
  const auto known = std::find_if(providers.begin(), providers.end(), [&](const auto& one) {
    return one.provider() == ended.provider();
  });
  state::RiskProvider& provider = known == providers.end() ? *row->add_providers() : *known;
  provider.set_provider(ended.provider());
  provider.set_outcome(ended.outcome());
  const bool good = ended.outcome() == risk::FETCH_OUTCOME_OK;
  const auto& last_good = good ? ended.fetched_at() : ended.last_good_at();
  if (good || ended.has_last_good_at()) {
    set_date(zone.local_date(stream::to_instant(last_good)), provider.mutable_last_good_on());
  }
}

}  // namespace

Result<Effects> fold_risk(const View& view, const RiskRecord& record, const Zone& zone) {
  auto row = view.get(kRiskTable).value_or(state::CustomerRiskRow());
  switch (record.fact_case()) {
    case RiskRecord::kCriterionChanged:
      take_criterion(record.criterion_changed(), zone, &row);
      break;
    case RiskRecord::kFetchEnded:
      take_outcome(record.fetch_ended(), zone, &row);
      break;
    case RiskRecord::kMonitoringChanged:
      row.set_monitored(record.monitoring_changed().monitored());
      break;
    case RiskRecord::FACT_NOT_SET:
      return poison("unknown_fact", "fact", "This build does not know the kind of this fact.");
  }
  Effects effects(view);
  effects.put(kRiskTable, row);
  state::TimelineRow entry;
  *entry.mutable_risk() = record;
  put_timeline(record.envelope(), entry, &effects);
  return effects;
}

Result<Effects> fold_score(const View& view, const ScoreRecord& record) {
  if (!record.has_score_computed()) {
    return poison("unknown_fact", "fact", "This build does not know the kind of this fact.");
  }
  Effects effects(view);
  effects.put(kScoreTable, record.score_computed());
  state::TimelineRow entry;
  *entry.mutable_score() = record;
  put_timeline(record.envelope(), entry, &effects);
  return effects;
}

}  // namespace encours::portfolio
