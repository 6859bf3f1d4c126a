#include "common/filter/field_path.h"

#include "common/base/check.h"
#include "common/base/nearest.h"

namespace encours::filter {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// How deep, and among how many names, a field is looked for that was written without its path.
constexpr int kSuggestionDepth = 3;
constexpr size_t kMaxSuggestionNames = 2000;

bool has_field(const Descriptor& message, const char* name, FieldDescriptor::CppType type) {
  const FieldDescriptor* const field = message.FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->cpp_type() == type;
}

Type type_of_message(const Descriptor& message) {
  using Cpp = FieldDescriptor;
  if (message.full_name() == "google.protobuf.Timestamp") return Type::kInstant;
  if (message.field_count() == 3 && has_field(message, "year", Cpp::CPPTYPE_INT32) &&
      has_field(message, "month", Cpp::CPPTYPE_INT32) &&
      has_field(message, "day", Cpp::CPPTYPE_INT32)) {
    return Type::kDate;
  }
  if (message.field_count() == 2 && has_field(message, "currency_code", Cpp::CPPTYPE_STRING) &&
      has_field(message, "minor", Cpp::CPPTYPE_INT64)) {
    return Type::kMoney;
  }
  if (message.field_count() == 2 && has_field(message, "unscaled", Cpp::CPPTYPE_INT64) &&
      has_field(message, "scale", Cpp::CPPTYPE_INT32)) {
    return Type::kDecimal;
  }
  return Type::kMessage;
}

Parts parts_of(Type type, const Descriptor& message) {
  const auto field = [&message](const char* name) { return message.FindFieldByName(name); };
  switch (type) {
    case Type::kDate:
      return {field("year"), field("month"), field("day")};
    case Type::kInstant:
      return {field("seconds"), field("nanos"), nullptr};
    case Type::kMoney:
      return {field("currency_code"), field("minor"), nullptr};
    case Type::kDecimal:
      return {field("unscaled"), field("scale"), nullptr};
    default:
      return {};
  }
}

// All names of a message and, below its singular messages, their paths.
void collect_paths(const Descriptor& message,
                   const std::string& prefix,
                   int depth,
                   std::vector<std::string>& paths) {
  for (int i = 0; i < message.field_count() && paths.size() < kMaxSuggestionNames; ++i) {
    const FieldDescriptor& field = *message.field(i);
    paths.push_back(prefix + field.name());
    if (depth < kSuggestionDepth && type_of(field) == Type::kMessage) {
      collect_paths(*field.message_type(), prefix + field.name() + ".", depth + 1, paths);
    }
  }
}

// What was probably meant by `name`: a field of this message with nearly this name, else one
// further down with exactly this name.
std::string suggest(const Descriptor& message,
                    const std::string& prefix,
                    const std::string& name,
                    const FieldPath::Allowed& allowed) {
  std::vector<std::string> here;
  for (int i = 0; i < message.field_count(); ++i) {
    const std::string& field = message.field(i)->name();
    if (!allowed || allowed(prefix + field)) here.push_back(field);
  }
  const std::string near = nearest(name, here);
  if (!near.empty()) return prefix + near;
  std::vector<std::string> below;
  collect_paths(message, prefix, 1, below);
  for (const std::string& path : below) {
    if (path.ends_with("." + name) && (!allowed || allowed(path))) return path;
  }
  return "";
}

}  // namespace

const char* type_text(Type type) {
  switch (type) {
    case Type::kText:
      return "a text";
    case Type::kWhole:
    case Type::kReal:
    case Type::kDecimal:
      return "a number";
    case Type::kFlag:
      return "true or false";
    case Type::kEnum:
      return "one of its names";
    case Type::kDate:
      return "a date as 2026-01-31";
    case Type::kInstant:
      return "an instant as 2026-01-31T08:00:00Z";
    case Type::kMoney:
      return "an amount as 10000.00";
    case Type::kMessage:
      return "a group of fields";
    case Type::kOther:
      return "a value that can't be compared";
  }
  return "";
}

Type type_of(const FieldDescriptor& field) {
  if (field.is_map() || field.type() == FieldDescriptor::TYPE_BYTES) return Type::kOther;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Type::kText;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Type::kWhole;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Type::kReal;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Type::kFlag;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Type::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return type_of_message(*field.message_type());
  }
  return Type::kOther;
}

std::string_view Leaf::text(std::string& scratch) const {
  const Reflection& reflection = *parent_.GetReflection();
  if (index_ < 0) return reflection.GetStringReference(parent_, &field_, &scratch);
  return reflection.GetRepeatedStringReference(parent_, &field_, index_, &scratch);
}

Int128 Leaf::whole() const {
  const Reflection& reflection = *parent_.GetReflection();
  const bool one = index_ < 0;
  switch (field_.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? reflection.GetInt32(parent_, &field_)
                 : reflection.GetRepeatedInt32(parent_, &field_, index_);
    case FieldDescriptor::CPPTYPE_INT64:
      return one ? reflection.GetInt64(parent_, &field_)
                 : reflection.GetRepeatedInt64(parent_, &field_, index_);
    case FieldDescriptor::CPPTYPE_UINT32:
      return one ? reflection.GetUInt32(parent_, &field_)
                 : reflection.GetRepeatedUInt32(parent_, &field_, index_);
    default:
      return one ? reflection.GetUInt64(parent_, &field_)
                 : reflection.GetRepeatedUInt64(parent_, &field_, index_);
  }
}

double Leaf::real() const {
  const Reflection& reflection = *parent_.GetReflection();
  const bool one = index_ < 0;
  if (field_.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    return one ? reflection.GetFloat(parent_, &field_)
               : reflection.GetRepeatedFloat(parent_, &field_, index_);
  }
  return one ? reflection.GetDouble(parent_, &field_)
             : reflection.GetRepeatedDouble(parent_, &field_, index_);
}

bool Leaf::flag() const {
  const Reflection& reflection = *parent_.GetReflection();
  return index_ < 0 ? reflection.GetBool(parent_, &field_)
                    : reflection.GetRepeatedBool(parent_, &field_, index_);
}

int Leaf::enum_number() const {
  const Reflection& reflection = *parent_.GetReflection();
  return index_ < 0 ? reflection.GetEnumValue(parent_, &field_)
                    : reflection.GetRepeatedEnumValue(parent_, &field_, index_);
}

std::optional<Date> Leaf::date() const {
  const Message& day = message();
  const Reflection& reflection = *day.GetReflection();
  const Result<Date> date = Date::from_ymd(reflection.GetInt32(day, parts_[0]),
                                           reflection.GetInt32(day, parts_[1]),
                                           reflection.GetInt32(day, parts_[2]));
  if (!date.ok()) return std::nullopt;
  return *date;
}

Int128 Leaf::instant_nanos() const {
  const Message& timestamp = message();
  const Reflection& reflection = *timestamp.GetReflection();
  return Int128{reflection.GetInt64(timestamp, parts_[0])} * 1'000'000'000 +
         reflection.GetInt32(timestamp, parts_[1]);
}

std::optional<Money> Leaf::money() const {
  const Message& amount = message();
  const Reflection& reflection = *amount.GetReflection();
  std::string scratch;
  const std::string& code = reflection.GetStringReference(amount, parts_[0], &scratch);
  const int64_t minor = reflection.GetInt64(amount, parts_[1]);
  // Nothing owed has no currency yet, and is an amount all the same.
  if (code.empty() && minor == 0) return Money{};
  const Result<Currency> currency = Currency::parse(code);
  if (!currency.ok()) return std::nullopt;
  return Money{*currency, minor};
}

std::optional<Decimal> Leaf::decimal() const {
  const Message& number = message();
  const Reflection& reflection = *number.GetReflection();
  const int32_t scale = reflection.GetInt32(number, parts_[1]);
  if (scale < 0 || scale > 18) return std::nullopt;
  return Decimal{reflection.GetInt64(number, parts_[0]), scale};
}

const Message& Leaf::message() const {
  const Reflection& reflection = *parent_.GetReflection();
  return index_ < 0 ? reflection.GetMessage(parent_, &field_)
                    : reflection.GetRepeatedMessage(parent_, &field_, index_);
}

std::optional<FieldPath> FieldPath::resolve(const std::vector<Name>& names,
                                            const Descriptor& message,
                                            const Allowed& allowed,
                                            std::string_view filter_text,
                                            Problem& problem) {
  FieldPath path;
  const Descriptor* inside = &message;
  for (const Name& name : names) {
    const std::string prefix = path.text_.empty() ? "" : path.text_ + ".";
    const int column = column_of(filter_text, name.offset);
    if (inside == nullptr) {
      problem = {"unknown_field", column, path.text_ + " has no fields inside", ""};
      return std::nullopt;
    }
    const FieldDescriptor* const field = inside->FindFieldByName(name.text);
    if (field == nullptr) {
      problem = {"unknown_field",
                 column,
                 "unknown field " + prefix + name.text,
                 suggest(*inside, prefix, name.text, allowed)};
      return std::nullopt;
    }
    path.text_ = prefix + name.text;
    path.steps_.push_back(field);
    path.type_ = type_of(*field);
    path.repeated_ = path.repeated_ || field->is_repeated();
    inside = path.type_ == Type::kOther ? nullptr : field->message_type();
  }
  ENCOURS_CHECK(!path.steps_.empty(), "a path has a name");
  if (allowed && !allowed(path.text_)) {
    const int column = column_of(filter_text, names.front().offset);
    problem = {"field_not_allowed", column, path.text_ + " can't be used here", ""};
    return std::nullopt;
  }
  if (inside != nullptr) path.parts_ = parts_of(path.type_, *inside);
  return path;
}

bool FieldPath::any(const Message& message, const std::function<bool(const Leaf&)>& test) const {
  return any_from(message, 0, test);
}

bool FieldPath::any_from(const Message& message,
                         size_t step,
                         const std::function<bool(const Leaf&)>& test) const {
  const FieldDescriptor& field = *steps_[step];
  const Reflection& reflection = *message.GetReflection();
  const bool last = step + 1 == steps_.size();
  if (!field.is_repeated()) {
    if (field.has_presence() && !reflection.HasField(message, &field)) return false;
    if (last) return test(Leaf(message, field, -1, parts_));
    return any_from(reflection.GetMessage(message, &field), step + 1, test);
  }
  const int size = reflection.FieldSize(message, &field);
  for (int i = 0; i < size; ++i) {
    const bool found =
        last ? test(Leaf(message, field, i, parts_))
             : any_from(reflection.GetRepeatedMessage(message, &field, i), step + 1, test);
    if (found) return true;
  }
  return false;
}

std::optional<Leaf> FieldPath::value(const Message& message) const {
  ENCOURS_CHECK(!repeated_, "one value");
  const Message* inside = &message;
  for (size_t step = 0;; ++step) {
    const FieldDescriptor& field = *steps_[step];
    const Reflection& reflection = *inside->GetReflection();
    if (field.has_presence() && !reflection.HasField(*inside, &field)) return std::nullopt;
    if (step + 1 == steps_.size()) {
      return std::optional<Leaf>(std::in_place, *inside, field, -1, parts_);
    }
    inside = &reflection.GetMessage(*inside, &field);
  }
}

bool FieldPath::present(const Message& message) const { return present_from(message, 0); }

bool FieldPath::present_from(const Message& message, size_t step) const {
  const FieldDescriptor& field = *steps_[step];
  const Reflection& reflection = *message.GetReflection();
  const bool last = step + 1 == steps_.size();
  if (field.is_repeated()) {
    const int size = reflection.FieldSize(message, &field);
    if (last) return size > 0;
    for (int i = 0; i < size; ++i) {
      if (present_from(reflection.GetRepeatedMessage(message, &field, i), step + 1)) return true;
    }
    return false;
  }
  if (!reflection.HasField(message, &field)) return false;
  return last || present_from(reflection.GetMessage(message, &field), step + 1);
}

}  // namespace encours::filter
