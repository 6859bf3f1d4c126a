#include "services/encoursctl/output/printer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/base/check.h"
#include "common/base/utf8.h"

namespace encours::ctl {
namespace {

constexpr const char* kGap = "  ";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// In characters: bytes of UTF-8 that begin one.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

bool right_aligned(const Cell& cell) {
  return cell.kind == Cell::Kind::kNumber || cell.kind == Cell::Kind::kAmount;
}

// What a table shows of a cell.
std::string shown(const Cell& cell) {
  return cell.kind == Cell::Kind::kAbsent ? "-" : printable(cell.text);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe = valid_utf8(text);
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const auto byte = static_cast<unsigned char>(safe[i]);
    // C1 controls are two bytes in UTF-8: C2 and 80 to 9F.
    const bool c1 =
        byte == 0xC2 && i + 1 < safe.size() && static_cast<unsigned char>(safe[i + 1]) < 0xA0;
    if (c1) ++i;
    out.push_back(byte < 0x20 || byte == 0x7F || c1 ? '?' : safe[i]);
  }
  return out;
}

std::string csv_field(const Cell& cell) {
  const std::string text = valid_utf8(cell.text);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string json_value(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::kAbsent:
      return "null";
    case Cell::Kind::kNumber:
    case Cell::Kind::kBoolean:
      return cell.text;
    case Cell::Kind::kText:
    case Cell::Kind::kAmount:
      break;
  }
  return nlohmann::json(valid_utf8(cell.text)).dump();
}

Printer::Printer(OutputFormat format, std::ostream& out, std::vector<Column> columns)
    : format_(format), out_(out), columns_(std::move(columns)) {}

Status Printer::row(const std::vector<Cell>& cells) {
  ENCOURS_CHECK(cells.size() == columns_.size(), "a cell for each column");
  switch (format_) {
    case OutputFormat::kTable:
      rows_.push_back(cells);
      return {};
    case OutputFormat::kCsv:
      write_csv(cells);
      break;
    case OutputFormat::kJson:
      write_json(cells);
      break;
  }
  return written();
}

Status Printer::end() {
  if (format_ == OutputFormat::kTable) write_table();
  if (format_ == OutputFormat::kCsv && !header_written_) write_csv({});
  out_.flush();
  return written();
}

Status Printer::written() {
  if (out_.good()) return {};
  return error(Reaction::kFatal, "output_closed", "Nobody reads the output any more.");
}

void Printer::write_table() {
  std::vector<std::size_t> widths(columns_.size());
  std::vector<bool> right(columns_.size(), false);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths[i] = width_of(columns_[i].name);
    for (const auto& row : rows_) {
      widths[i] = std::max(widths[i], width_of(shown(row[i])));
      right[i] = right[i] || right_aligned(row[i]);
    }
  }
  const auto write_line = [&](const auto& text_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].detail) continue;
      const std::string text = text_of(i);
      const std::string pad(widths[i] - width_of(text), ' ');
      if (!line.empty()) line += kGap;
      line += right[i] ? pad + text : text + pad;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_ << line << "\n";
  };
  write_line([&](std::size_t i) { return columns_[i].name; });
  for (const auto& row : rows_) {
    write_line([&](std::size_t i) { return shown(row[i]); });
  }
  rows_.clear();
}

void Printer::write_csv(const std::vector<Cell>& cells) {
  if (!header_written_) {
    for (std::size_t i = 0; i < columns_.size(); ++i) out_ << (i ? "," : "") << columns_[i].name;
    out_ << "\n";
    header_written_ = true;
  }
  if (cells.empty()) return;
  for (std::size_t i = 0; i < cells.size(); ++i) out_ << (i ? "," : "") << csv_field(cells[i]);
  out_ << "\n";
}

void Printer::write_json(const std::vector<Cell>& cells) {
  out_ << "{";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out_ << (i ? "," : "") << nlohmann::json(columns_[i].name).dump() << ":"
         << json_value(cells[i]);
  }
  out_ << "}\n";
}

}  // namespace encours::ctl
