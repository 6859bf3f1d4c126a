// Scenario: the setting of kind "scenario" as people write it, and what it must obey.
//
// parse_scenario() reads the YAML (an example is tests/data/scenarios/standard.yaml), numbers the
// steps in order of their days and finds all that is wrong, each with line, column and path: keys
// (lower case, unique), days (rising, -90 to 730), languages (BCP 47, once per step), templates
// (Mustache that parses and names only what a message has). Pure, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/settings/yaml_message.h"
#include "encours/dunning/v1alpha1/scenario.pb.h"

namespace encours::settings {

using Scenario = encours::dunning::v1alpha1::Scenario;
using ScenarioStep = encours::dunning::v1alpha1::Step;
using StepTemplate = encours::dunning::v1alpha1::StepTemplate;

inline constexpr const char* kScenarioKind = "scenario";

struct ParsedScenario {
  // Complete only where there is no error.
  Scenario scenario;
  std::vector<Error> errors;

  bool ok() const { return errors.empty(); }
};

ParsedScenario parse_scenario(std::string_view yaml);

// The template of a step for a language: the same, else of the same primary language, else the
// step's first.
const StepTemplate& template_for(const ScenarioStep& step, std::string_view language);

// What templates may name: {{customer}}, and inside {{#invoices}} ... {{/invoices}} {{number}}.
const std::vector<std::string>& message_names();
const std::vector<std::string>& invoice_names();

}  // namespace encours::settings
