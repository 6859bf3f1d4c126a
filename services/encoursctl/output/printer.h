// Printer: the rows of one answer as an aligned table, as CSV or as JSON.
//
//   table  columns as wide as their widest cell, numbers to the right; control characters of the
//          data are shown as '?', so that no row can move the cursor of a terminal
//   csv    RFC 4180 with a header, lines end with LF; texts are what they are, for scripts: a
//          spreadsheet would compute one that begins with =
//   json   one object per line
//
// CSV and JSON rows are written as they come; a table is written by end(). A reader that went away
// ("| head") ends the command with the error "output_closed". One thread; `out` outlives it.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "services/encoursctl/output/cell.h"

namespace encours::ctl {

enum class OutputFormat { kTable, kJson, kCsv };

struct Column {
  std::string name;
  // True: in CSV and JSON only; a table would be too wide.
  bool detail = false;
};

class Printer {
 public:
  Printer(OutputFormat format, std::ostream& out, std::vector<Column> columns);

  // A cell for each column.
  Status row(const std::vector<Cell>& cells);
  Status end();

  OutputFormat format() const { return format_; }

 private:
  void write_table();
  void write_csv(const std::vector<Cell>& cells);
  void write_json(const std::vector<Cell>& cells);
  Status written();

  OutputFormat format_;
  std::ostream& out_;
  std::vector<Column> columns_;
  bool header_written_ = false;
  std::vector<std::vector<Cell>> rows_;  // Of a table.
};

// A whole field of a CSV file.
std::string csv_field(const Cell& cell);
// A JSON value.
std::string json_value(const Cell& cell);
// Text without what would move the cursor of a terminal.
std::string printable(std::string_view text);

}  // namespace encours::ctl
