// The commands of risk-enrichment: a person has a company watched or left alone, and has providers
// asked now.
//
// Refusals name the field. A refresh is refused before go-live, without a policy, of providers that
// the policy does not name and of companies without SIREN: nobody could be asked. A preview says
// what it would cost and changes nothing. What is being asked already is not asked again. Pure; the
// answer goes into the Effects.
#pragma once

#include "services/risk_enrichment/domain/company_book.h"

namespace encours::risk {

void answer_set_monitoring(const Decision& decision);
void answer_refresh_risk(const Decision& decision);

// What the policy has to say about a company now: whether it is watched, and whom to ask.
void review_company(CompanyBook& company);

}  // namespace encours::risk
