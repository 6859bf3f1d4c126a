// Money is a whole number of minor units (cents, yen) of one currency. It is never a float.
//
// A plain value, safe from any thread. Amounts lie between -(2^63-1) and 2^63-1 minor units, so
// that every amount has its negative; whatever would leave that range is an Error with the code
// "amount_out_of_range", and mixing currencies one with "currency_mismatch". There is no operator
// < and no operator +: both can fail, so both are functions that return a Result.
#pragma once

#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/money/currency.h"
#include "common/money/decimal.h"

namespace encours {

struct Money {
  Currency currency;
  int64_t minor = 0;

  // Two amounts are equal when currency and number are; 0 EUR is not 0 USD.
  friend bool operator==(const Money&, const Money&) = default;
};

Result<Money> add(Money left, Money right);
Result<Money> subtract(Money left, Money right);
Result<Money> negate(Money amount);
Result<std::strong_ordering> compare(Money left, Money right);

// The same on bare minor units, for sums within one currency.
Result<int64_t> add_minor(int64_t left, int64_t right);
Result<int64_t> subtract_minor(int64_t left, int64_t right);

// The exact amount that `text` says. Decimals that the currency does not have are accepted as
// zeros only: "5.000" is 500 cents, "5.001" is refused with "too_many_decimals". Other codes:
// "not_a_number", "amount_out_of_range". The caller adds the field.
Result<Money> parse_amount(std::string_view text,
                           Currency currency,
                           const DecimalStyle& style = {});

// Plain, with all decimals of the currency and without its code: "1681.98", "-5.00", "500".
std::string format(Money amount);

// numerator / denominator, rounded to the nearest whole number; a half goes away from zero, so a
// credit note is the mirror of its invoice: 5/2 is 3, -5/2 is -3. `denominator` is positive.
Result<int64_t> round_half_up(Int128 numerator, Int128 denominator);

// Prints "1681.98 EUR".
std::ostream& operator<<(std::ostream& out, const Money& amount);

}  // namespace encours
