#include "common/base/fault_point.h"

#ifdef ENCOURS_FAULT_POINTS

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <string>
#include <vector>

namespace encours {
namespace {

struct Fault {
  std::string point;
  long at = 0;
  std::string action;
};

// Faults that wait for one another; `passed` counts for the one that is next.
struct Chain {
  std::vector<Fault> faults;
  std::size_t next = 0;
  long passed = 0;
};

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t to = 0; to != std::string::npos; from = to + 1) {
    to = text.find(by, from);
    parts.push_back(text.substr(from, to == std::string::npos ? to : to - from));
  }
  return parts;
}

std::vector<Chain> read_chains() {
  std::vector<Chain> chains;
  const char* text = std::getenv("ENCOURS_FAULT");
  if (text == nullptr) return chains;
  for (const auto& one : split(text, ',')) {
    Chain chain;
    for (const auto& link : split(one, '>')) {
      const auto parts = split(link, ':');
      if (parts.size() != 3) continue;
      chain.faults.push_back({parts[0], std::strtol(parts[1].c_str(), nullptr, 10), parts[2]});
    }
    if (!chain.faults.empty()) chains.push_back(std::move(chain));
  }
  return chains;
}

// "stall2500": this thread stands still for so many milliseconds, all others go on.
void stall(const std::string& milliseconds) {
  const long wait_ms = std::strtol(milliseconds.c_str(), nullptr, 10);
  timespec left{wait_ms / 1000, (wait_ms % 1000) * 1'000'000};
  while (::nanosleep(&left, &left) != 0) {
  }
}

std::vector<std::string>& broken_rules() {
  static std::vector<std::string> rules = [] {
    const char* text = std::getenv("ENCOURS_MUTATION");
    return split(text == nullptr ? "" : text, '+');
  }();
  return rules;
}

void fire(const Fault& fault) {
  std::fprintf(stderr, "fault point %s passed %ld times: %s\n", fault.point.c_str(), fault.at,
               fault.action.c_str());
  std::fflush(stderr);
  // To this thread: a signal to the process may reach another one, and this one runs on meanwhile.
  if (fault.action == "kill") ::raise(SIGKILL);
  if (fault.action == "stop") ::raise(SIGSTOP);
  if (fault.action == "exit") std::_Exit(3);
  constexpr std::string_view kStall = "stall";
  if (fault.action.starts_with(kStall)) stall(fault.action.substr(kStall.size()));
}

}  // namespace

void pass_fault_point(std::string_view name) {
  static std::vector<Chain> chains = read_chains();
  static const bool none = chains.empty();
  if (none) return;
  static std::mutex mutex;
  std::vector<const Fault*> reached;
  {
    std::lock_guard lock(mutex);
    for (auto& chain : chains) {
      if (chain.next == chain.faults.size()) continue;
      const Fault& fault = chain.faults[chain.next];
      if (fault.point != name || ++chain.passed != fault.at) continue;
      ++chain.next;
      chain.passed = 0;
      reached.push_back(&fault);
    }
  }
  // Without the lock: whoever stalls here must not hold up other threads at their points.
  for (const Fault* fault : reached) fire(*fault);
}

bool mutation_is_on(std::string_view rule) {
  const auto& broken = broken_rules();
  return std::find(broken.begin(), broken.end(), rule) != broken.end();
}

void set_mutation(std::string_view rule) { broken_rules() = split(std::string(rule), '+'); }

}  // namespace encours

#endif
