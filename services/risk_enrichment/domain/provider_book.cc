#include "services/risk_enrichment/domain/provider_book.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/base/hash.h"
#include "services/risk_enrichment/domain/dates.h"
#include "services/risk_enrichment/domain/legal_entity.h"
#include "services/risk_enrichment/domain/schedule.h"

namespace encours::risk {
namespace {

// An answer that got lost this often in a row counts as an attempt that has ended.
constexpr std::int32_t kLostAnswersAskedAgain = 1;

}  // namespace

ProviderBook::ProviderBook(CompanyBook& company, std::string provider)
    : company_(company),
      decision_(company.decision()),
      provider_(std::move(provider)),
      policy_(provider_policy(policy_of(decision_.settings, decision_.tenant()), provider_)),
      zone_(zone_of(decision_.settings, decision_.tenant())) {
  const auto row = decision_.view.get(kProviderTable, KeyWriter().text(provider_));
  if (row) row_ = *row;
  row_.mutable_standing()->set_provider(provider_);
}

void ProviderBook::review() {
  if (!wanted()) {
    if (row_.standing().has_next_at()) {
      set_next(std::nullopt);
      save();
    }
    return;
  }
  if (!siren_of(company_.legal_entity())) {
    // No provider of ours knows a company by the source's own id.
    if (row_.standing().outcome() == api::FETCH_OUTCOME_UNSPECIFIED) {
      end(api::FETCH_OUTCOME_FAILED, "no_siren", false);
      save();
    }
    return;
  }
  if (!row_.pending_effect().empty()) return;
  const bool failed = row_.failure_count() > 0;
  if (failed && row_.standing().has_next_at()) return;
  if (failed || (!row_.standing().has_last_good_at() &&
                 row_.standing().outcome() != api::FETCH_OUTCOME_NOT_FOUND)) {
    ask(!failed);
  } else {
    plan_next_cycle();
  }
  save();
}

bool ProviderBook::refresh() {
  ENCOURS_CHECK(policy_ != nullptr, "a person asks providers of the policy only");
  if (!row_.pending_effect().empty()) return false;
  ask(row_.failure_count() == 0);
  save();
  return true;
}

void ProviderBook::refresh_timer(Instant due) {
  row_.mutable_standing()->clear_next_at();
  if (wanted() && row_.pending_effect().empty()) {
    const bool again =
        row_.failure_count() > 0 && row_.has_cycle_day() &&
        zone_.local_date(due) < stored_date(row_.cycle_day()) + policy_->refresh_days();
    ask(!again);
  }
  save();
}

void ProviderBook::stale_timer() {
  if (!row_.has_stale_from()) return;
  row_.clear_stale_from();
  row_.set_stale(true);
  api::FetchEnded ended;
  ended.set_provider(provider_);
  ended.set_outcome(api::FETCH_OUTCOME_STALE);
  ended.set_code("too_old");
  *ended.mutable_last_good_at() = row_.standing().last_good_at();
  company_.tell_fetch(ended);
  save();
}

void ProviderBook::ask(bool new_cycle) {
  if (!decision_.settings.live(decision_.tenant(), decision_.record.at)) return suppress();
  if (new_cycle) {
    row_.set_cycle(row_.cycle() + 1);
    *row_.mutable_cycle_day() = to_proto(today());
    row_.set_failure_count(0);
    row_.set_unknown_count(0);
  }
  row_.set_attempt_count(row_.attempt_count() + 1);
  const std::string& entity = company_.legal_entity();
  const std::string& tenant = decision_.tenant();
  row_.set_pending_effect(
      stable_id({tenant, "fetch", entity, provider_, std::to_string(row_.attempt_count())}));
  api::FetchCompany fetch;
  fetch.set_provider(provider_);
  fetch.set_legal_entity(entity);
  fetch.set_idempotency_key(
      stable_id({tenant, "answer", entity, provider_, std::to_string(row_.cycle())}));
  *fetch.mutable_day() = to_proto(today());
  decision_.effects.ask(kFetchKind, row_.pending_effect(), fetch);
  *row_.mutable_standing()->mutable_asked_at() = to_proto(decision_.record.at);
  set_next(std::nullopt);
}

void ProviderBook::suppress() {
  // A go-live that is still to come is no change of a setting when it comes.
  const auto* tenant = decision_.settings.tenant(decision_.tenant());
  if (tenant != nullptr && tenant->has_live_from()) {
    decision_.effects.set_timer(kReviewTimer, KeyWriter(), stream::to_instant(tenant->live_from()));
  }
  if (row_.standing().outcome() == api::FETCH_OUTCOME_SUPPRESSED) return;
  end(api::FETCH_OUTCOME_SUPPRESSED, "before_go_live", false);
}

void ProviderBook::set_next(std::optional<Instant> at) {
  const KeyWriter entity = KeyWriter().text(provider_);
  if (at) {
    *row_.mutable_standing()->mutable_next_at() = to_proto(*at);
    decision_.effects.set_timer(kRefreshTimer, entity, *at);
  } else {
    row_.mutable_standing()->clear_next_at();
    decision_.effects.clear_timer(kRefreshTimer, entity);
  }
}

void ProviderBook::plan_next_cycle() {
  if (!wanted() || !row_.has_cycle_day()) return set_next(std::nullopt);
  Date cycle_day = stored_date(row_.cycle_day());
  if (!row_.spread()) {
    cycle_day = cycle_day - spread_days(place(), policy_->refresh_days());
    *row_.mutable_cycle_day() = to_proto(cycle_day);
    row_.set_spread(true);
  }
  set_next(zone_.at(std::max(cycle_day + policy_->refresh_days(), today() + 1), 0, 0));
}

void ProviderBook::take_outcome(const stream::v1alpha1::EffectOutcome& outcome,
                                const api::FetchAnswer& answer) {
  if (outcome.effect() != row_.pending_effect()) return;
  row_.clear_pending_effect();
  switch (answer.outcome()) {
    case api::FETCH_OUTCOME_OK:
      take_values(answer);
      row_.set_failure_count(0);
      row_.set_unknown_count(0);
      row_.set_stale(false);
      *row_.mutable_standing()->mutable_last_good_at() = answer.fetched_at();
      end(api::FETCH_OUTCOME_OK, "", true);
      plan_next_cycle();
      break;
    case api::FETCH_OUTCOME_NOT_FOUND:
      row_.set_failure_count(0);
      row_.set_unknown_count(0);
      end(api::FETCH_OUTCOME_NOT_FOUND, answer.code(), false);
      plan_next_cycle();
      break;
    case api::FETCH_OUTCOME_UNKNOWN:
      row_.set_unknown_count(row_.unknown_count() + 1);
      if (row_.unknown_count() <= kLostAnswersAskedAgain && wanted()) {
        ask(false);
      } else {
        take_failure(api::FETCH_OUTCOME_UNKNOWN, answer);
      }
      break;
    default:
      take_failure(api::FETCH_OUTCOME_FAILED, answer);
      break;
  }
  save();
}

void ProviderBook::take_failure(api::FetchOutcome outcome, const api::FetchAnswer& answer) {
  row_.set_failure_count(row_.failure_count() + 1);
  row_.set_unknown_count(0);
  end(outcome, answer.code(), false);
  if (!wanted()) return;
  const std::string attempt = place() + "/" + std::to_string(row_.attempt_count());
  set_next(decision_.record.at + back_off(row_.failure_count(), attempt, answer.retry_after_s()));
}

void ProviderBook::take_values(const api::FetchAnswer& answer) {
  std::map<api::Criterion, const api::AnsweredCriterion*> values;
  for (const auto criterion : company_.criteria_of(provider_)) values[criterion] = nullptr;
  for (const auto& one : answer.criteria()) values[one.criterion()] = &one;
  for (const auto& [criterion, answered] : values) {
    company_.take_value(provider_, criterion, answered, answer);
  }
  const KeyWriter entity = KeyWriter().text(provider_);
  row_.clear_stale_from();
  if (policy_ == nullptr) return decision_.effects.clear_timer(kStaleTimer, entity);
  const Date fetched = zone_.local_date(stream::to_instant(answer.fetched_at()));
  const Instant stale_from = zone_.at(fetched + policy_->stale_after_days() + 1, 0, 0);
  *row_.mutable_stale_from() = to_proto(stale_from);
  decision_.effects.set_timer(kStaleTimer, entity, stale_from);
}

void ProviderBook::end(api::FetchOutcome outcome, const std::string& code, bool paid) {
  auto& standing = *row_.mutable_standing();
  standing.set_outcome(outcome);
  standing.set_code(code);
  api::FetchEnded ended;
  ended.set_provider(provider_);
  ended.set_outcome(outcome);
  ended.set_code(code);
  *ended.mutable_fetched_at() = to_proto(decision_.record.at);
  if (standing.has_last_good_at()) *ended.mutable_last_good_at() = standing.last_good_at();
  if (paid && policy_ != nullptr && policy_->has_cost()) *ended.mutable_cost() = policy_->cost();
  company_.tell_fetch(ended);
}

std::string ProviderBook::place() const {
  return decision_.tenant() + "/" + company_.legal_entity() + "/" + provider_;
}

void ProviderBook::save() {
  decision_.effects.put(kProviderTable, row_, KeyWriter().text(provider_));
}

}  // namespace encours::risk
