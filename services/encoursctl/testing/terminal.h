// Terminal: a folder of its own, a token, and command lines run in this process against servers.
//
// Waits are short here (Patience of milliseconds). The folder goes with it.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "common/time/clock.h"
#include "services/encoursctl/environment.h"

namespace encours::ctl::testing {

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Writes the endpoints.yaml of a local run: pairs of service and address.
  void local_run(const std::vector<Instance>& instances);
  // All services at one address.
  void local_run(const std::string& address);

  Ran run(const std::vector<std::string>& arguments);

  // Writes a file into the folder; its path.
  std::string file(const std::string& name, const std::string& content);
  const std::string& folder() const { return folder_; }

  Patience patience;
  // Where a test moves the time itself, its own.
  Clock* clock = &system_clock_;
  bool err_is_terminal = false;
  // What the person at the terminal types; empty where nobody sits there.
  std::function<std::optional<std::string>(const std::string& question)> ask;
  // As by Ctrl-C.
  std::atomic<bool> interrupted{false};
  // Called, on the command's thread, when a part of the output has been seen.
  std::function<void()> on_output = [] {};

 private:
  SystemClock system_clock_;
  std::string folder_;
};

// A token (unsigned) whose claims name these tenants, as a JSON list.
std::string token_for(const std::string& tenants);

}  // namespace encours::ctl::testing
