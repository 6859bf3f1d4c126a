// The rows of risk-enrichment's store.
//
// A decision of the stage "accounts" sees the rows of one account, one of the stage "companies"
// those of one company. Written by decisions only; the queries of this service read them through
// snapshots.
#pragma once

#include <string>

#include "common/stream/decide.h"
#include "encours/state/v1alpha1/risk.pb.h"

namespace encours::risk {

namespace api = encours::risk::v1alpha1;
namespace state = encours::state::v1alpha1;

inline constexpr const char* kAccountsStage = "accounts";
inline constexpr const char* kCompaniesStage = "companies";
inline constexpr const char* kCompaniesTopic = "encours.risk-enrichment.companies";
inline constexpr const char* kRiskTopic = "encours.risk";

// tenant, account
inline constexpr Table<state::RiskAccountRow> kAccountTable{0x20, "risk_account", "ss"};
// tenant, legal entity
inline constexpr Table<state::CompanyRow> kCompanyTable{0x21, "company", "ss"};
// tenant, legal entity, account
inline constexpr Table<state::CompanyLinkRow> kLinkTable{0x22, "company_link", "sss"};
// tenant, legal entity, provider, criterion
inline constexpr Table<state::CompanyCriterionRow> kCriterionTable{
    0x23, "company_criterion", "sssn"};
// tenant, legal entity, provider
inline constexpr Table<state::CompanyProviderRow> kProviderTable{0x24, "company_provider", "sss"};
// tenant, legal entity, -sequence
inline constexpr Table<state::CompanyChangeRow> kHistoryTable{0x25, "company_history", "ssn"};

}  // namespace encours::risk
