#include "services/ingestion/domain/decode/mapping.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "common/base/nearest.h"
#include "services/ingestion/domain/decode/encoding.h"
#include "services/ingestion/domain/decode/mapping_rules.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;

constexpr std::size_t kMaxTextBytes = 256;

const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> keys = {"row",
                                                "source",
                                                "encoding",
                                                "separator",
                                                "decimal_separator",
                                                "group_separator",
                                                "date_format",
                                                "currency",
                                                "negative_amount",
                                                "other_columns",
                                                "columns",
                                                "ignore",
                                                "constants",
                                                "contact"};
  return keys;
}

using Words = std::vector<std::pair<std::string, int>>;

std::vector<std::string> texts_of(const Words& words) {
  std::vector<std::string> texts;
  for (const auto& word : words) texts.push_back(word.first);
  return texts;
}

const Words& field_words() {
  static const Words words = [] {
    Words all;
    const auto* values = proto::MappingField_descriptor();
    for (int i = 0; i < values->value_count(); ++i) {
      const auto field = static_cast<MappingField>(values->value(i)->number());
      if (field != proto::MAPPING_FIELD_UNSPECIFIED) all.emplace_back(field_name(field), field);
    }
    return all;
  }();
  return words;
}

// Reads one document and remembers where each thing that it reads stands.
class Reader {
 public:
  explicit Reader(ParsedMapping* out) : out_(*out) {}

  void read(const YAML::Node& root) {
    if (!root.IsMap()) {
      add(root,
          "invalid_yaml",
          "",
          "A mapping is a list of keys with values, such as row: invoice.");
      return;
    }
    for (const auto& entry : root) {
      const YAML::Node& key = entry.first;
      const YAML::Node& value = entry.second;
      const std::string name = key.IsScalar() ? key.Scalar() : std::string();
      if (!seen_.insert(name).second) {
        add(key, "duplicate_key", printable(name), "This key stands twice. Keep one of them.");
      } else {
        read_key(name, key, value);
      }
    }
  }

 private:
  void add(const YAML::Node& node, std::string code, std::string field, const std::string& what) {
    const YAML::Mark mark = node.Mark();
    const std::string where = mark.is_null()
                                  ? std::string()
                                  : "Line " + std::to_string(mark.line + 1) + ", column " +
                                        std::to_string(mark.column + 1) + ": ";
    out_.errors.push_back(refused(std::move(code), std::move(field), where + what));
  }

  void read_key(const std::string& name, const YAML::Node& key, const YAML::Node& value) {
    Mapping& mapping = out_.mapping;
    if (name == "row") {
      mapping.set_row(static_cast<proto::RowMeaning>(word(value, name, kRows)));
    } else if (name == "encoding") {
      mapping.set_encoding(static_cast<proto::TextEncoding>(word(value, name, kEncodings)));
    } else if (name == "negative_amount") {
      mapping.set_negative_amount(static_cast<proto::NegativeAmount>(word(value, name, kNegative)));
    } else if (name == "other_columns") {
      mapping.set_other_columns(static_cast<proto::OtherColumns>(word(value, name, kOthers)));
    } else if (name == "source") {
      mapping.set_default_source(text(value, name));
    } else if (name == "separator") {
      mapping.set_separator(text(value, name));
    } else if (name == "decimal_separator") {
      mapping.set_decimal_separator(text(value, name));
    } else if (name == "group_separator") {
      mapping.set_group_separator(text(value, name));
    } else if (name == "date_format") {
      mapping.set_date_format(text(value, name));
    } else if (name == "currency") {
      mapping.set_default_currency(text(value, name));
    } else {
      read_block(name, key, value);
    }
  }

  void read_block(const std::string& name, const YAML::Node& key, const YAML::Node& value) {
    if (name == "columns") {
      read_columns(value);
    } else if (name == "ignore") {
      read_ignored(value);
    } else if (name == "constants") {
      read_constants(value);
    } else if (name == "contact") {
      read_contact(value);
    } else {
      add(key,
          "unknown_key",
          printable(name),
          "This key is not known." + meant(name, known_keys()));
    }
  }

  static std::string meant(const std::string& word, std::span<const std::string> known) {
    const std::string near = nearest(word, known);
    return near.empty() ? std::string() : " Did you mean " + near + "?";
  }

  std::string text(const YAML::Node& value, const std::string& field) {
    if (!value.IsScalar() || value.Scalar().size() > kMaxTextBytes || !is_utf8(value.Scalar())) {
      add(value, "wrong_value", field, "A text of at most 256 bytes belongs here.");
      return {};
    }
    return value.Scalar();
  }

  int word(const YAML::Node& value, const std::string& field, const Words& words) {
    const std::string given = value.IsScalar() ? value.Scalar() : std::string();
    for (const auto& [name, number] : words) {
      if (name == given) return number;
    }
    std::string all;
    for (const auto& [name, number] : words) all += (all.empty() ? "" : ", ") + name;
    add(value, "wrong_value", field, "Known here: " + all + "." + meant(given, texts_of(words)));
    return 0;
  }

  // Visits (name, key node, value node) of a map whose keys are unlike; says so where it is none.
  template <class Visit>
  void each(const YAML::Node& block, const std::string& field, Visit visit) {
    if (!block.IsMap()) {
      add(block, "wrong_value", field, "A list of keys with values belongs here.");
      return;
    }
    std::set<std::string> seen;
    for (const auto& entry : block) {
      const YAML::Node& key = entry.first;
      const YAML::Node& value = entry.second;
      const std::string name = text(key, field);
      if (name.empty()) continue;
      if (seen.insert(name).second) {
        visit(name, key, value);
      } else {
        add(key, "duplicate_key", field + "." + printable(name), "This key stands twice.");
      }
    }
  }

  void read_columns(const YAML::Node& block) {
    each(
        block, "columns", [&](const std::string& name, const YAML::Node&, const YAML::Node& value) {
          const std::string path = "columns." + printable(name);
          const auto field = static_cast<MappingField>(word(value, path, field_words()));
          give(value, path, field);
          auto* column = out_.mapping.add_columns();
          column->set_column(name);
          column->set_field(field);
        });
  }

  void read_constants(const YAML::Node& block) {
    each(block,
         "constants",
         [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
           const std::string path = "constants." + printable(name);
           const auto field = static_cast<MappingField>(word(key, path, field_words()));
           give(key, path, field);
           auto* constant = out_.mapping.add_constants();
           constant->set_field(field);
           constant->set_value(text(value, path));
         });
  }

  // A field gets its value from one place.
  void give(const YAML::Node& node, const std::string& path, MappingField field) {
    if (field == proto::MAPPING_FIELD_UNSPECIFIED || given_.insert(field).second) return;
    add(node,
        "field_mapped_twice",
        path,
        "Something else gives " + field_name(field) + " already. Ignore one of the two.");
  }

  void read_ignored(const YAML::Node& list) {
    if (!list.IsSequence()) {
      add(list, "wrong_value", "ignore", "A list of column names belongs here, such as [a, b].");
      return;
    }
    for (const auto& item : list) out_.mapping.add_ignored_columns(text(item, "ignore"));
  }

  void read_contact(const YAML::Node& block) {
    proto::ContactTemplate& contact = *out_.mapping.mutable_contact();
    each(block,
         "contact",
         [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
           const std::string path = "contact." + printable(name);
           if (name == "email") {
             contact.set_email_template(text(value, path));
           } else if (name == "name") {
             contact.set_name_template(text(value, path));
           } else if (name == "language") {
             contact.set_language(text(value, path));
           } else {
             add(key, "unknown_key", path, "A contact has email, name and language.");
           }
         });
  }

  inline static const Words kRows = {
      {"invoice_with_settlement", proto::ROW_MEANING_INVOICE_WITH_SETTLEMENT},
      {"invoice", proto::ROW_MEANING_INVOICE},
      {"payment", proto::ROW_MEANING_PAYMENT}};
  inline static const Words kEncodings = {{"utf-8", proto::TEXT_ENCODING_UTF_8},
                                          {"latin-1", proto::TEXT_ENCODING_LATIN_1},
                                          {"windows-1252", proto::TEXT_ENCODING_WINDOWS_1252}};
  inline static const Words kNegative = {{"refuse", proto::NEGATIVE_AMOUNT_REFUSE},
                                         {"credit_note", proto::NEGATIVE_AMOUNT_CREDIT_NOTE}};
  inline static const Words kOthers = {{"refuse", proto::OTHER_COLUMNS_REFUSE},
                                       {"ignore", proto::OTHER_COLUMNS_IGNORE}};

  ParsedMapping& out_;
  std::set<std::string> seen_;
  std::set<MappingField> given_;
};

void set_defaults(Mapping* mapping) {
  if (mapping->separator().empty()) mapping->set_separator(",");
  if (mapping->decimal_separator().empty()) mapping->set_decimal_separator(".");
  if (mapping->date_format().empty()) mapping->set_date_format("YYYY-MM-DD");
  if (mapping->encoding() == proto::TEXT_ENCODING_UNSPECIFIED) {
    mapping->set_encoding(proto::TEXT_ENCODING_UTF_8);
  }
  if (mapping->negative_amount() == proto::NEGATIVE_AMOUNT_UNSPECIFIED) {
    mapping->set_negative_amount(proto::NEGATIVE_AMOUNT_REFUSE);
  }
  if (mapping->other_columns() == proto::OTHER_COLUMNS_UNSPECIFIED) {
    mapping->set_other_columns(proto::OTHER_COLUMNS_REFUSE);
  }
}

}  // namespace

std::string field_name(MappingField field) {
  std::string name = proto::MappingField_Name(field);
  name.erase(0, std::string_view("MAPPING_FIELD_").size());
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return name;
}

ParsedMapping parse_mapping(std::string_view yaml) {
  ParsedMapping parsed;
  if (yaml.size() > kMaxMappingBytes || !is_utf8(yaml)) {
    parsed.errors.push_back(
        refused("invalid_yaml", "", "A mapping is UTF-8 text of at most 64 KiB."));
    return parsed;
  }
  try {
    Reader(&parsed).read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& failure) {
    parsed.errors.push_back(refused("invalid_yaml",
                                    "",
                                    "Line " + std::to_string(failure.mark.line + 1) + ", column " +
                                        std::to_string(failure.mark.column + 1) + ": " +
                                        printable(failure.msg, 200) + "."));
  }
  if (!parsed.ok()) return parsed;
  set_defaults(&parsed.mapping);
  check_mapping(parsed.mapping, &parsed.errors);
  parsed.mapping.mutable_written()->set_media_type("application/yaml");
  parsed.mapping.mutable_written()->set_text(std::string(yaml));
  return parsed;
}

}  // namespace encours::ingestion
