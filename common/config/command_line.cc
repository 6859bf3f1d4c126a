#include "common/config/command_line.h"

#include <string_view>

namespace encours::config {
namespace {

Error bad_usage(std::string message) { return refused("bad_usage", "", std::move(message)); }

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    const std::string_view option = argument.substr(0, equals);
    if (option == "--config" || option == "--set") {
      std::string value;
      if (equals != std::string_view::npos) {
        value = argument.substr(equals + 1);
      } else if (++i < argc) {
        value = argv[i];
      } else {
        return bad_usage(std::string(option) + " needs a value.");
      }
      if (option == "--config") {
        line.sources.file = value;
      } else {
        line.sources.overrides.push_back(value);
      }
    } else if (argument == "--print-config") {
      line.action = CommandLine::Action::kPrintConfig;
    } else if (argument == "--config-reference") {
      line.action = CommandLine::Action::kReference;
    } else if (argument == "--help") {
      line.action = CommandLine::Action::kHelp;
    } else {
      return bad_usage("There is no option " + std::string(argument) + ".");
    }
  }
  return line;
}

std::string usage() {
  return "  --config FILE        settings in YAML\n"
         "  --set key=value      one setting, over the file; may be repeated\n"
         "  --print-config       print the settings in force, secrets masked, and stop\n"
         "  --config-reference   print all settings as a Markdown table, and stop\n"
         "  --help               this text\n";
}

}  // namespace encours::config
