// Filter is a compiled AIP-160 filter over one message type: parsed once, checked against the
// type's descriptor, then asked of any number of messages.
//
//   ENCOURS_ASSIGN(const Filter filter, Filter::compile(text, *CustomerView::descriptor()));
//   if (filter.matches(row)) ...
//
// It is a value that is cheap to copy and const after compile(), so any thread may use it. A
// filter reads its message and nothing else: no clock, no locale. README.md describes the
// language. A wrong filter is refused with a stable code; the message names the column and, where
// there is one, what was probably meant; `problem` gets the same in parts.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/filter/problem.h"

namespace encours::filter {

struct Options {
  // Which paths may be named; null allows all. A service allows fields from upstream of it only,
  // and a role only the fields that it may see: a filter on a hidden field would reveal it.
  std::function<bool(std::string_view path)> allowed;
  // Where the text came from, for Error::field.
  std::string field = "filter";
};

class Filter {
 public:
  static Result<Filter> compile(std::string_view text,
                                const google::protobuf::Descriptor& message,
                                const Options& options = {},
                                Problem* problem = nullptr);

  // `message` must be of the type that the filter was compiled for.
  bool matches(const google::protobuf::Message& message) const;

  // True for the empty filter, which matches everything.
  bool matches_all() const;
  // The paths that it names, e.g. to find out which columns a query needs.
  const std::set<std::string>& fields() const;
  // Written out with all parentheses, to show and to compare: equal for texts that are parsed the
  // same. It is a filter again, unless the parentheses take it past a limit.
  const std::string& text() const;

 private:
  struct Compiled;

  explicit Filter(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

  // Shared because a filter is copied into queries and streams, and is never changed.
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace encours::filter
