// CompanyBook: one company in one decision: who points to it, whether it is watched, what is known.
//
// It reads the company's rows as it needs them, keeps what the decision changes, and save() puts
// all of it into the Effects; without save() nothing has happened. Facts go to every account that
// points to the company, one copy each. Asking providers is ProviderBook's. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/stream/decide.h"
#include "encours/risk/v1alpha1/facts.pb.h"
#include "encours/risk/v1alpha1/fetch.pb.h"
#include "encours/risk/v1alpha1/policy.pb.h"
#include "services/risk_enrichment/domain/tables.h"

namespace encours::risk {

inline constexpr const char* kPolicyKind = "risk_policy";
inline constexpr const char* kPolicyName = "default";

inline const api::RiskPolicy* policy_of(const stream::Settings& settings, std::string_view tenant) {
  return settings.find<api::RiskPolicy>(tenant, kPolicyKind, kPolicyName);
}
// Null where the policy does not name the provider.
const api::ProviderPolicy* provider_policy(const api::RiskPolicy* policy,
                                           std::string_view provider);

// What every part of a decision is made with.
struct Decision {
  const stream::View& view;
  const stream::Record& record;
  const stream::Settings& settings;
  stream::Effects& effects;

  const std::string& tenant() const { return record.tenant(); }
};

class CompanyBook {
 public:
  CompanyBook(const Decision& decision, std::string legal_entity);

  bool known() const { return known_; }
  bool monitored() const { return row_.monitored(); }
  const std::string& legal_entity() const { return legal_entity_; }
  const Decision& decision() const { return decision_; }

  // False where it points to the company already, or never did.
  bool link(const std::string& account);
  bool unlink(const std::string& account);
  // A person names the company, to be watched or to be left.
  void name(bool watched);
  // Whether it is watched follows from who points to it, from persons and from the policy; tells
  // where that has changed.
  void decide_monitoring();

  // A value that a provider gives, or (null) no longer gives.
  void take_value(const std::string& provider,
                  api::Criterion criterion,
                  const api::AnsweredCriterion* answered,
                  const api::FetchAnswer& answer);
  // The criteria that a provider has given so far.
  std::vector<api::Criterion> criteria_of(const std::string& provider) const;

  void tell_fetch(const api::FetchEnded& ended);

  void save();

 private:
  void tell(const std::string& account, api::RiskRecord record) const;
  void tell_all(const api::RiskRecord& record);
  // What is known already, for one that has just been linked.
  void tell_known(const std::string& account);
  void record_change(const api::CriterionChanged& change);
  const std::set<std::string>& accounts();

  Decision decision_;
  std::string legal_entity_;
  bool known_ = false;
  state::CompanyRow row_;
  std::optional<std::set<std::string>> accounts_;
};

}  // namespace encours::risk
