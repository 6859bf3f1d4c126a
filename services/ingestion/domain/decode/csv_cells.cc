#include "services/ingestion/domain/decode/csv_cells.h"

#include <algorithm>
#include <set>

#include "common/base/nearest.h"
#include "services/ingestion/domain/decode/csv.h"
#include "services/ingestion/domain/decode/date_format.h"
#include "services/ingestion/domain/decode/encoding.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Error wrong_encoding(const Mapping& mapping, std::string column) {
  if (mapping.encoding() == proto::TEXT_ENCODING_UTF_8) {
    return refused("invalid_utf8",
                   std::move(column),
                   "The bytes are no UTF-8. Say the file's encoding in the mapping, such as "
                   "encoding: windows-1252.");
  }
  return refused(
      "invalid_encoding", std::move(column), "The bytes are no text in the mapping's encoding.");
}

}  // namespace

bool Cells::split(std::string_view line, std::vector<std::string>* out) {
  auto fields =
      split_csv_record(line, mapping_.separator().empty() ? ',' : mapping_.separator()[0]);
  if (!fields.ok()) {
    findings_.add(fields.failure());
    return false;
  }
  *out = std::move(fields).value();
  return true;
}

bool Cells::read_header(std::string_view header) {
  if (header.starts_with(kByteOrderMark)) header.remove_prefix(kByteOrderMark.size());
  if (!split(header, &names_)) return false;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto name = to_utf8(names_[i], mapping_.encoding());
    if (!name) {
      findings_.add(wrong_encoding(mapping_, "header, column " + std::to_string(i + 1)));
      return false;
    }
    names_[i] = trimmed(*name);
  }
  return match_columns();
}

// The mapped column whose name was probably meant.
std::string Cells::meant(const std::string& name) const {
  std::vector<std::string> expected;
  for (const auto& column : mapping_.columns()) expected.push_back(column.column());
  const std::string near = nearest(name, expected);
  return near.empty() ? std::string() : " Is it " + near + "?";
}

// Every column of the mapping is there once, and every column of the file is known.
bool Cells::match_columns() {
  std::set<std::string_view> known;
  for (const auto& column : mapping_.columns()) known.insert(column.column());
  known.insert(mapping_.ignored_columns().begin(), mapping_.ignored_columns().end());
  std::set<std::string_view> seen;
  bool good = true;
  for (const auto& name : names_) {
    if (!known.contains(name)) {
      if (mapping_.other_columns() == proto::OTHER_COLUMNS_IGNORE) continue;
      findings_.add("unknown_column",
                    printable(name),
                    "The mapping does not know this column. Map it or ignore it." + meant(name));
      good = false;
    } else if (!seen.insert(name).second) {
      findings_.add("duplicate_column", printable(name), "The header names this column twice.");
      good = false;
    }
  }
  for (const auto& column : mapping_.columns()) {
    if (seen.contains(column.column())) continue;
    findings_.add("missing_column",
                  column.column(),
                  "The file has no such column. Is it the file that the mapping is for?");
    good = false;
  }
  return good;
}

bool Cells::read(std::string_view header, std::string_view row) {
  std::vector<std::string> fields;
  if (!read_header(header) || !split(row, &fields)) return false;
  if (fields.size() != names_.size()) {
    findings_.add("column_count",
                  "",
                  "The row has " + std::to_string(fields.size()) + " columns and the header " +
                      std::to_string(names_.size()) + ". Is a separator part of a text?");
    return false;
  }
  if (!decode(&fields)) return false;
  for (const auto& column : mapping_.columns()) {
    const auto at = std::find(names_.begin(), names_.end(), column.column()) - names_.begin();
    auto& cell = cells_[static_cast<std::size_t>(column.field())];
    cell.text = trimmed(fields[static_cast<std::size_t>(at)]);
    cell.column = column.column();
  }
  for (const auto& constant : mapping_.constants()) {
    auto& cell = cells_[static_cast<std::size_t>(constant.field())];
    cell.text = constant.value();
    cell.column = "constants." + field_name(constant.field());
  }
  return true;
}

bool Cells::decode(std::vector<std::string>* fields) {
  bool good = true;
  for (std::size_t i = 0; i < fields->size(); ++i) {
    auto text = to_utf8((*fields)[i], mapping_.encoding());
    if (text) {
      (*fields)[i] = std::move(*text);
    } else {
      findings_.add(wrong_encoding(mapping_, printable(names_[i])));
      good = false;
    }
  }
  return good;
}

const std::string& Cells::need_text(MappingField field) {
  if (text(field).empty()) {
    findings_.add("missing_field", column(field), "Fill this column; every row needs it.");
  }
  return text(field);
}

std::optional<Date> Cells::date(MappingField field) {
  if (text(field).empty()) return std::nullopt;
  const auto format = DateFormat::parse(mapping_.date_format());
  if (!format.ok()) {
    findings_.add(format.failure());
    return std::nullopt;
  }
  const auto date = format->read(text(field));
  if (date.ok()) return *date;
  findings_.add(date.failure().code, column(field), date.failure().message);
  return std::nullopt;
}

std::optional<Date> Cells::need_date(MappingField field) {
  need_text(field);
  return date(field);
}

std::optional<Currency> Cells::currency() {
  if (currency_is_read_) return currency_;
  currency_is_read_ = true;
  const std::string& given = text(proto::MAPPING_FIELD_CURRENCY);
  const std::string& code = given.empty() ? mapping_.default_currency() : given;
  const std::string& from = column(proto::MAPPING_FIELD_CURRENCY);
  const std::string field = from.empty() ? "currency" : from;
  if (code.empty()) {
    findings_.add("missing_field",
                  field,
                  "Give the currency in the row, or one for the whole file in the mapping.");
    return std::nullopt;
  }
  const auto currency = Currency::parse(code);
  if (currency.ok()) {
    currency_ = *currency;
  } else {
    findings_.add("unknown_currency", field, "Give a currency by its ISO 4217 code, such as EUR.");
  }
  return currency_;
}

std::optional<Money> Cells::amount(MappingField field) {
  if (text(field).empty()) return std::nullopt;
  DecimalStyle style;
  if (!mapping_.decimal_separator().empty()) {
    style.decimal_separator = mapping_.decimal_separator()[0];
  }
  style.group_separator = mapping_.group_separator();
  style.trailing_sign = true;
  // The form of the number is told even where its currency is unknown.
  const auto number = parse_decimal(text(field), style);
  if (!number.ok() && number.failure().code == "not_a_number") {
    findings_.add("not_a_number",
                  column(field),
                  "Write the amount as digits with \"" + mapping_.decimal_separator() +
                      "\" before the decimals, as the mapping says.");
    return std::nullopt;
  }
  const auto in = currency();
  if (!in) return std::nullopt;
  const auto amount = parse_amount(text(field), *in, style);
  if (amount.ok()) return *amount;
  findings_.add(amount.failure().code,
                column(field),
                amount.failure().message + " Correct the amount or the currency.");
  return std::nullopt;
}

}  // namespace encours::ingestion
