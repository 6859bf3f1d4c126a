#include "services/encoursctl/commands/fields.h"

namespace encours::ctl {

Status print_fields(Context& context,
                    const std::vector<Column>& columns,
                    const std::vector<std::vector<Cell>>& rows) {
  if (context.format() != OutputFormat::kTable) {
    auto printer = context.printer(columns);
    for (const auto& row : rows) ENCOURS_TRY(printer.row(row));
    return printer.end();
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (r > 0) context.out() << "\n";
    auto printer = context.printer({{"field"}, {"value"}});
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (rows[r][i].kind == Cell::Kind::kAbsent) continue;
      // As text: one column of values of all kinds stands to the left.
      ENCOURS_TRY(printer.row({Cell::of(columns[i].name), Cell::of(rows[r][i].text)}));
    }
    ENCOURS_TRY(printer.end());
  }
  return {};
}

}  // namespace encours::ctl
