// What adapters have in common when they read: criteria out of optional values, and how an answer
// ends that is no report. Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "services/risk_enrichment/domain/dates.h"
#include "services/risk_enrichment/providers/json_answer.h"
#include "services/risk_enrichment/providers/provider.h"

namespace encours::risk {

inline ReadAnswer malformed(const std::string& field) {
  return {api::FETCH_OUTCOME_FAILED, "malformed", field, {}};
}

inline ReadAnswer http_failure(int status) {
  return {api::FETCH_OUTCOME_FAILED, "http_" + std::to_string(status), "", {}};
}

inline ReadAnswer not_found(const std::string& code = {}) {
  return {api::FETCH_OUTCOME_NOT_FOUND, code, "", {}};
}

// Adds a criterion; the pointer is for its value. Valid until the next one is added.
inline api::AnsweredCriterion* add_criterion(ReadAnswer* read,
                                             api::Criterion criterion,
                                             const std::optional<Date>& as_of) {
  api::AnsweredCriterion& added = read->criteria.emplace_back();
  added.set_criterion(criterion);
  if (as_of) *added.mutable_as_of() = to_proto(*as_of);
  return &added;
}

inline void add_code(ReadAnswer* read,
                     api::Criterion criterion,
                     const std::optional<std::string>& code,
                     const std::optional<Date>& as_of = {}) {
  if (code) add_criterion(read, criterion, as_of)->mutable_value()->set_code(*code);
}
inline void add_number(ReadAnswer* read,
                       api::Criterion criterion,
                       const std::optional<std::int64_t>& number,
                       const std::optional<Date>& as_of = {}) {
  if (number) add_criterion(read, criterion, as_of)->mutable_value()->set_number(*number);
}
inline void add_money(ReadAnswer* read,
                      api::Criterion criterion,
                      const std::optional<encours::common::v1alpha1::Money>& money,
                      const std::optional<Date>& as_of = {}) {
  if (money) *add_criterion(read, criterion, as_of)->mutable_value()->mutable_money() = *money;
}

// A report whose reader has blamed nothing is OK, with what was found.
inline ReadAnswer finished(const JsonAnswer& json, ReadAnswer read) {
  if (!json.good()) return malformed(json.blame());
  read.outcome = api::FETCH_OUTCOME_OK;
  return read;
}

}  // namespace encours::risk
