// What customers are called: sealed in the rows, opened for those who ask, row by row of an answer.
//
// Empty where nobody has said it, where it is erased, and where the installation has no key of
// persons. Error "sealed_data" where the bytes belong to somebody else.
#pragma once

#include <string>

#include "common/query/partitions.h"

namespace encours::portfolio {

Result<std::string> name_of(const RowReader& rows,
                            const Sealer* sealer,
                            const std::string& tenant,
                            const std::string& account);

// The same where the account's partition is among those of the context; else empty.
Result<std::string> name_of(const query::QueryContext& context,
                            const std::string& tenant,
                            const std::string& account);

}  // namespace encours::portfolio
