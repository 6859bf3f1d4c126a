#include "services/risk_enrichment/query/company_view.h"

#include <utility>

namespace encours::risk {
namespace {

api::CompanyRisk view_of(const RowReader& rows,
                         const std::string& tenant,
                         const std::string& legal_entity,
                         const state::CompanyRow& row) {
  api::CompanyRisk company;
  company.set_tenant(tenant);
  company.set_legal_entity(legal_entity);
  company.set_monitored(row.monitored());
  company.set_account_count(row.account_count());
  const stream::View view(rows, scope_of(tenant, legal_entity));
  view.scan(
      kCriterionTable, KeyWriter(), [&](std::string_view, state::CompanyCriterionRow criterion) {
        *company.add_criteria() = std::move(*criterion.mutable_standing());
        return true;
      });
  view.scan(kProviderTable, KeyWriter(), [&](std::string_view, state::CompanyProviderRow provider) {
    auto& standing = *company.add_providers();
    standing = std::move(*provider.mutable_standing());
    if (provider.stale()) standing.set_outcome(api::FETCH_OUTCOME_STALE);
    return true;
  });
  return company;
}

}  // namespace

std::optional<api::CompanyRisk> company_view(const RowReader& rows,
                                             const std::string& tenant,
                                             const std::string& legal_entity) {
  const auto row = stream::View(rows, scope_of(tenant, legal_entity)).get(kCompanyTable);
  if (!row) return std::nullopt;
  return view_of(rows, tenant, legal_entity, *row);
}

void each_company(const RowReader& rows,
                  const std::string& tenant,
                  const std::function<void(api::CompanyRisk&&)>& visit) {
  const stream::View all(rows, KeyWriter().text(tenant).take());
  all.scan(kCompanyTable, KeyWriter(), [&](std::string_view key, const state::CompanyRow& row) {
    visit(view_of(rows, tenant, KeyReader(key).text().value_or(""), row));
    return true;
  });
}

}  // namespace encours::risk
