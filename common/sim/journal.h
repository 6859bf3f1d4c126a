// Journal: what happened in a simulation: lines for people, and how often rare branches were taken.
//
// Lines are kept only when asked for: a world is run again with its seed to read them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/sim/scheduler.h"

namespace encours::sim {

class Journal {
 public:
  Journal(const Scheduler& scheduler, bool keep_lines)
      : scheduler_(scheduler), keep_lines_(keep_lines) {}

  template <class... Parts>
  void tell(const Parts&... parts) {
    if (!keep_lines_) return;
    std::string line = std::to_string(scheduler_.now_ms());
    ((line += ' ', line += text(parts)), ...);
    lines_.push_back(std::move(line));
  }
  // `branch` is a literal.
  void visit(std::string_view branch) { ++visits_[branch]; }

  const std::vector<std::string>& lines() const { return lines_; }
  const std::map<std::string_view, std::uint64_t>& visits() const { return visits_; }

 private:
  static const std::string& text(const std::string& part) { return part; }
  static std::string text(const char* part) { return part; }
  template <class Number>
  static std::string text(Number part) {
    return std::to_string(part);
  }

  const Scheduler& scheduler_;
  bool keep_lines_;
  std::vector<std::string> lines_;
  std::map<std::string_view, std::uint64_t> visits_;
};

}  // namespace encours::sim
