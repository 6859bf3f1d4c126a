// What is shown of a company, out of its committed rows. Pure functions of a snapshot.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/state/rows.h"
#include "encours/risk/v1alpha1/risk.pb.h"
#include "services/risk_enrichment/domain/tables.h"

namespace encours::risk {

// Nullopt where nobody points to the company and nobody has named it. A provider whose last good
// answer is too old is shown as stale while nothing better has come.
std::optional<api::CompanyRisk> company_view(const RowReader& rows,
                                             const std::string& tenant,
                                             const std::string& legal_entity);

// Every company of the tenant on one partition, in order of its name.
void each_company(const RowReader& rows,
                  const std::string& tenant,
                  const std::function<void(api::CompanyRisk&&)>& visit);

}  // namespace encours::risk
