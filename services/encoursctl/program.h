// run_program: reads the command line, runs the command, and turns its outcome into an exit code.
//
// 0 done, 3 some or all records refused, 1 anything else (wrong usage too). Errors are one line on
// standard error. One thread.
#pragma once

#include <string>
#include <vector>

#include "services/encoursctl/environment.h"

namespace encours::ctl {

// `arguments` without the program's name.
int run_program(std::vector<std::string> arguments, Environment& environment);

}  // namespace encours::ctl
