// Explain: one account's score with the paid invoices that its payment index is made of.
//
// The invoices are those that count now, the newest first; a score holds those of before its day.
// Reads the rows of one account and keeps at most kExplainedInvoices of them. Pure over snapshots.
#pragma once

#include "common/query/partitions.h"
#include "encours/scoring/v1alpha1/scoring.pb.h"

namespace encours::scoring {

inline constexpr std::size_t kExplainedInvoices = 200;

// `owner` is the partition of the account. Refused with "score_not_found" where there is no score,
// or none that the reader may see.
Result<encours::scoring::v1alpha1::ExplainScoreResponse> explain_score(
    const query::QueryContext& context,
    const query::PartitionRows& owner,
    const encours::scoring::v1alpha1::ExplainScoreRequest& request);

}  // namespace encours::scoring
