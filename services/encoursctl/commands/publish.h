// publish_text: a setting that people write, sent to be checked and published; list_versions: those
// of one kind. What is wrong comes back with line and column.
#pragma once

#include <string>

#include "services/encoursctl/command.h"

namespace encours::ctl {

struct TextToPublish {
  std::string kind;
  std::string name;
  std::string text;
  bool check_only = false;
};

// Prints what was published; the exit code.
Result<int> publish_text(Context& context, const TextToPublish& what);

Result<int> list_versions(Context& context, const std::string& kind);

}  // namespace encours::ctl
