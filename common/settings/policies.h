// Checks of the smaller settings: risk policy, scorecard, switch of sending.
//
// Each reads YAML (yaml_message.h) and gives the message, or all that is wrong with it. Pure, any
// thread.
#pragma once

#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "encours/dunning/v1alpha1/sending.pb.h"
#include "encours/risk/v1alpha1/policy.pb.h"
#include "encours/scoring/v1alpha1/scorecard.pb.h"

namespace encours::settings {

inline constexpr const char* kRiskPolicyKind = "risk_policy";
inline constexpr const char* kScorecardKind = "scorecard";
inline constexpr const char* kSendingKind = "sending";
// The one name of a scenario, a risk policy or a scorecard today.
inline constexpr const char* kDefaultName = "default";

template <class Body>
struct ParsedSetting {
  Body body;
  std::vector<Error> errors;

  bool ok() const { return errors.empty(); }
};

// `watch` and at least one provider; refresh 1 to 366 days; stale no earlier than refresh.
ParsedSetting<risk::v1alpha1::RiskPolicy> parse_risk_policy(std::string_view yaml);
// Known factors, each once, weights 1 to 1,000; shrinkage 0 to 1,000.
ParsedSetting<scoring::v1alpha1::Scorecard> parse_scorecard(std::string_view yaml);
// A reason where it suspends.
ParsedSetting<dunning::v1alpha1::SendingSwitch> parse_sending(std::string_view yaml);

}  // namespace encours::settings
