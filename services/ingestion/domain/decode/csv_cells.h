// The cells of one row by the field that they give: text in UTF-8, and the column to blame.
//
// Cells belongs to one call of decode_csv_row. Reading a cell of a wrong form adds a finding with
// the name of its column and gives nothing; a blank cell gives nothing too. Values never stand in
// a finding.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/money/money.h"
#include "common/time/civil.h"
#include "services/ingestion/domain/decode/findings.h"
#include "services/ingestion/domain/decode/mapping.h"

namespace encours::ingestion {

class Cells {
 public:
  Cells(const Mapping& mapping, Findings* findings) : mapping_(mapping), findings_(*findings) {}

  // Places the cells of `row` by `header`. False where they don't fit together.
  bool read(std::string_view header, std::string_view row);
  bool read_header(std::string_view header);

  // Without blanks at both ends; empty where there is none.
  const std::string& text(MappingField field) const { return cell(field).text; }
  // Adds "missing_field" where it is blank.
  const std::string& need_text(MappingField field);

  std::optional<Date> date(MappingField field);
  std::optional<Date> need_date(MappingField field);
  // In the row's currency, which is looked up once.
  std::optional<Money> amount(MappingField field);

  // Column of the field; the mapping's key for a constant; empty where nothing gives it.
  const std::string& column(MappingField field) const { return cell(field).column; }

 private:
  struct Cell {
    std::string text;
    std::string column;
  };

  const Cell& cell(MappingField field) const { return cells_[static_cast<std::size_t>(field)]; }
  bool split(std::string_view line, std::vector<std::string>* out);
  bool match_columns();
  std::string meant(const std::string& name) const;
  bool decode(std::vector<std::string>* fields);
  std::optional<Currency> currency();

  const Mapping& mapping_;
  Findings& findings_;
  std::vector<std::string> names_;
  std::array<Cell, encours::ingestion::v1alpha1::MappingField_ARRAYSIZE> cells_;
  bool currency_is_read_ = false;
  std::optional<Currency> currency_;
};

}  // namespace encours::ingestion
