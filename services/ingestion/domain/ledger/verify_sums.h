// The check that only the ledger can make: its sums by difference are the sums of all its rows.
//
// For each account it reads every row: an invoice owes what was invoiced less what is taken for it,
// a payment and a credit note have what came less what is taken of them, and each currency's
// balance is the sum of these. A sentence per finding, without amounts of other accounts;
// read-only; `checked` counts the sums that were compared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/stream/view.h"

namespace encours::ingestion {

Result<std::vector<std::string>> verify_sums(const RowReader& rows, std::int64_t* checked);

}  // namespace encours::ingestion
