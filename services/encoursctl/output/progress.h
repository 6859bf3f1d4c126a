// Progress: what the command is at, on standard error: one line that changes on a terminal, else a
// line now and then, so that a log tells it too.
//
// clear() takes the line away before anything else is printed. One thread; stream and clock outlive
// it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "common/time/clock.h"

namespace encours::ctl {

class Progress {
 public:
  Progress(std::ostream& err, bool is_terminal, Clock& clock);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::string& text);
  void clear();

 private:
  std::ostream& err_;
  bool is_terminal_;
  Clock& clock_;
  std::int64_t next_ms_;
  bool shown_ = false;
};

// "[######----]  60 %": `width` characters between the brackets.
std::string progress_bar(std::int64_t done, std::int64_t total, int width = 24);
// "1 234 567": groups of three, for people.
std::string grouped(std::int64_t number);

}  // namespace encours::ctl
