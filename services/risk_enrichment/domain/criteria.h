// Criteria: which kind of value each one has, which way is good, and how much a change matters.
//
// A severity says how much worse: by one class WARNING, by two or more CRITICAL. Scores are in
// classes by bounds (a class begins at its bound): solvency at 20, 40, 60, 80; the payment index in
// the bands of its published scale, at 50 and 80. Amounts have no bounds that suit all sizes, so a
// class is a ratio: worse by more than a fifth is one class, by more than half (or, of an amount
// that was good to have, down to nothing) two. Any collective procedure that is worse than before
// is CRITICAL. A value that is no longer given, or that can't be compared (another currency), is
// WARNING where it has a good way, because it may hide one. A first value is compared with the best
// where the best is the usual state (no procedure, active, no liens). Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "encours/risk/v1alpha1/facts.pb.h"

namespace encours::risk {

namespace api = encours::risk::v1alpha1;

enum class ValueKind { kNumber, kCode, kMoney, kDate };

ValueKind kind_of(api::Criterion criterion);

// Bounds of a number, inclusive.
struct NumberRange {
  std::int64_t least;
  std::int64_t most;
};
inline constexpr NumberRange kScoreRange{0, 100};

inline constexpr const char* kRegisterActive = "A";
inline constexpr const char* kRegisterCeased = "C";
inline constexpr const char* kNoInsolvency = "none";

// From best to worst; false for anything else.
bool is_insolvency_code(std::string_view code);

// Null stands for no value. At least one is given; equal values are INFO.
api::Severity severity_of(api::Criterion criterion,
                          const api::CriterionValue* before,
                          const api::CriterionValue* after);

bool same_value(const api::CriterionValue& left, const api::CriterionValue& right);

}  // namespace encours::risk
