// Timeline pages: one customer's history, in the order in which it was recorded, or backwards.
//
// It lies on one partition, in order of key; the token holds the key of the last entry read.
#pragma once

#include "common/query/partitions.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

inline constexpr std::int32_t kUsualTimelineSize = 100;
inline constexpr std::int32_t kLargestTimelineSize = 1'000;

// `owner` is the partition of the account; refused with "customer_not_found".
Result<api::GetTimelineResponse> get_timeline(const query::QueryContext& context,
                                              const query::PartitionRows& owner,
                                              const api::GetTimelineRequest& request);

}  // namespace encours::portfolio
