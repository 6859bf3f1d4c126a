#include "common/settings/yaml_message.h"

#include <google/type/date.pb.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>

#include "common/base/nearest.h"
#include "common/base/utf8.h"
#include "common/money/money.h"
#include "common/time/date.h"
#include "encours/common/v1alpha1/money.pb.h"

namespace encours::settings {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ProtoMoney = encours::common::v1alpha1::Money;

constexpr std::size_t kMaxTextBytes = 32 * 1024;
constexpr int kMaxDepth = 16;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

// "email" for STEP_CHANNEL_EMAIL of StepChannel.
std::string word_of(const google::protobuf::EnumValueDescriptor& value) {
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (c >= 'A' && c <= 'Z' && !prefix.empty()) prefix += '_';
    prefix += c;
  }
  prefix = lower(prefix) + "_";
  const std::string name = lower(value.name());
  return name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
}

std::string meant(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  return near.empty() ? std::string() : " Did you mean " + near + "?";
}

std::string list_of(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

class Reader {
 public:
  Reader(const std::set<std::string>& hidden, YamlResult* out) : hidden_(hidden), out_(*out) {}

  void read(const YAML::Node& node, const std::string& path, int depth, Message* message) {
    if (depth > kMaxDepth || !node.IsMap()) {
      add(node, "wrong_value", path, "A list of keys with values belongs here.");
      return;
    }
    note(node, path);
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
      const std::string at = path.empty() ? printable(name) : path + "." + printable(name);
      const FieldDescriptor* field = field_of(*message, name);
      if (field == nullptr) {
        add(entry.first, "unknown_key", at,
            "This key is not known." + meant(name, names_of(*message)));
      } else if (!seen.insert(name).second) {
        add(entry.first, "duplicate_key", at, "This key stands twice. Keep one of them.");
      } else {
        note(entry.first, at);
        read_field(entry.second, at, depth, *field, message);
      }
    }
  }

  void add(const YAML::Node& node, std::string code, const std::string& path,
           const std::string& what) {
    const YAML::Mark mark = node.Mark();
    std::string where;
    if (!mark.is_null()) {
      where = "Line " + std::to_string(mark.line + 1) + ", column " +
              std::to_string(mark.column + 1) + ": ";
    }
    out_.errors.push_back(refused(std::move(code), path, where + what));
  }

 private:
  void note(const YAML::Node& node, const std::string& path) {
    const YAML::Mark mark = node.Mark();
    if (!mark.is_null()) out_.places.put(path, mark.line + 1, mark.column + 1);
  }

  const FieldDescriptor* field_of(const Message& message, const std::string& name) const {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    return field != nullptr && hidden_.count(field->full_name()) == 0 ? field : nullptr;
  }
  std::vector<std::string> names_of(const Message& message) const {
    std::vector<std::string> names;
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      if (hidden_.count(type->field(i)->full_name()) == 0) names.push_back(type->field(i)->name());
    }
    return names;
  }

  void read_field(const YAML::Node& node, const std::string& path, int depth,
                  const FieldDescriptor& field, Message* message) {
    if (!field.is_repeated()) {
      read_value(node, path, depth, field, message);
      return;
    }
    if (!node.IsSequence()) {
      add(node, "wrong_value", path, "A list belongs here: one line per item, each after a dash.");
      return;
    }
    int index = 0;
    for (const auto& item : node) {
      const std::string at = path + "[" + std::to_string(index++) + "]";
      note(item, at);
      read_value(item, at, depth, field, message);
    }
  }

  void read_value(const YAML::Node& node, const std::string& path, int depth,
                  const FieldDescriptor& field, Message* message) {
    const auto& reflection = *message->GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Message* part = field.is_repeated() ? reflection.AddMessage(message, &field)
                                          : reflection.MutableMessage(message, &field);
      if (field.message_type() == ProtoMoney::descriptor()) {
        read_money(node, path, static_cast<ProtoMoney*>(part));
      } else if (field.message_type() == google::type::Date::descriptor()) {
        read_date(node, path, static_cast<google::type::Date*>(part));
      } else {
        read(node, path, depth + 1, part);
      }
      return;
    }
    const auto text = scalar(node, path);
    if (text) put_scalar(node, path, *text, field, message);
  }

  std::optional<std::string> scalar(const YAML::Node& node, const std::string& path) {
    if (!node.IsScalar() || node.Scalar().size() > kMaxTextBytes || !is_utf8(node.Scalar())) {
      add(node, "wrong_value", path, "A text of at most 32 KiB belongs here.");
      return std::nullopt;
    }
    return node.Scalar();
  }

  void put_scalar(const YAML::Node& node, const std::string& path, const std::string& text,
                  const FieldDescriptor& field, Message* message) {
    const auto& reflection = *message->GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        field.is_repeated() ? reflection.AddString(message, &field, text)
                            : reflection.SetString(message, &field, text);
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (text != "true" && text != "false") {
          add(node, "wrong_value", path, "true or false belongs here.");
        } else {
          reflection.SetBool(message, &field, text == "true");
        }
        return;
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
        put_number(node, path, text, field, message);
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        put_word(node, path, text, field, message);
        return;
      default:
        add(node, "wrong_value", path, "This field can't be given in a text.");
    }
  }

  void put_number(const YAML::Node& node, const std::string& path, const std::string& text,
                  const FieldDescriptor& field, Message* message) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool narrow = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32;
    const bool fits = !narrow || (number >= INT32_MIN && number <= INT32_MAX);
    if (failure != std::errc() || end != text.data() + text.size() || !fits) {
      add(node, "wrong_value", path, "A whole number belongs here.");
    } else if (narrow) {
      message->GetReflection()->SetInt32(message, &field, static_cast<std::int32_t>(number));
    } else {
      message->GetReflection()->SetInt64(message, &field, number);
    }
  }

  void put_word(const YAML::Node& node, const std::string& path, const std::string& text,
                const FieldDescriptor& field, Message* message) {
    const EnumDescriptor* type = field.enum_type();
    std::vector<std::string> words;
    for (int i = 0; i < type->value_count(); ++i) {
      if (type->value(i)->number() == 0) continue;  // Unspecified is not written.
      words.push_back(word_of(*type->value(i)));
      if (words.back() != text) continue;
      message->GetReflection()->SetEnumValue(message, &field, type->value(i)->number());
      return;
    }
    add(node, "wrong_value", path, "Known here: " + list_of(words) + "." + meant(text, words));
  }

  void read_money(const YAML::Node& node, const std::string& path, ProtoMoney* out) {
    const auto text = scalar(node, path);
    if (!text) return;
    const auto space = text->find(' ');
    const auto currency =
        Currency::parse(space == std::string::npos ? std::string_view() : text->substr(space + 1));
    if (!currency) {
      add(node, "wrong_value", path, "An amount with its currency belongs here, e.g. 12.50 EUR.");
      return;
    }
    const auto amount = parse_amount(text->substr(0, space), *currency);
    if (!amount) {
      add(node, amount.failure().code, path, amount.failure().message);
      return;
    }
    out->set_currency_code(std::string(amount->currency.code()));
    out->set_minor(amount->minor);
  }

  void read_date(const YAML::Node& node, const std::string& path, google::type::Date* out) {
    const auto text = scalar(node, path);
    if (!text) return;
    const auto date = Date::parse(*text);
    if (!date) {
      add(node, "wrong_value", path, "A date belongs here, e.g. 2026-11-22.");
      return;
    }
    const YearMonthDay parts = date->ymd();
    out->set_year(parts.year);
    out->set_month(parts.month);
    out->set_day(parts.day);
  }

  const std::set<std::string>& hidden_;
  YamlResult& out_;
};

}  // namespace

void Places::put(const std::string& path, int line, int column) { places_[path] = {line, column}; }

std::string Places::of(std::string path) const {
  while (true) {
    const auto found = places_.find(path);
    if (found != places_.end()) {
      return "Line " + std::to_string(found->second.first) + ", column " +
             std::to_string(found->second.second) + ": ";
    }
    const auto cut = path.find_last_of(".[");
    if (cut == std::string::npos) return {};
    path.resize(cut);
  }
}

YamlResult parse_yaml(std::string_view yaml, const std::set<std::string>& hidden, Message* out) {
  YamlResult result;
  if (yaml.size() > kMaxYamlBytes || !is_utf8(yaml)) {
    result.errors.push_back(refused("invalid_yaml", "", "It is UTF-8 text of at most 256 KiB."));
    return result;
  }
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    Reader(hidden, &result).read(root, "", 0, out);
  } catch (const YAML::Exception& failure) {
    result.errors.push_back(refused("invalid_yaml", "",
                                    "Line " + std::to_string(failure.mark.line + 1) + ", column " +
                                        std::to_string(failure.mark.column + 1) + ": " +
                                        printable(failure.msg, 200) + "."));
  }
  return result;
}

}  // namespace encours::settings
