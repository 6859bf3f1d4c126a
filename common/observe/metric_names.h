// The rules for names of metrics, so that `promtool check metrics` finds nothing to say.
//
// A broken rule is a mistake in the program and stops it at start (ENCOURS_CHECK); a name never
// comes from outside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace encours {

enum class MetricKind { kCounter, kGauge, kHistogram };

// The rule that is broken, or null.
const char* broken_metric_rule(MetricKind kind,
                               std::string_view name,
                               std::string_view help,
                               const std::vector<std::string>& label_names);

void check_metric(MetricKind kind,
                  std::string_view name,
                  std::string_view help,
                  const std::vector<std::string>& label_names);

}  // namespace encours
