#include "common/config/field.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace encours::config {
namespace {

constexpr int64_t kNoMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kNoMax = std::numeric_limits<int64_t>::max();

// A secret's value stays out of messages too: they end in logs.
std::string quoted(const Field& field, const std::string& text) {
  return field.rule.secret ? "its value" : "\"" + text + "\"";
}

Error wrong_type(const Field& field, const Written& written) {
  const std::string got = written.list ? "a list" : quoted(field, written.texts.front());
  return refused(
      "setting_wrong_type", field.name, field.name + " (" + field.type + ") can't be " + got + ".");
}

Status check_bounds(const Field& field, int64_t number, const std::string& what) {
  if (number >= field.rule.min && number <= field.rule.max) return {};
  return refused("setting_out_of_range",
                 field.name,
                 field.name + ": " + what + " must be " + describe(field.rule) + ".");
}

template <class Number>
Status read_number(const Field& field, const Written& written, Number& value) {
  if (written.list) return wrong_type(field, written);
  const std::string& text = written.texts.front();
  Number number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc::result_out_of_range) {
    return refused(
        "setting_out_of_range", field.name, field.name + " must be " + describe(field.rule) + ".");
  }
  if (problem != std::errc() || end != text.data() + text.size()) {
    return wrong_type(field, written);
  }
  ENCOURS_TRY(check_bounds(field, number, quoted(field, text)));
  value = number;
  return {};
}

Status check_text(const Field& field, const std::string& text) {
  const Rule& rule = field.rule;
  if (rule.required && text.empty()) {
    return refused("setting_missing", field.name, field.name + " must be given.");
  }
  if (!rule.one_of.empty() && std::ranges::find(rule.one_of, text) == rule.one_of.end()) {
    return refused("setting_out_of_range",
                   field.name,
                   field.name + ": " + quoted(field, text) + " is not " + describe(rule) + ".");
  }
  if (!rule.bounded()) return {};
  return check_bounds(field, static_cast<int64_t>(text.size()), "its length in bytes");
}

}  // namespace

Status read_value(const Field& field, const Written& written, std::string& value) {
  if (written.list) return wrong_type(field, written);
  ENCOURS_TRY(check_text(field, written.texts.front()));
  value = written.texts.front();
  return {};
}

Status read_value(const Field& field, const Written& written, int32_t& value) {
  return read_number(field, written, value);
}

Status read_value(const Field& field, const Written& written, int64_t& value) {
  return read_number(field, written, value);
}

Status read_value(const Field& field, const Written& written, bool& value) {
  // The other words of YAML (yes, on, y) are refused: NO is also a country.
  const bool is_true = !written.list && written.texts.front() == "true";
  const bool is_false = !written.list && written.texts.front() == "false";
  if (!is_true && !is_false) return wrong_type(field, written);
  value = is_true;
  return {};
}

Status read_value(const Field& field, const Written& written, std::vector<std::string>& value) {
  if (!written.list) return wrong_type(field, written);
  if (field.rule.required && written.texts.empty()) {
    return refused("setting_missing", field.name, field.name + " must be given.");
  }
  if (field.rule.bounded()) {
    const auto entries = static_cast<int64_t>(written.texts.size());
    ENCOURS_TRY(check_bounds(field, entries, "the number of its entries"));
  }
  value = written.texts;
  return {};
}

Written write_value(const std::string& value) { return {false, {value}}; }
Written write_value(int32_t value) { return {false, {std::to_string(value)}}; }
Written write_value(int64_t value) { return {false, {std::to_string(value)}}; }
Written write_value(bool value) { return {false, {value ? "true" : "false"}}; }
Written write_value(const std::vector<std::string>& value) { return {true, value}; }

std::string_view unit_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kUnits{{
      {"_ms", "milliseconds"},
      {"_seconds", "seconds"},
      {"_minutes", "minutes"},
      {"_hours", "hours"},
      {"_days", "days"},
      {"_bytes", "bytes"},
      {"_mib", "MiB"},
      {"_percent", "percent"},
      {"_permille", "thousandths"},
      {"_records", "records"},
      {"_cents", "cents"},
      {"_per_second", "per second"},
  }};
  for (const auto& [suffix, unit] : kUnits) {
    if (name.ends_with(suffix)) return unit;
  }
  return {};
}

std::string describe(const Rule& rule) {
  if (!rule.one_of.empty()) {
    std::string words = "one of ";
    for (const std::string& word : rule.one_of) {
      if (&word != &rule.one_of.front()) words += ", ";
      words += word;
    }
    return words;
  }
  if (rule.min != kNoMin && rule.max != kNoMax) {
    return std::to_string(rule.min) + " to " + std::to_string(rule.max);
  }
  if (rule.min != kNoMin) return "at least " + std::to_string(rule.min);
  if (rule.max != kNoMax) return "at most " + std::to_string(rule.max);
  return rule.required ? "required" : "";
}

}  // namespace encours::config
