// One company and its history, asked of the partition that has it.
//
// Refused with "company_not_found", "tenant_not_found", and what page tokens are refused with. The
// history's order is that of its rows: the newest first. Pure.
#pragma once

#include "common/query/partitions.h"
#include "encours/risk/v1alpha1/risk.pb.h"
#include "services/risk_enrichment/domain/tables.h"

namespace encours::risk {

inline constexpr std::int32_t kUsualHistorySize = 100;
inline constexpr std::int32_t kLargestHistorySize = 1'000;

// `owner` is the partition of the company.
Result<api::GetRiskResponse> get_risk(const query::QueryContext& context,
                                      const query::PartitionRows& owner,
                                      const api::GetRiskRequest& request);

Result<api::ListRiskHistoryResponse> list_history(const query::QueryContext& context,
                                                  const query::PartitionRows& owner,
                                                  const api::ListRiskHistoryRequest& request);

}  // namespace encours::risk
