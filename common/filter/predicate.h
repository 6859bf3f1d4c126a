// Predicates: a checked term or tree as a function of a message.
//
// Made once for each filter, then called for every message; const and safe from any thread.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <set>
#include <string>

#include "common/filter/ast.h"
#include "common/filter/field_path.h"

namespace encours::filter {

using Predicate = std::function<bool(const google::protobuf::Message&)>;

class PredicateBuilder {
 public:
  PredicateBuilder(std::string_view text,
                   const google::protobuf::Descriptor& message,
                   const FieldPath::Allowed& allowed)
      : text_(text), message_(message), allowed_(allowed) {}

  // Null, with problem(), where a term does not fit the message.
  Predicate build(const Node& node);

  const Problem& problem() const { return problem_; }
  // The paths that the filter names.
  const std::set<std::string>& fields() const { return fields_; }

 private:
  // Says of one value whether it passes.
  using Test = std::function<bool(const Leaf&)>;

  Predicate build_all_or_any(const Node& node);
  Predicate build_term(const Term& term);
  Predicate build_presence(const Term& term, const FieldPath& path);
  Test test_of(const Term& term, const FieldPath& path);
  Test text_test(const Term& term, const FieldPath& path);
  Test number_test(const Term& term, const FieldPath& path);
  Test real_test(const Term& term);
  Test flag_test(const Term& term);
  Test enum_test(const Term& term, const FieldPath& path);
  Test date_test(const Term& term);
  Test instant_test(const Term& term);

  // These say so in problem() and return null.
  std::nullptr_t mismatch(const Term& term, Type type);
  std::nullptr_t not_allowed(const Term& term, const std::string& why);
  std::nullptr_t fail(std::string code, size_t offset, std::string message);

  const std::string_view text_;
  const google::protobuf::Descriptor& message_;
  const FieldPath::Allowed& allowed_;
  Problem problem_;
  std::set<std::string> fields_;
};

}  // namespace encours::filter
