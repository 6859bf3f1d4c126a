#include "common/filter/filter.h"

#include <optional>
#include <utility>

#include "common/base/check.h"
#include "common/filter/parser.h"
#include "common/filter/predicate.h"

namespace encours::filter {

struct Filter::Compiled {
  const google::protobuf::Descriptor* message = nullptr;
  Predicate predicate;  // Null for the empty filter.
  std::set<std::string> fields;
  std::string text;
};

Result<Filter> Filter::compile(std::string_view text,
                               const google::protobuf::Descriptor& message,
                               const Options& options,
                               Problem* problem) {
  Problem found;
  const auto fail = [&]() -> Error {
    if (problem != nullptr) *problem = found;
    return as_error(found, options.field);
  };
  const std::optional<Parsed> parsed = parse(text, found);
  if (!parsed) return fail();
  auto compiled = std::make_shared<Compiled>();
  compiled->message = &message;
  if (parsed->root != nullptr) {
    PredicateBuilder builder(text, message, options.allowed);
    compiled->predicate = builder.build(*parsed->root);
    found = builder.problem();
    if (!compiled->predicate) return fail();
    compiled->fields = builder.fields();
    compiled->text = to_text(*parsed->root);
  }
  return Filter(std::move(compiled));
}

bool Filter::matches(const google::protobuf::Message& message) const {
  ENCOURS_CHECK(message.GetDescriptor() == compiled_->message, "a filter is for one type");
  return !compiled_->predicate || compiled_->predicate(message);
}

bool Filter::matches_all() const { return !compiled_->predicate; }
const std::set<std::string>& Filter::fields() const { return compiled_->fields; }
const std::string& Filter::text() const { return compiled_->text; }

}  // namespace encours::filter
