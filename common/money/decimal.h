// Decimal is an exact decimal number read from text: value = mantissa / 10^scale.
//
// It is the common step of reading amounts, rates and the numbers of filters; nothing passes
// through floating point. A Decimal is in lowest form (no trailing zero behind the separator) and
// holds at most 20 digits before and 18 behind it, which fits the mantissa with room to spare.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "common/base/result.h"

namespace encours {

__extension__ typedef __int128 Int128;

// How numbers are written in a source. The default is the plain form: "-1681.98".
struct DecimalStyle {
  char decimal_separator = '.';
  // Between groups of three digits; empty allows none. A space also allows the no-break, narrow
  // no-break and thin spaces that spreadsheets write in its place.
  std::string_view group_separator = {};
  // "12.50-", as some ERPs export it, beside "-12.50".
  bool trailing_sign = false;
};

struct Decimal {
  Int128 mantissa = 0;
  int scale = 0;  // 0 to 18.
};

// Refuses with "not_a_number" what is no number in this style, with "number_out_of_range" more
// than 20 digits before the separator, with "too_many_decimals" more than 18 behind it. ".5" is a
// number; "5.", "1e3" and "0x1F" are not.
Result<Decimal> parse_decimal(std::string_view text, const DecimalStyle& style = {});

// By value, exact, for any scale from 0 to 18: 1.50 equals 1.5.
std::strong_ordering compare(const Decimal& left, const Decimal& right);

// 10^exponent, for 0 to 38.
Int128 power_of_ten(int exponent);

}  // namespace encours
