#include "tests/fault/nemesis.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "common/time/clock.h"

namespace encours::test {
namespace {

constexpr std::int64_t kLookEveryMs = 5;
constexpr int kCouldNotStart = 127;

SystemClock& the_clock() {
  static SystemClock clock;
  return clock;
}

// Only what is safe between fork and exec.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execve(arguments[0], arguments, environment);
  ::_exit(kCouldNotStart);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

std::int64_t monotonic_ms() { return the_clock().monotonic_ms(); }

bool await(std::int64_t timeout_ms, const std::function<bool()>& done) {
  const std::int64_t deadline = monotonic_ms() + timeout_ms;
  while (!done()) {
    if (monotonic_ms() >= deadline) return false;
    the_clock().sleep_for(kLookEveryMs);
  }
  return true;
}

Result<std::unique_ptr<Process>> Process::start(const std::vector<std::string>& command,
                                                const Environment& environment,
                                                const std::filesystem::path& output) {
  std::vector<std::string> arguments = command;
  std::vector<std::string> settings;
  for (const char* kept : {"PATH", "HOME", "JAVA_HOME", "XDG_CACHE_HOME", "KAFKA_VERSION"}) {
    const char* value = std::getenv(kept);
    if (value != nullptr && !environment.contains(kept)) {
      settings.push_back(std::string(kept) + "=" + value);
    }
  }
  for (const auto& [name, value] : environment) settings.push_back(name + "=" + value);
  const auto argument_pointers = pointers(arguments);
  const auto setting_pointers = pointers(settings);
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return fatal("nemesis", output.string() + ": " + std::strerror(errno));
  const pid_t pid = ::fork();
  if (pid == 0) become(argument_pointers.data(), setting_pointers.data(), file);
  ::close(file);
  if (pid < 0) return fatal("nemesis", std::string("fork: ") + std::strerror(errno));
  std::unique_ptr<Process> process(new Process());
  process->pid_ = pid;
  process->output_ = output;
  return process;
}

Process::~Process() {
  if (!alive()) return;
  kill();
  look(0);
}

void Process::kill() {
  if (alive()) ::kill(pid_, SIGKILL);
}
void Process::terminate() {
  if (alive()) ::kill(pid_, SIGTERM);
}
void Process::drain() {
  if (alive()) ::kill(pid_, SIGUSR1);
}
void Process::stop() {
  if (alive()) ::kill(pid_, SIGSTOP);
}
void Process::resume() {
  if (alive()) ::kill(pid_, SIGCONT);
  stopped_ = false;
}

void Process::look(int options) {
  if (ended_) return;
  int status = 0;
  if (::waitpid(pid_, &status, options) != pid_) return;
  if (WIFSTOPPED(status)) {
    stopped_ = true;
  } else if (WIFEXITED(status)) {
    ended_ = Ended{WEXITSTATUS(status), 0};
  } else if (WIFSIGNALED(status)) {
    ended_ = Ended{-1, WTERMSIG(status)};
  }
}

bool Process::alive() {
  look(WNOHANG | WUNTRACED);
  return !ended_.has_value();
}

std::optional<Ended> Process::await_end(std::int64_t timeout_ms) {
  await(timeout_ms, [this] { return !alive(); });
  return ended_;
}

bool Process::await_stopped(std::int64_t timeout_ms) {
  return await(timeout_ms, [this] { return !alive() || stopped_; }) && stopped_;
}

bool Process::await_line(const std::string& text, std::int64_t timeout_ms, std::size_t count) {
  bool found = false;
  await(timeout_ms, [&] {
    const bool was_alive = alive();
    found = lines_with(text).size() >= count;
    return found || !was_alive;
  });
  return found;
}

std::vector<std::string> Process::lines_with(const std::string& text) const {
  std::ifstream in(output_);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(text)) lines.push_back(line);
  }
  return lines;
}

std::string Process::tail() const {
  constexpr std::size_t kLines = 20;
  const auto lines = lines_with("");
  std::string out;
  for (std::size_t i = lines.size() - std::min(lines.size(), kLines); i < lines.size(); ++i) {
    out += lines[i] + "\n";
  }
  return out;
}

}  // namespace encours::test
