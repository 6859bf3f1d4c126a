#include "services/risk_enrichment/domain/companies_stage.h"

#include "encours/risk/v1alpha1/internal.pb.h"
#include "services/risk_enrichment/domain/commands.h"
#include "services/risk_enrichment/domain/provider_book.h"

namespace encours::risk {
namespace {

constexpr const char* kCommandsTopic = "encours.risk-enrichment.commands";
constexpr const char* kOutcomesTopic = "encours.risk-enrichment.outcomes";

Status decide_fact(const Decision& decision) {
  api::CompanyRecord fact;
  if (!fact.ParseFromString(decision.record.value)) {
    return poison("unreadable_fact", "", "The record is no CompanyRecord.");
  }
  if (fact.legal_entity().empty() ||
      fact.legal_entity() != stream::entity_of_key(decision.record.key)) {
    return poison(
        "company_mismatch", "legal_entity", "The fact and its key name different companies.");
  }
  CompanyBook company(decision, fact.legal_entity());
  if (fact.has_account_linked() && !company.link(fact.account_linked().account())) return {};
  if (fact.has_account_unlinked() && !company.unlink(fact.account_unlinked().account())) return {};
  review_company(company);
  company.save();
  return {};
}

void decide_timer(const Decision& decision) {
  CompanyBook company(decision, std::string(stream::entity_of_key(decision.record.key)));
  const std::string provider = KeyReader(decision.record.timer.entity).text().value_or("");
  switch (decision.record.timer.kind) {
    case kReviewTimer:
      review_company(company);
      break;
    case kRefreshTimer:
      ProviderBook(company, provider).refresh_timer(decision.record.timer.due);
      break;
    case kStaleTimer:
      ProviderBook(company, provider).stale_timer();
      break;
    default:
      ENCOURS_CHECK(false, "this stage sets no other timers");
  }
  company.save();
}

// The policy or the tenant's go-live has changed.
void decide_sweep(const Decision& decision) {
  CompanyBook company(decision, std::string(stream::entity_of_key(decision.record.key)));
  review_company(company);
  company.save();
}

Status decide_outcome(const Decision& decision) {
  const auto& outcome = decision.record.outcome;
  api::FetchAnswer answer;
  if (outcome.type() != answer.GetDescriptor()->full_name() ||
      !answer.ParseFromString(outcome.body())) {
    return poison("unreadable_outcome", "", "The outcome has no FetchAnswer.");
  }
  if (answer.legal_entity() != stream::entity_of_key(decision.record.key)) {
    return poison("company_mismatch", "legal_entity", "The answer is about another company.");
  }
  CompanyBook company(decision, answer.legal_entity());
  ProviderBook(company, answer.provider()).take_outcome(outcome, answer);
  company.save();
  return {};
}

void decide_command(const Decision& decision) {
  const std::string& type = decision.record.command.type();
  if (type == api::SetMonitoringRequest::descriptor()->full_name()) {
    answer_set_monitoring(decision);
  } else if (type == api::RefreshRiskRequest::descriptor()->full_name()) {
    answer_refresh_risk(decision);
  }
  // Without a reply the runtime answers that the command is unknown.
}

}  // namespace

std::string CompaniesStage::name() const { return kCompaniesStage; }

std::vector<stream::StageInput> CompaniesStage::inputs() const {
  return {{.topic = kCompaniesTopic, .tick_stages = {kAccountsStage}, .from_all_partitions = true},
          {.topic = kOutcomesTopic, .kind = stream::InputKind::kOutcomes},
          {.topic = kCommandsTopic, .kind = stream::InputKind::kCommands}};
}

std::vector<stream::TickOutput> CompaniesStage::tick_outputs() const {
  return {{kRiskTopic, true}};
}

std::vector<TableInfo> CompaniesStage::tables() const {
  return {kCompanyTable.info(),
          kLinkTable.info(),
          kCriterionTable.info(),
          kProviderTable.info(),
          kHistoryTable.info()};
}

std::vector<std::string> CompaniesStage::sweep_kinds() const { return {kPolicyKind, "tenant"}; }

std::uint8_t CompaniesStage::sweep_table() const { return kCompanyTable.id; }

Result<stream::Effects> CompaniesStage::decide(const stream::View& view,
                                               const stream::Record& record,
                                               const stream::Settings& settings) const {
  stream::Effects effects(view);
  const Decision decision{view, record, settings, effects};
  switch (record.kind) {
    case stream::RecordKind::kFact:
      ENCOURS_TRY(decide_fact(decision));
      break;
    case stream::RecordKind::kCommand:
      decide_command(decision);
      break;
    case stream::RecordKind::kTimer:
      decide_timer(decision);
      break;
    case stream::RecordKind::kOutcome:
      ENCOURS_TRY(decide_outcome(decision));
      break;
    case stream::RecordKind::kSweep:
      decide_sweep(decision);
      break;
    case stream::RecordKind::kRaw:
      return poison("unexpected_record", "", "This stage reads no tenant's own topic.");
  }
  return effects;
}

}  // namespace encours::risk
