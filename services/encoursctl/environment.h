// Environment: what the program has of the machine that it runs on, so that tests give it another.
//
// Made once by main; everything named here outlives the command.
#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include "common/time/clock.h"
#include "services/encoursctl/rpc/installation.h"

namespace encours::ctl {

struct Environment {
  Environment(std::ostream& out_stream, std::ostream& err_stream, Clock& clock_of_waits)
      : out(out_stream), err(err_stream), clock(clock_of_waits) {}

  std::ostream& out;
  std::ostream& err;
  Clock& clock;
  // Standard error is a terminal: progress is one line that changes.
  bool err_is_terminal = false;
  // Asks whoever sits at the terminal and returns the line; empty where nobody does.
  std::function<std::optional<std::string>(const std::string& question)> ask;
  std::string current_folder;
  // Of the running program.
  std::string program_path;
  // Where deploy/run keeps its data, if ENCOURS_RUN_DIR says so; else empty.
  std::string run_folder;
  Patience patience;
  // A new random UUID at each call.
  std::function<std::string()> new_request_id;
  // From this call on Ctrl-C asks the command to end, a second one ends it.
  std::function<void()> catch_interrupts;
  // True once it asked; from any thread.
  std::function<bool()> interrupted;
};

}  // namespace encours::ctl
