#include "services/encoursctl/output/progress.h"

#include <algorithm>

namespace encours::ctl {
namespace {

constexpr std::int64_t kTerminalMs = 100;
constexpr std::int64_t kLogMs = 15'000;

}  // namespace

Progress::Progress(std::ostream& err, bool is_terminal, Clock& clock)
    : err_(err),
      is_terminal_(is_terminal),
      clock_(clock),
      next_ms_(clock.monotonic_ms() + (is_terminal ? 0 : kLogMs)) {}

void Progress::show(const std::string& text) {
  const std::int64_t now_ms = clock_.monotonic_ms();
  if (now_ms < next_ms_) return;
  next_ms_ = now_ms + (is_terminal_ ? kTerminalMs : kLogMs);
  if (is_terminal_) {
    err_ << "\r\033[K" << text << std::flush;
    shown_ = true;
  } else {
    err_ << text << std::endl;
  }
}

void Progress::clear() {
  if (shown_) err_ << "\r\033[K" << std::flush;
  shown_ = false;
}

std::string progress_bar(std::int64_t done, std::int64_t total, int width) {
  const std::int64_t part = total <= 0 ? 0 : std::clamp<std::int64_t>(done, 0, total);
  const auto full = static_cast<std::size_t>(total <= 0 ? 0 : part * width / total);
  const std::int64_t percent = total <= 0 ? 0 : part * 100 / total;
  std::string text = "[" + std::string(full, '#') +
                     std::string(static_cast<std::size_t>(width) - full, '-') + "] ";
  const std::string digits = std::to_string(percent);
  return text + std::string(3 - digits.size(), ' ') + digits + " %";
}

std::string grouped(std::int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    const bool after_digit = at > 0 && digits[at - 1] != '-';
    if (after_digit && (digits.size() - at) % 3 == 0) text += ' ';
    text += digits[at];
  }
  return text;
}

}  // namespace encours::ctl
