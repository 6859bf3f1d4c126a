// parse_yaml(): YAML that people write -> a setting's message, by the message's own descriptor.
//
// Keys are field names, enums are written by their last part in lower case ("email"), money as
// "12.50 EUR", dates as "2026-11-22"; messages are maps, repeated fields are lists. It is total:
// any bytes give a message or all that is wrong with them, each with line, column and the path of
// the field; what the message does not know is refused. yaml-cpp and its exceptions stay behind it.
// Pure, any thread.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace encours::settings {

inline constexpr std::size_t kMaxYamlBytes = 256 * 1024;

// Where the parts of a message stand in the text: "steps[2].key" -> "Line 7, column 5: ".
class Places {
 public:
  void put(const std::string& path, int line, int column);
  // That of the path, or of the nearest thing around it; empty where nothing is known.
  std::string of(std::string path) const;

 private:
  std::map<std::string, std::pair<int, int>> places_;
};

struct YamlResult {
  std::vector<Error> errors;
  Places places;

  bool ok() const { return errors.empty(); }
};

// `hidden` are fields that the text may not give, by full name: what is computed from the others.
YamlResult parse_yaml(std::string_view yaml,
                      const std::set<std::string>& hidden,
                      google::protobuf::Message* out);

}  // namespace encours::settings
