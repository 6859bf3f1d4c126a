#include "common/money/decimal.h"

#include <array>
#include <optional>
#include <string>

#include "common/base/check.h"

namespace encours {
namespace {

constexpr size_t kMaxTextLength = 64;
constexpr size_t kMaxWholeDigits = 20;
constexpr size_t kMaxDecimals = 18;
constexpr std::array<std::string_view, 4> kSpaces{" ", "\u00a0", "\u202f", "\u2009"};

Error not_a_number() {
  return refused("not_a_number", "", "Write the number with digits and one decimal separator.");
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the front of `text` and returns them.
std::string_view take_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool take(std::string_view& text, std::string_view wanted) {
  if (wanted.empty() || !text.starts_with(wanted)) return false;
  text.remove_prefix(wanted.size());
  return true;
}

bool take_group_separator(std::string_view& text, std::string_view separator) {
  if (separator != " ") return take(text, separator);
  for (const std::string_view space : kSpaces) {
    if (take(text, space)) return true;
  }
  return false;
}

// The digits before the decimal separator, groups joined; nothing where a group is not of three.
std::optional<std::string> take_whole(std::string_view& text, std::string_view separator) {
  std::string whole(take_digits(text));
  bool grouped = false;
  while (take_group_separator(text, separator)) {
    const std::string_view group = take_digits(text);
    const bool first_is_good = grouped || (!whole.empty() && whole.size() <= 3);
    if (!first_is_good || group.size() != 3) return std::nullopt;
    whole += group;
    grouped = true;
  }
  return whole;
}

// +1 or -1, taken from the front or, where the style has it, from the end.
int take_sign(std::string_view& text, bool trailing_sign) {
  if (take(text, "-")) return -1;
  if (take(text, "+")) return 1;
  if (!trailing_sign || text.empty()) return 1;
  const char last = text.back();
  if (last != '-' && last != '+') return 1;
  text.remove_suffix(1);
  return last == '-' ? -1 : 1;
}

// A number as its whole part, rounded down, and what is above it in units of 10^-18.
struct Parts {
  Int128 whole;
  Int128 above;
};

Parts parts_of(const Decimal& number) {
  ENCOURS_CHECK(number.scale >= 0 && number.scale <= 18, "a scale is 0 to 18");
  const Int128 unit = power_of_ten(number.scale);
  Int128 whole = number.mantissa / unit;
  if (number.mantissa % unit < 0) --whole;
  return {whole, (number.mantissa - whole * unit) * power_of_ten(18 - number.scale)};
}

}  // namespace

Result<Decimal> parse_decimal(std::string_view text, const DecimalStyle& style) {
  if (text.size() > kMaxTextLength) return not_a_number();
  const int sign = take_sign(text, style.trailing_sign);
  std::optional<std::string> whole = take_whole(text, style.group_separator);
  if (!whole) return not_a_number();

  std::string_view decimals;
  if (take(text, std::string_view(&style.decimal_separator, 1))) {
    decimals = take_digits(text);
    if (decimals.empty()) return not_a_number();
  }
  if (!text.empty() || (whole->empty() && decimals.empty())) return not_a_number();

  whole->erase(0, whole->find_first_not_of('0'));
  decimals = decimals.substr(0, decimals.find_last_not_of('0') + 1);
  if (whole->size() > kMaxWholeDigits) {
    return refused("number_out_of_range", "", "The number has more than 20 digits.");
  }
  if (decimals.size() > kMaxDecimals) {
    return refused("too_many_decimals", "", "The number has more than 18 decimals.");
  }
  Decimal number;
  for (const char digit : *whole) number.mantissa = number.mantissa * 10 + (digit - '0');
  for (const char digit : decimals) number.mantissa = number.mantissa * 10 + (digit - '0');
  number.mantissa *= sign;
  number.scale = static_cast<int>(decimals.size());
  return number;
}

std::strong_ordering compare(const Decimal& left, const Decimal& right) {
  // Scaling one to the other could leave 128 bits; the parts can't.
  if (left.scale == right.scale) return left.mantissa <=> right.mantissa;
  const Parts a = parts_of(left);
  const Parts b = parts_of(right);
  return a.whole != b.whole ? a.whole <=> b.whole : a.above <=> b.above;
}

Int128 power_of_ten(int exponent) {
  ENCOURS_CHECK(exponent >= 0 && exponent <= 38, "the power fits into 128 bits");
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace encours
