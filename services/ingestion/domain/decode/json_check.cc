#include "services/ingestion/domain/decode/json_check.h"

#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "common/base/nearest.h"
#include "common/time/civil.h"
#include "services/ingestion/domain/decode/encoding.h"

namespace encours::ingestion {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Struct;
using google::protobuf::Value;

void check_object(const Struct& object,
                  const Descriptor& type,
                  const std::string& path,
                  Findings* findings);

const FieldDescriptor* find_field(const Descriptor& type, std::string_view name) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->name() == name || field->json_name() == name) return field;
  }
  return nullptr;
}

std::string meant(const Descriptor& type, const std::string& name) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  const std::string near = nearest(name, names);
  return near.empty() ? std::string() : " Did you mean " + near + "?";
}

bool is_whole(const Value& value) {
  if (value.kind_case() == Value::kNumberValue) {
    return std::trunc(value.number_value()) == value.number_value();
  }
  if (value.kind_case() != Value::kStringValue || value.string_value().empty()) return false;
  const std::string_view digits = value.string_value();
  const std::size_t first = digits[0] == '-' ? 1 : 0;
  return digits.size() > first && digits.size() < 20 &&
         digits.find_first_not_of("0123456789", first) == std::string_view::npos;
}

void check_enum(const FieldDescriptor& field,
                const Value& value,
                const std::string& path,
                Findings* findings) {
  if (is_whole(value)) return;
  if (value.kind_case() != Value::kStringValue) {
    findings->add("wrong_type", path, "Write the value's name as a text.");
  } else if (field.enum_type()->FindValueByName(value.string_value()) == nullptr) {
    findings->add(
        "unknown_value", path, "Give one of the values of " + field.enum_type()->name() + ".");
  }
}

void check_message(const FieldDescriptor& field,
                   const Value& value,
                   const std::string& path,
                   Findings* findings) {
  const Descriptor& type = *field.message_type();
  if (type.full_name() == "google.protobuf.Timestamp") {
    if (value.kind_case() != Value::kStringValue || !Instant::parse(value.string_value()).ok()) {
      findings->add("wrong_type", path, "Write the instant as 2026-01-31T08:00:00Z.");
    }
  } else if (value.kind_case() == Value::kStructValue) {
    check_object(value.struct_value(), type, path, findings);
  } else if (type.full_name() == "google.type.Date") {
    findings->add("wrong_type", path, R"(Write the day as {"year": 2026, "month": 1, "day": 31}.)");
  } else {
    findings->add("wrong_type", path, "An object belongs here.");
  }
}

void check_value(const FieldDescriptor& field,
                 const Value& value,
                 const std::string& path,
                 Findings* findings) {
  if (value.kind_case() == Value::kNullValue) return;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return check_message(field, value, path, findings);
    case FieldDescriptor::CPPTYPE_ENUM:
      return check_enum(field, value, path, findings);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (value.kind_case() != Value::kBoolValue) {
        findings->add("wrong_type", path, "Write true or false.");
      }
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      if (value.kind_case() != Value::kStringValue) {
        findings->add("wrong_type", path, "Write a text, in quotation marks.");
      }
      return;
    default:
      if (!is_whole(value)) findings->add("wrong_type", path, "Write a whole number.");
  }
}

void check_object(const Struct& object,
                  const Descriptor& type,
                  const std::string& path,
                  Findings* findings) {
  // In order of name, so that the same record always gives the same first error.
  const std::map<std::string, Value> fields(object.fields().begin(), object.fields().end());
  std::map<const google::protobuf::OneofDescriptor*, std::string> chosen;
  for (const auto& [name, value] : fields) {
    const FieldDescriptor* field = find_field(type, name);
    const std::string below = path + (path.empty() ? "" : ".");
    if (field == nullptr) {
      findings->add("unknown_field",
                    below + printable(name),
                    "The contract has no such field." + meant(type, name));
      continue;
    }
    const std::string here = below + field->name();
    const auto* oneof = field->real_containing_oneof();
    if (oneof != nullptr && value.kind_case() != Value::kNullValue &&
        !chosen.emplace(oneof, here).second) {
      findings->add(
          "unknown_value", here, "Only one of this field and " + chosen[oneof] + " can be set.");
    }
    if (!field->is_repeated()) {
      check_value(*field, value, here, findings);
    } else if (value.kind_case() == Value::kListValue) {
      for (int i = 0; i < value.list_value().values_size(); ++i) {
        check_value(
            *field, value.list_value().values(i), here + "[" + std::to_string(i) + "]", findings);
      }
    } else if (value.kind_case() != Value::kNullValue) {
      findings->add("wrong_type", here, "A list belongs here, in square brackets.");
    }
  }
}

}  // namespace

void check_json(const Struct& object, const Descriptor& type, Findings* findings) {
  check_object(object, type, "", findings);
}

}  // namespace encours::ingestion
