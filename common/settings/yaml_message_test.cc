// Goal: YAML becomes the message that its keys name, and each mistake is told with its place.
#include "common/settings/yaml_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "encours/dunning/v1alpha1/scenario.pb.h"
#include "encours/risk/v1alpha1/policy.pb.h"

namespace encours::settings {
namespace {

using dunning::v1alpha1::Scenario;
using risk::v1alpha1::RiskPolicy;
using ::testing::HasSubstr;

// "code path" of the first error, or "".
std::string first(const YamlResult& result) {
  if (result.ok()) return {};
  return result.errors[0].code + " " + result.errors[0].field;
}

TEST(YamlMessage, ReadsEnumsMoneyListsAndNumbers) {
  RiskPolicy policy;
  const auto result = parse_yaml(
      "watch: named\n"
      "providers:\n"
      "  - provider: sirene\n"
      "    refresh_days: 7\n"
      "  - {provider: altares, refresh_days: 30, cost: 1.50 EUR}\n",
      {}, &policy);
  ASSERT_TRUE(result.ok()) << result.errors[0].message;
  EXPECT_EQ(policy.watch(), RiskPolicy::WATCH_NAMED);
  ASSERT_EQ(policy.providers_size(), 2);
  EXPECT_EQ(policy.providers(0).refresh_days(), 7);
  EXPECT_FALSE(policy.providers(0).has_cost());
  EXPECT_EQ(policy.providers(1).cost().minor(), 150);
  EXPECT_EQ(policy.providers(1).cost().currency_code(), "EUR");
}

TEST(YamlMessage, EachMistakeIsToldWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"watch: nobody\n", "wrong_value watch"},
      {"wacht: all\n", "unknown_key wacht"},
      {"watch: all\nwatch: all\n", "duplicate_key watch"},
      {"providers: sirene\n", "wrong_value providers"},
      {"providers:\n  - refresh_days: soon\n", "wrong_value providers[0].refresh_days"},
      {"providers:\n  - refresh_days: 99999999999\n", "wrong_value providers[0].refresh_days"},
      {"providers:\n  - {}\n  - cost: 5\n", "wrong_value providers[1].cost"},
      {"providers:\n  - cost: 1.001 EUR\n", "too_many_decimals providers[0].cost"},
      {"providers:\n  - cost: 1 XXQ\n", "wrong_value providers[0].cost"},
      {"- watch\n", "wrong_value "},
      {"watch: [\n", "invalid_yaml "},
      {"\xFF: 1\n", "invalid_yaml "}};
  for (const auto& [yaml, expected] : cases) {
    RiskPolicy policy;
    EXPECT_EQ(first(parse_yaml(yaml, {}, &policy)), expected) << yaml;
  }
}

TEST(YamlMessage, NamesLineColumnAndWhatWasMeant) {
  RiskPolicy policy;
  const auto result = parse_yaml("watch: all\nproviders:\n  - provder: sirene\n", {}, &policy);
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_THAT(result.errors[0].message, HasSubstr("Line 3, column 5: "));
  EXPECT_THAT(result.errors[0].message, HasSubstr("Did you mean provider?"));
  EXPECT_EQ(result.places.of("providers[0].cost"), "Line 3, column 5: ");
  EXPECT_EQ(result.places.of("watch"), "Line 1, column 1: ");
}

TEST(YamlMessage, WhatIsComputedCanNotBeGiven) {
  Scenario scenario;
  const std::string yaml = "steps:\n  - number: 3\n";
  EXPECT_TRUE(parse_yaml(yaml, {}, &scenario).ok());
  EXPECT_EQ(first(parse_yaml(yaml, {"encours.dunning.v1alpha1.Step.number"}, &scenario)),
            "unknown_key steps[0].number");
}

}  // namespace
}  // namespace encours::settings
