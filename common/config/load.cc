#include "common/config/load.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "common/base/nearest.h"

namespace encours::config {
namespace {

constexpr std::streamsize kMaxFileBytes = 1024 * 1024;
constexpr const char* kMask = "***";

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  for (const Field& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

Error unknown_setting(const std::vector<Field>& fields, const std::string& name) {
  std::vector<std::string> names;
  for (const Field& field : fields) names.push_back(field.name);
  const std::string meant = nearest(name, names);
  std::string message = "There is no setting " + name + ".";
  if (!meant.empty()) message += " Did you mean " + meant + "?";
  return refused("unknown_setting", name, message);
}

// Walks a YAML document and sets what it finds.
class YamlReader {
 public:
  YamlReader(const std::vector<Field>& fields, void* config, const std::string& origin)
      : fields_(fields), config_(config), origin_(origin) {}

  Status read_map(const YAML::Node& map, const std::string& prefix) {
    for (const auto& entry : map) {
      const YAML::Node& key = entry.first;
      if (!key.IsScalar()) return at(key, refused("config_malformed", "", "A key is a text."));
      ENCOURS_TRY(read_entry(key, prefix + key.Scalar(), entry.second));
    }
    return {};
  }

  Error at(const YAML::Node& node, Error error) const {
    error.message = origin_ + ":" + std::to_string(node.Mark().line + 1) + ": " + error.message;
    return error;
  }

 private:
  Status read_entry(const YAML::Node& key, const std::string& name, const YAML::Node& value) {
    const Field* const field = find(fields_, name);
    if (field == nullptr) {
      const bool group = is_group(name);
      if (group && value.IsMap()) return read_map(value, name + ".");
      // A group whose lines are all commented out.
      if (group && value.IsNull()) return {};
      return at(key, unknown_setting(fields_, name));
    }
    if (!seen_.insert(name).second) {
      return at(key, refused("setting_given_twice", name, name + " is given twice."));
    }
    Written written;
    ENCOURS_TRY(read_written(key, name, value, written));
    const Status set = field->set(*field, config_, written);
    if (!set.ok()) return at(key, set.failure());
    return {};
  }

  Status read_written(const YAML::Node& key,
                      const std::string& name,
                      const YAML::Node& value,
                      Written& written) {
    if (value.IsScalar()) {
      written.texts = {value.Scalar()};
      return {};
    }
    written.list = value.IsSequence();
    if (written.list) {
      for (const YAML::Node& item : value) {
        if (!item.IsScalar()) {
          return at(key, refused("setting_wrong_type", name, name + " is a list of plain values."));
        }
        written.texts.push_back(item.Scalar());
      }
      return {};
    }
    return at(key, refused("setting_wrong_type", name, name + " has no value."));
  }

  bool is_group(const std::string& name) const {
    return std::ranges::any_of(
        fields_, [&name](const Field& field) { return field.name.starts_with(name + "."); });
  }

  const std::vector<Field>& fields_;
  void* const config_;
  const std::string& origin_;
  std::set<std::string> seen_;
};

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return refused("config_unreadable", "", "Can't open the configuration file " + path);
  std::string text(static_cast<size_t>(kMaxFileBytes) + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return refused("config_unreadable", "", "Can't read the file " + path);
  if (file.gcount() > kMaxFileBytes) {
    return refused("config_unreadable", "", "The file " + path + " is larger than 1 MiB.");
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

// A YAML text in double quotes, which needs the fewest rules to be read back the same.
std::string quote(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += {'\\', 'x', kHex[static_cast<unsigned char>(c) >> 4], kHex[c & 0xf]};
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string shown(const Field& field, const void* config) {
  const Written written = field.show(config);
  const bool empty = written.texts.empty() || (!written.list && written.texts.front().empty());
  if (field.rule.secret && !empty) return quote(kMask);
  if (!written.list) {
    return field.type == type_word(static_cast<std::string*>(nullptr)) ? quote(written.texts[0])
                                                                       : written.texts[0];
  }
  std::string list = "[";
  for (const std::string& text : written.texts) {
    if (list.size() > 1) list += ", ";
    list += quote(text);
  }
  return list + "]";
}

// A pipe would end the cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

bool is_setting_name(std::string_view name) {
  if (name.empty() || name.front() < 'a' || name.front() > 'z') return false;
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Status apply_yaml(const std::vector<Field>& fields,
                  void* config,
                  const std::string& text,
                  const std::string& origin) {
  try {
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return {};
    YamlReader reader(fields, config, origin);
    if (!root.IsMap()) {
      return reader.at(root, refused("config_malformed", "", "The file is a map of settings."));
    }
    return reader.read_map(root, "");
  } catch (const YAML::Exception& problem) {
    return refused("config_malformed",
                   "",
                   origin + ":" + std::to_string(problem.mark.line + 1) + ": " + problem.msg);
  }
}

Status apply_override(const std::vector<Field>& fields, void* config, std::string_view override) {
  const size_t equals = override.find('=');
  if (equals == std::string_view::npos) {
    return refused("config_malformed", "", "An override is written key=value.");
  }
  const std::string name(override.substr(0, equals));
  const Field* const field = find(fields, name);
  if (field == nullptr) return unknown_setting(fields, name);
  std::string_view value = override.substr(equals + 1);
  Written written{field->show(config).list, {}};
  if (!written.list) {
    written.texts = {std::string(value)};
    return field->set(*field, config, written);
  }
  while (!value.empty()) {
    const size_t comma = std::min(value.find(','), value.size());
    written.texts.emplace_back(value.substr(0, comma));
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return field->set(*field, config, written);
}

Status apply(const std::vector<Field>& fields, void* config, const Sources& sources) {
  if (!sources.file.empty()) {
    ENCOURS_ASSIGN(const std::string text, read_file(sources.file));
    ENCOURS_TRY(apply_yaml(fields, config, text, sources.file));
  }
  for (const std::string& override : sources.overrides) {
    ENCOURS_TRY(apply_override(fields, config, override));
  }
  // Setting each value to itself asks the rules once more: it finds what is required and missing.
  for (const Field& field : fields) ENCOURS_TRY(field.set(field, config, field.show(config)));
  return {};
}

std::string print(const std::vector<Field>& fields, const void* config) {
  std::string text;
  for (const Field& field : fields) text += field.name + ": " + shown(field, config) + "\n";
  return text;
}

std::string reference(const std::vector<Field>& fields, const void* defaults) {
  std::string text =
      "| Setting | Type | Default | Allowed | Meaning |\n"
      "|---|---|---|---|---|\n";
  for (const Field& field : fields) {
    const std::string_view unit = unit_of(field.name);
    std::string type = field.type;
    if (!unit.empty()) type += ", " + std::string(unit);
    if (field.rule.secret) type += ", secret";
    text += "| `" + field.name + "` | " + type + " | `" + cell(shown(field, defaults)) + "` | " +
            cell(describe(field.rule)) + " | " + cell(field.sentence) + " |\n";
  }
  return text;
}

}  // namespace encours::config
