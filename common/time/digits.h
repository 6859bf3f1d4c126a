// DigitReader reads fixed-width decimal numbers and literals off the front of a text.
//
// It is the common part of the date and time parsers. After the first mismatch every further
// call returns 0 and ok() stays false, so a parser reads straight through and asks once.
#pragma once

#include <string_view>

namespace encours {

class DigitReader {
 public:
  explicit DigitReader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

  // Exactly `width` digits.
  int number(size_t width) {
    int value = 0;
    for (size_t i = 0; i < width; ++i) {
      const int digit = take_digit();
      if (digit < 0) return fail();
      value = value * 10 + digit;
    }
    return value;
  }

  // The next digit, or -1 where there is none; having none is not a mismatch.
  int take_digit() {
    if (!ok_ || rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return -1;
    const int digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return digit;
  }

  // True when the next character is `wanted`, which is then consumed; false is not a mismatch.
  bool take(char wanted) {
    if (!ok_ || rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void literal(char wanted) {
    if (!take(wanted)) fail();
  }

  int fail() {
    ok_ = false;
    return 0;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace encours
