#include "services/risk_enrichment/domain/accounts_stage.h"

#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/risk/v1alpha1/internal.pb.h"
#include "services/risk_enrichment/domain/legal_entity.h"
#include "services/risk_enrichment/domain/tables.h"

namespace encours::risk {

std::string AccountsStage::name() const { return kAccountsStage; }

std::vector<stream::StageInput> AccountsStage::inputs() const {
  return {{.topic = "encours.receivables", .tick_stages = {"ledger"}}};
}

std::vector<stream::TickOutput> AccountsStage::tick_outputs() const {
  return {{kCompaniesTopic, true}};
}

std::vector<TableInfo> AccountsStage::tables() const { return {kAccountTable.info()}; }

Result<stream::Effects> AccountsStage::decide(const stream::View& view,
                                              const stream::Record& record,
                                              const stream::Settings&) const {
  stream::Effects effects(view);
  encours::receivables::v1alpha1::ReceivableRecord fact;
  if (record.kind != stream::RecordKind::kFact || !fact.ParseFromString(record.value)) {
    return poison("unreadable_fact", "", "The record is no ReceivableRecord.");
  }
  if (!fact.has_account_changed()) return effects;
  const std::string& account = fact.account();
  if (account.empty() || account != stream::entity_of_key(record.key)) {
    return poison("account_mismatch", "account", "The fact and its key name different accounts.");
  }
  const auto row = view.get(kAccountTable);
  const std::string before = row ? row->legal_entity() : std::string();
  const std::string after = fact.account_changed().legal_entity();
  if (before == after) return effects;
  if (!before.empty()) {
    api::CompanyRecord left;
    left.set_legal_entity(before);
    left.mutable_account_unlinked()->set_account(account);
    effects.emit(kCompaniesTopic, stream::make_key(record.tenant(), before), left);
  }
  if (after.empty()) {
    effects.erase(kAccountTable);
    return effects;
  }
  api::CompanyRecord joined;
  joined.set_legal_entity(after);
  joined.mutable_account_linked()->set_account(account);
  effects.emit(kCompaniesTopic, stream::make_key(record.tenant(), after), joined);
  state::RiskAccountRow now;
  now.set_legal_entity(after);
  effects.put(kAccountTable, now);
  return effects;
}

}  // namespace encours::risk
