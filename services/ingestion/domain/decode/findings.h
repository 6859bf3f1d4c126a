// Findings collects what is wrong with one record: all of it, not only the first thing.
//
// A value of one decoder call. The same code is kept once for a field, and at most kMaxFindings in
// all, so that rubbish costs little. Messages hold names and rules, never values: a value may be
// somebody's name.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace encours::ingestion {

inline constexpr std::size_t kMaxFindings = 50;

class Findings {
 public:
  void add(std::string code, std::string field, std::string message) {
    add(refused(std::move(code), std::move(field), std::move(message)));
  }

  void add(Error failure) {
    const bool known = std::any_of(errors_.begin(), errors_.end(), [&](const Error& error) {
      return error.code == failure.code && error.field == failure.field;
    });
    if (!known && errors_.size() < kMaxFindings) errors_.push_back(std::move(failure));
  }

  bool empty() const { return errors_.empty(); }
  const std::vector<Error>& errors() const { return errors_; }
  std::vector<Error> take() { return std::move(errors_); }

 private:
  std::vector<Error> errors_;
};

}  // namespace encours::ingestion
