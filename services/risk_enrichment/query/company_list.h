// CompanyList: the companies that are known of a tenant, by filter and order, in pages. What is
// common to lists is in common/query/paged_list.h.
#pragma once

#include <functional>
#include <string>

#include "common/query/paged_list.h"
#include "encours/risk/v1alpha1/risk.pb.h"
#include "services/risk_enrichment/query/company_view.h"

namespace encours::risk {

struct CompaniesMethod : query::ListMethod {
  using Request = api::ListMonitoredRequest;
  using Response = api::ListMonitoredResponse;
  using View = api::CompanyRisk;
  static constexpr const char* kName = "companies";
  static constexpr const char* kUsualOrder = "legal_entity";

  static google::protobuf::RepeatedPtrField<View>* rows_of(Response* response) {
    return response->mutable_companies();
  }
  static std::string tie(const View& company) {
    return KeyWriter().text(company.legal_entity()).take();
  }
  // Companies belong to no single owner, so a reader of own customers only sees none here.
  static Status each(const RowReader& rows,
                     const query::ListQuestion& question,
                     const std::function<void(View&&)>& visit) {
    if (!question.only_owner) each_company(rows, question.tenant, visit);
    return {};
  }
};

using CompanyList = query::PagedList<CompaniesMethod>;

}  // namespace encours::risk
