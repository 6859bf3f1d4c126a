// print_fields: one thing with all its fields: a line per field in a table, a row in CSV and JSON.
#pragma once

#include <vector>

#include "services/encoursctl/command.h"

namespace encours::ctl {

// Several rows stand below each other, e.g. a customer in two currencies. Absent fields are left
// out of tables.
Status print_fields(Context& context,
                    const std::vector<Column>& columns,
                    const std::vector<std::vector<Cell>>& rows);

}  // namespace encours::ctl
