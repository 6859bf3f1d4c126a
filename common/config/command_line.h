// The command line that all services share, so that main.cc is wiring only:
//
//   int main(int argc, char** argv) {
//     const auto started = config::start<IngestionConfig>(argc, argv);
//     if (!started.config) return started.exit_code;
//     return run(*started.config);
//   }
//
//   --config FILE  --set key=value (any number)  --print-config  --config-reference  --help
//
// What is asked for is printed on standard output with exit code 0; an error goes to standard
// error with exit code 2. Called once, before any thread is started.
#pragma once

#include <iostream>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/config/load.h"

namespace encours::config {

struct CommandLine {
  enum class Action { kRun, kPrintConfig, kReference, kHelp };

  Sources sources;
  Action action = Action::kRun;
};

Result<CommandLine> parse_command_line(int argc, const char* const* argv);

// The text of --help.
std::string usage();

template <class Config>
struct Started {
  std::optional<Config> config;  // Absent when the process has done what it was asked for.
  int exit_code = 0;
};

template <class Config>
Started<Config> start(int argc,
                      const char* const* argv,
                      std::ostream& out = std::cout,
                      std::ostream& errors = std::cerr) {
  constexpr int kBadUsage = 2;
  const Result<CommandLine> line = parse_command_line(argc, argv);
  if (!line.ok()) {
    errors << line.failure().message << "\n" << usage();
    return {{}, kBadUsage};
  }
  if (line->action == CommandLine::Action::kHelp) {
    out << usage();
    return {};
  }
  if (line->action == CommandLine::Action::kReference) {
    out << reference<Config>();
    return {};
  }
  const Result<Config> settings = load<Config>(line->sources);
  if (!settings.ok()) {
    errors << settings.failure().message << "\n";
    return {{}, kBadUsage};
  }
  if (line->action == CommandLine::Action::kPrintConfig) {
    out << print(*settings);
    return {};
  }
  return {*settings, 0};
}

}  // namespace encours::config
