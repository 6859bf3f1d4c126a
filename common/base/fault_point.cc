#include "common/base/fault_point.h"

#ifdef ENCOURS_FAULT_POINTS

#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

namespace encours {
namespace {

struct Fault {
  long at = 0;
  std::string action;
};

std::multimap<std::string, Fault, std::less<>> read_faults() {
  std::multimap<std::string, Fault, std::less<>> faults;
  const char* text = std::getenv("ENCOURS_FAULT");
  std::string rest = text == nullptr ? "" : text;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string one = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    const auto first = one.find(':');
    const auto second = one.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    faults.emplace(
        one.substr(0, first),
        Fault{std::strtol(one.c_str() + first + 1, nullptr, 10), one.substr(second + 1)});
  }
  return faults;
}

}  // namespace

void pass_fault_point(std::string_view name) {
  static const auto faults = read_faults();
  if (faults.empty()) return;
  static std::mutex mutex;
  static std::map<std::string, long, std::less<>> passed;
  std::lock_guard lock(mutex);
  const long count = ++passed[std::string(name)];
  const auto [first, last] = faults.equal_range(name);
  for (auto it = first; it != last; ++it) {
    if (it->second.at != count) continue;
    std::fprintf(stderr,
                 "fault point %s passed %ld times: %s\n",
                 it->first.c_str(),
                 count,
                 it->second.action.c_str());
    std::fflush(stderr);
    if (it->second.action == "kill") ::kill(::getpid(), SIGKILL);
    if (it->second.action == "stop") ::kill(::getpid(), SIGSTOP);
    if (it->second.action == "exit") std::_Exit(3);
  }
}

bool mutation_is_on(std::string_view rule) {
  static const char* text = std::getenv("ENCOURS_MUTATION");
  return text != nullptr && rule == text;
}

}  // namespace encours

#endif
