#include "services/risk_enrichment/query/history.h"

#include <string>
#include <utility>

#include "common/query/page_token.h"
#include "common/query/standing.h"
#include "services/risk_enrichment/query/company_view.h"

namespace encours::risk {
namespace {

Error company_not_found() {
  return refused("company_not_found",
                 "legal_entity",
                 "No account points to this company and nobody has named it.");
}

}  // namespace

Result<api::GetRiskResponse> get_risk(const query::QueryContext& context,
                                      const query::PartitionRows& owner,
                                      const api::GetRiskRequest& request) {
  ENCOURS_ASSIGN(const std::string clock, query::clock_of(*context.settings, request.tenant()));
  auto company = company_view(*owner.rows, request.tenant(), request.legal_entity());
  ENCOURS_TRY(query::check_reads(context.partitions));
  if (!company) return company_not_found();
  api::GetRiskResponse response;
  *response.mutable_company() = *std::move(company);
  *response.mutable_coverage() = coverage_of_one(context, owner, clock);
  return response;
}

Result<api::ListRiskHistoryResponse> list_history(const query::QueryContext& context,
                                                  const query::PartitionRows& owner,
                                                  const api::ListRiskHistoryRequest& request) {
  ENCOURS_ASSIGN(const std::size_t size,
                 query::page_size_of(request.page_size(), kUsualHistorySize, kLargestHistorySize));
  const std::string digest = query::digest_of({"risk_history",
                                               request.tenant(),
                                               request.legal_entity(),
                                               std::to_string(request.criterion())});
  ENCOURS_ASSIGN(query::PageToken token, query::decode_page_token(request.page_token(), digest));
  ENCOURS_ASSIGN(const std::string clock, query::clock_of(*context.settings, request.tenant()));
  const stream::View view(*owner.rows, scope_of(request.tenant(), request.legal_entity()));
  if (!view.get(kCompanyTable)) return company_not_found();

  api::ListRiskHistoryResponse response;
  const std::string head = view.key(kHistoryTable.id, "");
  const std::string from = token.after.empty() ? head : head + token.after;
  std::string last;
  owner.rows->scan(from, after_prefix(head), [&](std::string_view key, std::string_view value) {
    key.remove_prefix(head.size());
    if (key == token.after) return true;
    const auto row = stream::View::parse<state::CompanyChangeRow>(value);
    const bool chosen = request.criterion() == api::CRITERION_UNSPECIFIED ||
                        request.criterion() == row.change().criterion();
    if (!chosen) return true;
    if (static_cast<std::size_t>(response.changes_size()) == size) {
      token.after = last;
      response.set_next_page_token(token.encode());
      return false;
    }
    *response.add_changes() = row.change();
    last = std::string(key);
    return true;
  });
  ENCOURS_TRY(query::check_reads(context.partitions));
  *response.mutable_coverage() = coverage_of_one(context, owner, clock);
  return response;
}

}  // namespace encours::risk
