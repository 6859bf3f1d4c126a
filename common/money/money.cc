#include "common/money/money.h"

#include <limits>

#include "common/base/check.h"

namespace encours {
namespace {

constexpr int64_t kMaxMinor = std::numeric_limits<int64_t>::max();

Error out_of_range() {
  return refused(
      "amount_out_of_range", "", "The amount is beyond 9,223,372,036,854,775,807 minor units.");
}

Error mismatch(const Money& left, const Money& right) {
  return refused("currency_mismatch",
                 "",
                 "Amounts in " + std::string(left.currency.code()) + " and " +
                     std::string(right.currency.code()) + " can't be added or compared.");
}

Result<int64_t> in_range(Int128 minor) {
  if (minor > kMaxMinor || minor < -kMaxMinor) return out_of_range();
  return static_cast<int64_t>(minor);
}

}  // namespace

Result<int64_t> add_minor(int64_t left, int64_t right) { return in_range(Int128{left} + right); }

Result<int64_t> subtract_minor(int64_t left, int64_t right) {
  return in_range(Int128{left} - right);
}

Result<Money> add(Money left, Money right) {
  if (left.currency != right.currency) return mismatch(left, right);
  ENCOURS_ASSIGN(const int64_t minor, add_minor(left.minor, right.minor));
  return Money{left.currency, minor};
}

Result<Money> subtract(Money left, Money right) {
  if (left.currency != right.currency) return mismatch(left, right);
  ENCOURS_ASSIGN(const int64_t minor, subtract_minor(left.minor, right.minor));
  return Money{left.currency, minor};
}

Result<Money> negate(Money amount) {
  ENCOURS_ASSIGN(const int64_t minor, subtract_minor(0, amount.minor));
  return Money{amount.currency, minor};
}

Result<std::strong_ordering> compare(Money left, Money right) {
  if (left.currency != right.currency) return mismatch(left, right);
  return left.minor <=> right.minor;
}

Result<Money> parse_amount(std::string_view text, Currency currency, const DecimalStyle& style) {
  ENCOURS_CHECK(!currency.empty(), "an amount is read in a currency");
  const Result<Decimal> parsed = parse_decimal(text, style);
  if (!parsed.ok()) {
    if (parsed.failure().code == "number_out_of_range") return out_of_range();
    return parsed.failure();
  }
  const Decimal number = *parsed;
  if (number.scale > currency.decimals()) {
    return refused("too_many_decimals",
                   "",
                   std::string(currency.code()) + " has " + std::to_string(currency.decimals()) +
                       " decimals.");
  }
  // An amount in range has at most 19 digits, so anything larger is refused before the product
  // with at most 10^4 could leave 128 bits.
  if (number.mantissa > kMaxMinor || number.mantissa < -kMaxMinor) return out_of_range();
  ENCOURS_ASSIGN(const int64_t minor,
                 in_range(number.mantissa * power_of_ten(currency.decimals() - number.scale)));
  return Money{currency, minor};
}

std::string format(Money amount) {
  // The magnitude is unsigned because -(2^63) has no positive int64.
  const bool negative = amount.minor < 0;
  const uint64_t magnitude = negative ? uint64_t{0} - static_cast<uint64_t>(amount.minor)
                                      : static_cast<uint64_t>(amount.minor);
  std::string digits = std::to_string(magnitude);
  const auto decimals = static_cast<size_t>(amount.currency.decimals());
  if (decimals > 0) {
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

Result<int64_t> round_half_up(Int128 numerator, Int128 denominator) {
  ENCOURS_CHECK(denominator > 0, "the denominator is positive");
  Int128 quotient = numerator / denominator;
  const Int128 remainder = numerator % denominator;
  // Compared with what is missing to the next number, because twice the remainder may overflow.
  if (remainder >= 0 && remainder >= denominator - remainder) ++quotient;
  if (remainder < 0 && -remainder >= denominator + remainder) --quotient;
  return in_range(quotient);
}

std::ostream& operator<<(std::ostream& out, const Money& amount) {
  return out << format(amount) << ' ' << amount.currency;
}

}  // namespace encours
