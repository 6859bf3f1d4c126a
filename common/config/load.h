// Loading, printing and documenting a configuration struct that has a Schema.
//
//   ENCOURS_ASSIGN(IngestionConfig settings, config::load<IngestionConfig>(sources));
//
// Order: defaults, then the YAML file, then --set overrides. A key that no schema has, a value out
// of its bounds, a key given twice in the file and a required one left out are refused; the error
// names the key, its bounds and, for the file, the line. Called at start, by one thread; the struct
// is a plain value from then on. main.cc uses start() of command_line.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/config/schema.h"

namespace encours::config {

struct Sources {
  std::string file;                    // Path of a YAML file; empty for none.
  std::vector<std::string> overrides;  // "key=value"; a list is written "a,b".
};

// Keys may be nested or dotted: "kafka: {bootstrap_servers: x}" or "kafka.bootstrap_servers: x".
// `origin` is put before the line number in errors.
Status apply_yaml(const std::vector<Field>& fields,
                  void* config,
                  const std::string& text,
                  const std::string& origin);
Status apply_override(const std::vector<Field>& fields, void* config, std::string_view override);
Status apply(const std::vector<Field>& fields, void* config, const Sources& sources);

// YAML that apply_yaml reads back, one setting a line, secrets as "***".
std::string print(const std::vector<Field>& fields, const void* config);

// A Markdown table of all settings with their defaults.
std::string reference(const std::vector<Field>& fields, const void* defaults);

template <class Config>
Result<Config> load(const Sources& sources) {
  Config settings{};
  ENCOURS_TRY(apply(Schema<Config>().fields(), &settings, sources));
  return settings;
}

template <class Config>
std::string print(const Config& settings) {
  return print(Schema<Config>().fields(), &settings);
}

template <class Config>
std::string reference() {
  const Config defaults{};
  return reference(Schema<Config>().fields(), &defaults);
}

}  // namespace encours::config
