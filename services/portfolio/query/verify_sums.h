// The check that only portfolio can make: its rows agree with each other and with the ledger.
//
// For each invoice the open amount is the sum of its movements; for each customer and currency the
// open invoices and the unallocated credits are those of the balance that the ledger sent with its
// last fact. A sentence per finding; read-only; `checked` counts the sums that were compared.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/state/rows.h"

namespace encours::portfolio {

Result<std::vector<std::string>> verify_sums(const RowReader& rows, std::int64_t* checked);

}  // namespace encours::portfolio
