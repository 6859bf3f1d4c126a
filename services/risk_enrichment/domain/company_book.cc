#include "services/risk_enrichment/domain/company_book.h"

#include <utility>

#include "services/risk_enrichment/domain/criteria.h"
#include "services/risk_enrichment/domain/dates.h"

namespace encours::risk {
namespace {

// An outcome as the fact that would have told of it.
api::FetchEnded ended_as(const api::ProviderStanding& standing) {
  api::FetchEnded ended;
  ended.set_provider(standing.provider());
  ended.set_outcome(standing.outcome());
  ended.set_code(standing.code());
  if (standing.has_asked_at()) *ended.mutable_fetched_at() = standing.asked_at();
  if (standing.has_last_good_at()) *ended.mutable_last_good_at() = standing.last_good_at();
  return ended;
}

}  // namespace

const api::ProviderPolicy* provider_policy(const api::RiskPolicy* policy,
                                           std::string_view provider) {
  if (policy == nullptr) return nullptr;
  for (const auto& one : policy->providers()) {
    if (one.provider() == provider) return &one;
  }
  return nullptr;
}

CompanyBook::CompanyBook(const Decision& decision, std::string legal_entity)
    : decision_(decision), legal_entity_(std::move(legal_entity)) {
  const auto row = decision_.view.get(kCompanyTable);
  known_ = row.has_value();
  if (row) row_ = *row;
}

const std::set<std::string>& CompanyBook::accounts() {
  if (accounts_) return *accounts_;
  accounts_.emplace();
  decision_.view.scan(
      kLinkTable, KeyWriter(), [&](std::string_view key, const state::CompanyLinkRow&) {
        accounts_->insert(KeyReader(key).text().value_or(""));
        return true;
      });
  return *accounts_;
}

bool CompanyBook::link(const std::string& account) {
  const KeyWriter key = KeyWriter().text(account);
  if (decision_.view.get(kLinkTable, key)) return false;
  accounts();
  state::CompanyLinkRow link;
  *link.mutable_linked_at() = to_proto(decision_.record.at);
  decision_.effects.put(kLinkTable, link, key);
  row_.set_account_count(row_.account_count() + 1);
  tell_known(account);
  accounts_->insert(account);
  return true;
}

bool CompanyBook::unlink(const std::string& account) {
  const KeyWriter key = KeyWriter().text(account);
  if (!decision_.view.get(kLinkTable, key)) return false;
  accounts();
  accounts_->erase(account);
  decision_.effects.erase(kLinkTable, key);
  row_.set_account_count(row_.account_count() - 1);
  // Its own last word from this company: whatever it knows of it holds no longer.
  api::RiskRecord record;
  record.mutable_monitoring_changed()->set_reason_code("no_account");
  tell(account, std::move(record));
  return true;
}

void CompanyBook::name(bool watched) {
  row_.set_named(watched ? state::CompanyRow::NAMED_WATCHED : state::CompanyRow::NAMED_LEFT);
}

void CompanyBook::decide_monitoring() {
  const api::RiskPolicy* policy = policy_of(decision_.settings, decision_.tenant());
  const bool all = policy != nullptr && policy->watch() == api::RiskPolicy::WATCH_ALL;
  bool monitored = false;
  const char* reason = "policy";
  if (row_.named() != state::CompanyRow::NAMED_UNSPECIFIED) {
    monitored = row_.named() == state::CompanyRow::NAMED_WATCHED;
    reason = "person";
  } else if (row_.account_count() == 0) {
    reason = "no_account";
  } else {
    monitored = all;
  }
  if (monitored == row_.monitored()) return;
  row_.set_monitored(monitored);
  row_.set_monitored_reason(reason);
  api::RiskRecord record;
  record.mutable_monitoring_changed()->set_monitored(monitored);
  record.mutable_monitoring_changed()->set_reason_code(reason);
  tell_all(record);
}

void CompanyBook::tell_known(const std::string& account) {
  if (row_.monitored()) {
    api::RiskRecord record;
    record.mutable_monitoring_changed()->set_monitored(true);
    record.mutable_monitoring_changed()->set_reason_code(row_.monitored_reason());
    tell(account, std::move(record));
  }
  const auto& view = decision_.view;
  view.scan(
      kCriterionTable, KeyWriter(), [&](std::string_view, const state::CompanyCriterionRow& row) {
        const auto& standing = row.standing();
        if (!standing.has_value()) return true;
        api::RiskRecord record;
        auto& change = *record.mutable_criterion_changed();
        change.set_criterion(standing.criterion());
        change.set_provider(standing.provider());
        *change.mutable_new_value() = standing.value();
        if (standing.has_as_of()) *change.mutable_as_of() = standing.as_of();
        *change.mutable_fetched_at() = standing.fetched_at();
        change.set_severity(severity_of(standing.criterion(), nullptr, &standing.value()));
        change.set_document_sha256(row.document_sha256());
        tell(account, std::move(record));
        return true;
      });
  view.scan(
      kProviderTable, KeyWriter(), [&](std::string_view, const state::CompanyProviderRow& row) {
        if (row.standing().outcome() == api::FETCH_OUTCOME_UNSPECIFIED) return true;
        api::RiskRecord record;
        *record.mutable_fetch_ended() = ended_as(row.standing());
        if (row.stale()) record.mutable_fetch_ended()->set_outcome(api::FETCH_OUTCOME_STALE);
        tell(account, std::move(record));
        return true;
      });
}

void CompanyBook::take_value(const std::string& provider,
                             api::Criterion criterion,
                             const api::AnsweredCriterion* answered,
                             const api::FetchAnswer& answer) {
  const KeyWriter key = KeyWriter().text(provider).number(criterion);
  const auto known = decision_.view.get(kCriterionTable, key);
  const bool had = known && known->standing().has_value();
  if (!had && answered == nullptr) return;
  state::CompanyCriterionRow row;
  if (known) row = *known;
  auto& standing = *row.mutable_standing();
  const bool same =
      had && answered != nullptr && same_value(known->standing().value(), answered->value());
  standing.set_criterion(criterion);
  standing.set_provider(provider);
  *standing.mutable_fetched_at() = answer.fetched_at();
  standing.clear_as_of();
  if (answered != nullptr && answered->has_as_of()) {
    *standing.mutable_as_of() = answered->as_of();
  }
  row.set_document_sha256(answer.document_sha256());
  if (!same) {
    api::CriterionChanged change;
    change.set_criterion(criterion);
    change.set_provider(provider);
    if (had) *change.mutable_old_value() = known->standing().value();
    if (answered != nullptr) *change.mutable_new_value() = answered->value();
    if (standing.has_as_of()) *change.mutable_as_of() = standing.as_of();
    *change.mutable_fetched_at() = answer.fetched_at();
    change.set_severity(severity_of(criterion,
                                    had ? &known->standing().value() : nullptr,
                                    answered != nullptr ? &answered->value() : nullptr));
    change.set_document_sha256(answer.document_sha256());
    standing.set_severity(change.severity());
    *standing.mutable_changed_at() = to_proto(decision_.record.at);
    standing.clear_value();
    if (answered != nullptr) *standing.mutable_value() = answered->value();
    record_change(change);
  }
  decision_.effects.put(kCriterionTable, row, key);
}

std::vector<api::Criterion> CompanyBook::criteria_of(const std::string& provider) const {
  std::vector<api::Criterion> criteria;
  decision_.view.scan(kCriterionTable,
                      KeyWriter().text(provider),
                      [&](std::string_view, const state::CompanyCriterionRow& row) {
                        criteria.push_back(row.standing().criterion());
                        return true;
                      });
  return criteria;
}

void CompanyBook::record_change(const api::CriterionChanged& change) {
  row_.set_history_count(row_.history_count() + 1);
  state::CompanyChangeRow row;
  *row.mutable_change() = change;
  decision_.effects.put(kHistoryTable, row, KeyWriter().number(-row_.history_count()));
  api::RiskRecord record;
  *record.mutable_criterion_changed() = change;
  tell_all(record);
}

void CompanyBook::tell_fetch(const api::FetchEnded& ended) {
  api::RiskRecord record;
  *record.mutable_fetch_ended() = ended;
  tell_all(record);
}

void CompanyBook::tell_all(const api::RiskRecord& record) {
  for (const std::string& account : accounts()) tell(account, record);
}

void CompanyBook::tell(const std::string& account, api::RiskRecord record) const {
  record.set_account(account);
  record.set_legal_entity(legal_entity_);
  decision_.effects.emit(kRiskTopic, stream::make_key(decision_.tenant(), account), record);
}

void CompanyBook::save() { decision_.effects.put(kCompanyTable, row_); }

}  // namespace encours::risk
