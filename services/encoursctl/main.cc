// encoursctl: the commands that people type. Wiring only: the machine as an Environment.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "services/encoursctl/program.h"
#include "services/encoursctl/request_id.h"

namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

extern "C" void on_interrupt(int number) {
  interrupted = true;
  std::signal(number, SIG_DFL);
}

void catch_interrupts() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

std::optional<std::string> ask(const std::string& question) {
  std::cerr << question << std::flush;
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  encours::SystemClock clock;
  std::error_code ignored;  // Without these paths only --server and --token-file help.
  encours::ctl::Environment environment(std::cout, std::cerr, clock);
  environment.err_is_terminal = isatty(STDERR_FILENO) == 1;
  if (isatty(STDIN_FILENO) == 1) environment.ask = ask;
  environment.current_folder = std::filesystem::current_path(ignored).string();
  environment.program_path = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  const char* run_folder = std::getenv("ENCOURS_RUN_DIR");
  environment.run_folder = run_folder == nullptr ? "" : run_folder;
  environment.new_request_id = encours::ctl::random_request_id;
  environment.catch_interrupts = catch_interrupts;
  environment.interrupted = [] { return interrupted.load(); };
  return encours::ctl::run_program({argv + 1, argv + argc}, environment);
}
