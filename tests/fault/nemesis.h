// Process: a program under test that can be killed, stopped, woken and waited for.
//
// Its output goes to a file; a test waits for a line of it rather than for time to pass. It gets
// the environment that is given and nothing else of ours. Signals go to the pid that was started,
// never to a name; the destructor kills and reaps, and a child dies with the test that started it.
// One thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace encours::test {

using Environment = std::map<std::string, std::string>;

struct Ended {
  int exit_code = -1;  // -1 where a signal ended it.
  int signal = 0;
};

class Process {
 public:
  static Result<std::unique_ptr<Process>> start(const std::vector<std::string>& command,
                                                const Environment& environment,
                                                const std::filesystem::path& output);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void kill();       // SIGKILL: no last word.
  void terminate();  // SIGTERM: a clean leave.
  void drain();      // SIGUSR1: a leave once all is handed over.
  void stop();       // SIGSTOP: a zombie to be.
  void resume();     // SIGCONT

  bool alive();
  // How it ended, or nothing when it still lives after the time.
  std::optional<Ended> await_end(std::int64_t timeout_ms);
  // True once all its threads stand still (a fault point with the action "stop" counts).
  bool await_stopped(std::int64_t timeout_ms);
  // True once `count` lines begin with `text`; false at the time-out or when it has ended before.
  bool await_line(const std::string& text, std::int64_t timeout_ms, std::size_t count = 1);
  std::vector<std::string> lines_with(const std::string& text) const;
  std::string tail() const;  // Its last lines, to show where it ended otherwise than expected.

  pid_t pid() const { return pid_; }

 private:
  Process() = default;
  void look(int options);

  pid_t pid_ = -1;
  std::filesystem::path output_;
  std::optional<Ended> ended_;
  bool stopped_ = false;
};

// Calls `done` every few milliseconds until it holds; false at the time-out.
bool await(std::int64_t timeout_ms, const std::function<bool()>& done);
std::int64_t monotonic_ms();

}  // namespace encours::test
