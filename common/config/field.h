// Field is one setting: its name, what it means, what it may be, how to set and show it.
//
// Schema<Config> makes the fields of one configuration struct; load.h reads, prints and documents
// them without knowing the struct. Values travel as text, as YAML and the command line have them.
// Used at start by one thread. Registration mistakes (no bounds, no sentence) are checks; wrong
// values are refused with the name of the setting in Error::field.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace encours::config {

// What a value must satisfy. Numbers are bounded by value, texts by bytes, lists by entries.
struct Rule {
  int64_t min = std::numeric_limits<int64_t>::min();
  int64_t max = std::numeric_limits<int64_t>::max();
  std::vector<std::string> one_of = {};
  bool required = false;  // A text or list that must not be left empty.
  bool secret = false;    // Never printed.

  bool bounded() const {
    return min != std::numeric_limits<int64_t>::min() || max != std::numeric_limits<int64_t>::max();
  }
  Rule&& and_required() && {
    required = true;
    return std::move(*this);
  }
  Rule&& and_secret() && {
    secret = true;
    return std::move(*this);
  }
};

inline Rule any() { return {}; }
inline Rule between(int64_t min, int64_t max) { return {.min = min, .max = max}; }
inline Rule one_of(std::vector<std::string> words) { return {.one_of = std::move(words)}; }
inline Rule required() { return Rule{}.and_required(); }
inline Rule secret() { return Rule{}.and_secret(); }

// A value as it was written: one text, or a list of texts.
struct Written {
  bool list = false;
  std::vector<std::string> texts;
};

struct Field {
  std::string name;  // Dotted: "kafka.bootstrap_servers".
  std::string type;  // For people: "text", "whole number", "yes or no", "list".
  std::string sentence;
  Rule rule;
  // `self` is this field as it stands in the whole schema; its name goes into errors.
  std::function<Status(const Field& self, void* config, const Written& written)> set;
  std::function<Written(const void* config)> show;
};

// One codec per type of member: reads and checks a value, or writes it.
Status read_value(const Field& field, const Written& written, std::string& value);
Status read_value(const Field& field, const Written& written, int32_t& value);
Status read_value(const Field& field, const Written& written, int64_t& value);
Status read_value(const Field& field, const Written& written, bool& value);
Status read_value(const Field& field, const Written& written, std::vector<std::string>& value);

Written write_value(const std::string& value);
Written write_value(int32_t value);
Written write_value(int64_t value);
Written write_value(bool value);
Written write_value(const std::vector<std::string>& value);

inline const char* type_word(const std::string*) { return "text"; }
inline const char* type_word(const int32_t*) { return "whole number"; }
inline const char* type_word(const int64_t*) { return "whole number"; }
inline const char* type_word(const bool*) { return "true or false"; }
inline const char* type_word(const std::vector<std::string>*) { return "list"; }

// The unit that the end of a name says: "commit_interval_ms" gives "milliseconds"; empty if none.
std::string_view unit_of(std::string_view name);

// "1 to 60000", "one of wall, events", "required"; empty where all values will do.
std::string describe(const Rule& rule);

}  // namespace encours::config
