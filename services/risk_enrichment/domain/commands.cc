#include "services/risk_enrichment/domain/commands.h"

#include <algorithm>
#include <set>

#include "encours/risk/v1alpha1/risk.pb.h"
#include "services/risk_enrichment/domain/legal_entity.h"
#include "services/risk_enrichment/domain/provider_book.h"

namespace encours::risk {
namespace {

Error unknown_company() {
  return refused("company_not_found",
                 "legal_entity",
                 "No account points to this company and nobody has named it.");
}

// The providers that a refresh concerns, in the order of the policy.
Result<std::vector<std::string>> chosen_providers(const api::RiskPolicy& policy,
                                                  const api::RefreshRiskRequest& request) {
  for (const auto& provider : request.providers()) {
    if (provider_policy(&policy, provider) == nullptr) {
      return refused(
          "unknown_provider", "providers", "The policy does not name '" + provider + "'.");
    }
  }
  const std::set<std::string> named(request.providers().begin(), request.providers().end());
  std::vector<std::string> chosen;
  for (const auto& one : policy.providers()) {
    if (named.empty() || named.count(one.provider()) > 0) chosen.push_back(one.provider());
  }
  return chosen;
}

Status check_refresh(const Decision& decision,
                     const CompanyBook& company,
                     const api::RefreshRiskRequest& request) {
  if (!company.known()) return unknown_company();
  if (policy_of(decision.settings, decision.tenant()) == nullptr) {
    return refused("no_policy", "", "Publish a risk policy first: it says whom to ask.");
  }
  if (!siren_of(request.legal_entity())) {
    return refused("no_siren", "legal_entity", "Providers know companies by their SIREN only.");
  }
  if (!decision.settings.live(decision.tenant(), decision.record.at) && !request.preview()) {
    return refused("before_go_live", "tenant", "Nobody is asked before the tenant goes live.");
  }
  return {};
}

Result<api::RefreshRiskResponse> refresh(const Decision& decision,
                                         const api::RefreshRiskRequest& request) {
  ENCOURS_TRY(check_legal_entity(request.legal_entity()));
  CompanyBook company(decision, request.legal_entity());
  ENCOURS_TRY(check_refresh(decision, company, request));
  const api::RiskPolicy& policy = *policy_of(decision.settings, decision.tenant());
  ENCOURS_ASSIGN(const auto providers, chosen_providers(policy, request));
  api::RefreshRiskResponse response;
  for (const std::string& provider : providers) {
    if (!request.preview() && !ProviderBook(company, provider).refresh()) continue;
    auto& cost = *response.add_costs();
    cost.set_provider(provider);
    const auto* terms = provider_policy(&policy, provider);
    if (terms->has_cost()) *cost.mutable_cost() = terms->cost();
  }
  return response;
}

}  // namespace

void review_company(CompanyBook& company) {
  company.decide_monitoring();
  const Decision& decision = company.decision();
  std::set<std::string> providers;
  const api::RiskPolicy* policy = policy_of(decision.settings, decision.tenant());
  if (policy != nullptr) {
    for (const auto& one : policy->providers()) providers.insert(one.provider());
  }
  // Those that were asked before are told to rest where the policy no longer names them.
  decision.view.scan(
      kProviderTable, KeyWriter(), [&](std::string_view, const state::CompanyProviderRow& row) {
        providers.insert(row.standing().provider());
        return true;
      });
  for (const std::string& provider : providers) ProviderBook(company, provider).review();
}

void answer_set_monitoring(const Decision& decision) {
  api::SetMonitoringRequest request;
  if (!request.ParseFromString(decision.record.command.body())) {
    return decision.effects.refuse(refused("unreadable_command", "", "The request can't be read."));
  }
  const Status valid = check_legal_entity(request.legal_entity());
  if (!valid) return decision.effects.refuse(valid.failure());
  CompanyBook company(decision, request.legal_entity());
  if (!company.known() && !request.monitored()) return decision.effects.refuse(unknown_company());
  company.name(request.monitored());
  review_company(company);
  company.save();
  api::SetMonitoringResponse response;
  response.set_monitored(company.monitored());
  decision.effects.answer(response);
}

void answer_refresh_risk(const Decision& decision) {
  api::RefreshRiskRequest request;
  if (!request.ParseFromString(decision.record.command.body())) {
    return decision.effects.refuse(refused("unreadable_command", "", "The request can't be read."));
  }
  const auto response = refresh(decision, request);
  if (!response) return decision.effects.refuse(response.failure());
  decision.effects.answer(*response);
}

}  // namespace encours::risk
