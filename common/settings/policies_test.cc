// Goal: each rule of the smaller settings refuses what breaks it, and good ones are taken.
#include "common/settings/policies.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace encours::settings {
namespace {

using Cases = std::vector<std::pair<std::string, std::string>>;

template <class Parse>
void expect(const Cases& cases, Parse parse) {
  for (const auto& [yaml, expected] : cases) {
    const auto parsed = parse(yaml);
    const std::string got =
        parsed.ok() ? "ok" : parsed.errors[0].code + " " + parsed.errors[0].field;
    EXPECT_EQ(got, expected) << yaml;
  }
}

TEST(Policies, RiskPolicy) {
  expect({{"watch: all\nproviders: [{provider: sirene, refresh_days: 7, stale_after_days: 21}]",
           "ok"},
          {"providers: [{provider: s, refresh_days: 7, stale_after_days: 7}]",
           "missing_field watch"},
          {"watch: all", "missing_field providers"},
          {"watch: all\nproviders: [{provider: s, refresh_days: 0, stale_after_days: 7}]",
           "wrong_value providers[0].refresh_days"},
          {"watch: all\nproviders: [{provider: s, refresh_days: 9, stale_after_days: 7}]",
           "wrong_value providers[0].stale_after_days"},
          {"watch: all\nproviders: [{provider: s, refresh_days: 7, stale_after_days: 7},"
           "{provider: s, refresh_days: 7, stale_after_days: 7}]",
           "duplicate_key providers[1].provider"}},
         parse_risk_policy);
}

TEST(Policies, Scorecard) {
  expect({{"weights: [{factor: payment_index, weight: 60}]\nshrinkage_count: 5", "ok"},
          {"shrinkage_count: 5", "missing_field weights"},
          {"weights: [{factor: mood, weight: 60}]", "wrong_value weights[0].factor"},
          {"weights: [{factor: payment_index, weight: 0}]", "wrong_value weights[0].weight"},
          {"weights: [{factor: payment_index, weight: 1}]\nshrinkage_count: -1",
           "wrong_value shrinkage_count"}},
         parse_scorecard);
}

TEST(Policies, Sending) {
  expect({{"{\"suspended\": true, \"reason\": \"wrong prices\"}", "ok"},
          {"suspended: false", "ok"},
          {"suspended: true", "missing_field reason"},
          {"suspended: yes", "wrong_value suspended"}},
         parse_sending);
}

}  // namespace
}  // namespace encours::settings
