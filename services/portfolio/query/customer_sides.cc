#include "services/portfolio/query/customer_sides.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "common/money/money.h"
#include "common/stream/decode.h"

namespace encours::portfolio {
namespace {

namespace risk = encours::risk::v1alpha1;

constexpr Int128 kMillion = 1'000'000;

std::optional<ProtoMoney> limit_on(const std::map<Date, state::CustomerLimitRow>& limits,
                                   Date day) {
  const auto next = limits.upper_bound(day);
  if (next == limits.begin()) return std::nullopt;
  const state::CustomerLimitRow& row = std::prev(next)->second;
  const auto last = to_date(row.valid_until());
  if (!row.has_amount() || (last && *last < day)) return std::nullopt;
  return row.amount();
}

const state::RiskValue* newest(const state::CustomerRiskRow& row, risk::Criterion criterion) {
  const auto age = [](const state::RiskValue& value) {
    return std::make_tuple(to_date(value.as_of()).value_or(Date::min()),
                           stream::to_instant(value.fetched_at()));
  };
  const state::RiskValue* best = nullptr;
  for (const auto& value : row.values()) {
    if (value.criterion() != criterion) continue;
    const bool newer = best == nullptr || age(value) > age(*best) ||
                       (age(value) == age(*best) && value.provider() < best->provider());
    if (newer) best = &value;
  }
  return best;
}

// The day on which its provider last said it: a good answer confirms what it does not change.
std::optional<Date> said_on(const state::CustomerRiskRow& row, const state::RiskValue& value) {
  auto day = to_date(value.fetched_on());
  for (const auto& provider : row.providers()) {
    const auto good = to_date(provider.last_good_on());
    if (provider.provider() == value.provider() && good) day = std::max(day, good);
  }
  return day;
}

bool is_uncertain(const state::CustomerRiskRow& row) {
  return std::any_of(row.providers().begin(), row.providers().end(), [](const auto& provider) {
    return provider.outcome() == risk::FETCH_OUTCOME_FAILED ||
           provider.outcome() == risk::FETCH_OUTCOME_STALE ||
           provider.outcome() == risk::FETCH_OUTCOME_UNKNOWN;
  });
}

void set_risk(const state::CustomerRiskRow& row, api::RiskView* view) {
  std::optional<Date> oldest;
  const auto value_of = [&](risk::Criterion criterion) -> const risk::CriterionValue* {
    const state::RiskValue* value = newest(row, criterion);
    if (value == nullptr) return nullptr;
    const auto said = said_on(row, *value);
    if (said && (!oldest || *said < *oldest)) oldest = said;
    return &value->value();
  };
  view->set_monitored(row.monitored());
  if (const auto* one = value_of(risk::CRITERION_SOLVENCY_SCORE)) {
    view->set_solvency_score(one->number());
  }
  if (const auto* one = value_of(risk::CRITERION_PAYMENT_INDEX)) {
    view->set_payment_index(one->number());
  }
  if (const auto* one = value_of(risk::CRITERION_RECOMMENDED_CREDIT)) {
    *view->mutable_recommended_credit() = one->money();
  }
  if (const auto* one = value_of(risk::CRITERION_LIENS)) *view->mutable_liens() = one->money();
  if (const auto* one = value_of(risk::CRITERION_INSOLVENCY)) view->set_insolvency(one->code());
  if (const auto* one = value_of(risk::CRITERION_REGISTER_STATE)) {
    view->set_register_state(one->code());
  }
  if (oldest) set_date(*oldest, view->mutable_fetched_on());
  view->set_uncertain(is_uncertain(row));
}

void set_score(const encours::scoring::v1alpha1::ScoreComputed& computed, api::ScoreView* view) {
  const auto& score = computed.score();
  view->set_score_hundredths(score.score_hundredths());
  // Without own invoices and without a segment's mean there is none.
  if (score.has_own_index_hundredths() || score.has_segment_index_hundredths()) {
    view->set_payment_index_hundredths(score.payment_index_hundredths());
  }
  if (score.has_days_beyond_terms_hundredths()) {
    view->set_days_beyond_terms_hundredths(score.days_beyond_terms_hundredths());
  }
  *view->mutable_as_of() = score.as_of();
  if (computed.has_previous_score_hundredths()) {
    view->set_change_hundredths(score.score_hundredths() - computed.previous_score_hundredths());
  }
}

void set_dunning(const state::CustomerDunningRow& row, api::DunningView* view) {
  view->set_case_state(row.case_state());
  view->set_level(row.level());
  if (row.has_last_sent_on()) *view->mutable_last_sent_on() = row.last_sent_on();
  view->set_last_step(row.last_step());
  view->set_sent_count(row.sent_count());
  view->set_planned_count(row.planned_count());
  view->set_held_count(row.held_count());
  view->set_held_reason_code(row.held_reason_code());
}

}  // namespace

void set_sides(const CustomerRows& rows, Date day, api::CustomerView* view) {
  if (const auto limit = limit_on(rows.limits, day)) *view->mutable_internal_limit() = *limit;
  if (rows.risk) set_risk(*rows.risk, view->mutable_risk());
  if (rows.score) set_score(*rows.score, view->mutable_score());
  const auto dunning = rows.dunning.find(view->currency_code());
  if (dunning != rows.dunning.end()) set_dunning(dunning->second, view->mutable_dunning());
}

void set_limit_use(api::CustomerView* view) {
  const auto& limit = view->internal_limit();
  const bool comparable = view->has_internal_limit() && limit.minor() > 0 &&
                          limit.currency_code() == view->currency_code();
  if (!comparable) return;
  const auto use = round_half_up(view->exposure().minor() * kMillion, limit.minor());
  const std::int64_t largest = view->exposure().minor() > 0 ? INT64_MAX : -INT64_MAX;
  view->set_limit_use_ppm(use ? *use : largest);
}

}  // namespace encours::portfolio
