#include "common/observe/metric_names.h"

#include <algorithm>
#include <array>
#include <set>

#include "common/base/check.h"

namespace encours {
namespace {

bool is_name(std::string_view name) {
  if (name.empty() || name.front() < 'a' || name.front() > 'z') return false;
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [name](auto ending) { return name.ends_with(ending); });
}

// True when one of the words between the underscores is not a base unit or names the kind.
bool has_unwanted_word(std::string_view name) {
  static constexpr std::array<std::string_view, 18> kUnwanted{"ms",
                                                              "us",
                                                              "ns",
                                                              "millis",
                                                              "milliseconds",
                                                              "microseconds",
                                                              "minutes",
                                                              "hours",
                                                              "days",
                                                              "kb",
                                                              "mb",
                                                              "gb",
                                                              "percent",
                                                              "counter",
                                                              "histogram",
                                                              "gauge",
                                                              "summary",
                                                              "kilobytes"};
  while (!name.empty()) {
    const std::string_view word = name.substr(0, name.find('_'));
    if (std::ranges::find(kUnwanted, word) != kUnwanted.end()) return true;
    name.remove_prefix(std::min(word.size() + 1, name.size()));
  }
  return false;
}

const char* broken_ending(MetricKind kind, std::string_view name) {
  switch (kind) {
    case MetricKind::kCounter:
      return name.ends_with("_total") ? nullptr : "the name of a counter ends in _total";
    case MetricKind::kGauge:
      if (!ends_with_any(name, {"_total", "_count", "_sum", "_bucket"})) return nullptr;
      return "the name of a gauge does not end like one of another kind";
    case MetricKind::kHistogram:
      if (ends_with_any(name, {"_seconds", "_bytes", "_records"})) return nullptr;
      return "the name of a histogram ends in _seconds, _bytes or _records";
  }
  return nullptr;
}

}  // namespace

const char* broken_metric_rule(MetricKind kind,
                               std::string_view name,
                               std::string_view help,
                               const std::vector<std::string>& label_names) {
  if (!is_name(name)) return "a metric is named in lower_snake_case";
  if (!name.starts_with("encours_")) return "the name of a metric begins with encours_";
  if (has_unwanted_word(name)) return "a name has base units and not its own kind";
  if (!help.ends_with('.')) return "the help of a metric is a sentence";
  for (const std::string& label : label_names) {
    if (!is_name(label) || label == "le") return "a label is named in lower_snake_case";
  }
  const std::set<std::string> different(label_names.begin(), label_names.end());
  if (different.size() != label_names.size()) return "the names of labels are different";
  return broken_ending(kind, name);
}

void check_metric(MetricKind kind,
                  std::string_view name,
                  std::string_view help,
                  const std::vector<std::string>& label_names) {
  const char* const broken = broken_metric_rule(kind, name, help, label_names);
  ENCOURS_CHECK(broken == nullptr, broken);
}

}  // namespace encours
