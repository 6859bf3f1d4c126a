#include "common/settings/policies.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "common/settings/yaml_message.h"

namespace encours::settings {
namespace {

constexpr std::array<std::string_view, 3> kFactors = {"payment_index", "solvency_score",
                                                      "external_payment_index"};
constexpr int kMaxDays = 366;
constexpr int kMaxWeight = 1000;

// Adds errors with their place in the text.
class Findings {
 public:
  Findings(const YamlResult& read, std::vector<Error>* errors) : read_(read), errors_(*errors) {}
  void add(std::string code, const std::string& path, const std::string& what) {
    errors_.push_back(refused(std::move(code), path, read_.places.of(path) + what));
  }

 private:
  const YamlResult& read_;
  std::vector<Error>& errors_;
};

template <class Body, class Check>
ParsedSetting<Body> parse(std::string_view yaml, Check check) {
  ParsedSetting<Body> parsed;
  const YamlResult read = parse_yaml(yaml, {}, &parsed.body);
  parsed.errors = read.errors;
  Findings findings(read, &parsed.errors);
  if (parsed.ok()) check(parsed.body, &findings);
  return parsed;
}

std::string item(const char* list, int index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

void check_risk(const risk::v1alpha1::RiskPolicy& policy, Findings* findings) {
  if (policy.watch() == risk::v1alpha1::RiskPolicy::WATCH_UNSPECIFIED) {
    findings->add("missing_field", "watch", "Say who is watched: all or named.");
  }
  if (policy.providers().empty()) {
    findings->add("missing_field", "providers", "Name at least one provider.");
  }
  std::set<std::string> names;
  for (int i = 0; i < policy.providers_size(); ++i) {
    const auto& provider = policy.providers(i);
    const std::string path = item("providers", i);
    if (provider.provider().empty()) {
      findings->add("missing_field", path + ".provider", "Name the provider.");
    } else if (!names.insert(provider.provider()).second) {
      findings->add("duplicate_key", path + ".provider", "This provider stands twice.");
    }
    if (provider.refresh_days() < 1 || provider.refresh_days() > kMaxDays) {
      findings->add("wrong_value", path + ".refresh_days", "Ask every 1 to 366 days.");
    }
    if (provider.stale_after_days() < provider.refresh_days()) {
      findings->add("wrong_value", path + ".stale_after_days",
                    "An answer is not stale before it is asked for again.");
    }
    if (provider.has_cost() && provider.cost().minor() < 0) {
      findings->add("wrong_value", path + ".cost", "A cost is not below zero.");
    }
  }
}

void check_scorecard(const scoring::v1alpha1::Scorecard& card, Findings* findings) {
  if (card.shrinkage_count() < 0 || card.shrinkage_count() > kMaxWeight) {
    findings->add("wrong_value", "shrinkage_count", "From 0 to 1,000 invoices.");
  }
  if (card.weights().empty()) {
    findings->add("missing_field", "weights", "Name at least one factor.");
  }
  std::set<std::string> seen;
  for (int i = 0; i < card.weights_size(); ++i) {
    const auto& weight = card.weights(i);
    const std::string path = item("weights", i);
    if (std::find(kFactors.begin(), kFactors.end(), weight.factor()) == kFactors.end()) {
      findings->add("wrong_value", path + ".factor",
                    "Known here: payment_index, solvency_score, external_payment_index.");
    }
    if (!seen.insert(weight.factor()).second) {
      findings->add("duplicate_key", path + ".factor", "This factor stands twice.");
    }
    if (weight.weight() < 1 || weight.weight() > kMaxWeight) {
      findings->add("wrong_value", path + ".weight", "A weight is from 1 to 1,000.");
    }
  }
}

void check_sending(const dunning::v1alpha1::SendingSwitch& sending, Findings* findings) {
  if (sending.suspended() && sending.reason().empty()) {
    findings->add("missing_field", "reason", "Say why nothing may leave.");
  }
}

}  // namespace

ParsedSetting<risk::v1alpha1::RiskPolicy> parse_risk_policy(std::string_view yaml) {
  return parse<risk::v1alpha1::RiskPolicy>(yaml, check_risk);
}
ParsedSetting<scoring::v1alpha1::Scorecard> parse_scorecard(std::string_view yaml) {
  return parse<scoring::v1alpha1::Scorecard>(yaml, check_scorecard);
}
ParsedSetting<dunning::v1alpha1::SendingSwitch> parse_sending(std::string_view yaml) {
  return parse<dunning::v1alpha1::SendingSwitch>(yaml, check_sending);
}

}  // namespace encours::settings
