// OrderBy is a compiled order of messages: "due_date desc, number" (AIP-132).
//
// It makes of each message a key whose bytes compare as the messages do, so that rows can be
// sorted, merged from several instances and resumed after a page with plain string comparison.
// Texts are ordered as people search (case and accents don't count, then byte by byte), amounts by
// currency and then number, enums by number. What is absent comes last, ascending or descending.
// The order is total only together with a tie-breaker such as the id, which the caller appends.
//
// A value like Filter: cheap to copy, const, any thread. Errors as for filters.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/filter/filter.h"
#include "common/filter/problem.h"

namespace encours::filter {

inline constexpr size_t kMaxOrderFields = 10;

class OrderBy {
 public:
  // At most 10 fields; options.field is usually "order_by".
  static Result<OrderBy> compile(std::string_view text,
                                 const google::protobuf::Descriptor& message,
                                 const Options& options = {.allowed = {}, .field = "order_by"},
                                 Problem* problem = nullptr);

  // Empty for the empty order. `message` must be of the type that the order was compiled for.
  std::string key(const google::protobuf::Message& message) const;

  std::strong_ordering compare(const google::protobuf::Message& left,
                               const google::protobuf::Message& right) const {
    return key(left) <=> key(right);
  }

 private:
  struct Compiled;

  explicit OrderBy(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

  // Shared as in Filter.
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace encours::filter
