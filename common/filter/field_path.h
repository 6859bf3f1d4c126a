// FieldPath is a dotted name resolved against a message type: which fields to follow, and what the
// last one is for a filter.
//
// Types are recognised by shape, so that no contract is needed here: a message {year, month, day}
// is a date, {currency_code, minor} an amount, {unscaled, scale} a decimal number. A value is
// absent where a message on the way, or a field that can be unset, is not set. Made once for each
// filter; reading is const and safe from any thread.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/filter/ast.h"
#include "common/filter/problem.h"
#include "common/money/money.h"
#include "common/time/date.h"

namespace encours::filter {

enum class Type {
  kText,
  kWhole,  // Every whole number of protobuf.
  kReal,   // float, double.
  kFlag,   // bool.
  kEnum,
  kDate,
  kInstant,  // google.protobuf.Timestamp.
  kMoney,
  kDecimal,
  kMessage,  // Any other message.
  kOther,    // bytes, maps.
};

// What a user calls it: "a number", "a date as 2026-01-31".
const char* type_text(Type type);

Type type_of(const google::protobuf::FieldDescriptor& field);

// The fields of a date, an amount, a decimal or an instant, in the order of their names above.
using Parts = std::array<const google::protobuf::FieldDescriptor*, 3>;

// One value in a message: a field, or an element of a repeated field. The readers belong to the
// types; those that return an optional have none where the content makes no sense (a date without
// a day, an amount in an unknown currency).
class Leaf {
 public:
  Leaf(const google::protobuf::Message& parent,
       const google::protobuf::FieldDescriptor& field,
       int index,
       const Parts& parts)
      : parent_(parent), field_(field), index_(index), parts_(parts) {}

  std::string_view text(std::string& scratch) const;
  Int128 whole() const;
  double real() const;
  bool flag() const;
  int enum_number() const;
  std::optional<Date> date() const;
  Int128 instant_nanos() const;
  std::optional<Money> money() const;
  std::optional<Decimal> decimal() const;

 private:
  const google::protobuf::Message& message() const;

  const google::protobuf::Message& parent_;
  const google::protobuf::FieldDescriptor& field_;
  const int index_;  // -1 for a field that is not repeated.
  const Parts& parts_;
};

class FieldPath {
 public:
  // May forbid paths, e.g. those of personal data for a role. It is asked for the whole path.
  using Allowed = std::function<bool(std::string_view path)>;

  // Nothing, with a problem, where a name is unknown or forbidden.
  static std::optional<FieldPath> resolve(const std::vector<Name>& names,
                                          const google::protobuf::Descriptor& message,
                                          const Allowed& allowed,
                                          std::string_view filter_text,
                                          Problem& problem);

  const std::string& text() const { return text_; }
  Type type() const { return type_; }
  const google::protobuf::FieldDescriptor& leaf() const { return *steps_.back(); }
  // True where the last field, or one on the way, is repeated: there may be many values.
  bool repeated() const { return repeated_; }

  // Calls `test` for each value that is there, until it says true; whether it did.
  bool any(const google::protobuf::Message& message,
           const std::function<bool(const Leaf&)>& test) const;

  // The value of a path that is not repeated; nothing where it is absent.
  std::optional<Leaf> value(const google::protobuf::Message& message) const;

  // AIP-160's "has": set, not empty, and for a plain field not its default.
  bool present(const google::protobuf::Message& message) const;

 private:
  bool any_from(const google::protobuf::Message& message,
                size_t step,
                const std::function<bool(const Leaf&)>& test) const;
  bool present_from(const google::protobuf::Message& message, size_t step) const;

  std::vector<const google::protobuf::FieldDescriptor*> steps_;
  std::string text_;
  Type type_ = Type::kOther;
  Parts parts_{};
  bool repeated_ = false;
};

}  // namespace encours::filter
