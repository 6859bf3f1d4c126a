// Goal: what holds for all amounts, not only for the examples.
// Method: RapidCheck; it prints its seed, which RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <string>

#include "common/money/money.h"

namespace encours {
namespace {

Currency any_currency() {
  const auto code = *rc::gen::element<std::string>("EUR", "USD", "JPY", "TND", "CLF", "XOF");
  return Currency::parse(code).value();
}

Money any_money() {
  return {any_currency(), *rc::gen::suchThat(rc::gen::arbitrary<int64_t>(), [](int64_t minor) {
            return minor != INT64_MIN;
          })};
}

RC_GTEST_PROP(MoneyProperty, TextRoundTrip, ()) {
  const Money amount = any_money();
  RC_ASSERT(parse_amount(format(amount), amount.currency).value() == amount);
}

RC_GTEST_PROP(MoneyProperty, AdditionIsExactOrRefused, (int64_t left, int64_t right)) {
  RC_PRE(left != INT64_MIN && right != INT64_MIN);
  int64_t wide = 0;
  const bool overflows = __builtin_add_overflow(left, right, &wide) || wide == INT64_MIN;
  const Result<int64_t> sum = add_minor(left, right);
  RC_ASSERT(sum.ok() == !overflows);
  if (sum.ok()) {
    RC_ASSERT(*sum == wide);
    RC_ASSERT(*subtract_minor(*sum, right) == left);
  }
}

RC_GTEST_PROP(MoneyProperty, RoundingIsNearestAndSymmetric, (int64_t numerator)) {
  RC_PRE(numerator != INT64_MIN);
  const int64_t denominator = *rc::gen::inRange<int64_t>(1, int64_t{1} << 40);
  const int64_t rounded = round_half_up(numerator, denominator).value();
  // The distance to the exact quotient, times the denominator, is at most half of it.
  const Int128 error = Int128{rounded} * denominator - numerator;
  RC_ASSERT(2 * (error < 0 ? -error : error) <= denominator);
  RC_ASSERT(*round_half_up(-Int128{numerator}, denominator) == -rounded);
}

RC_GTEST_PROP(MoneyProperty, AnyTextIsReadOrRefused, (std::string text)) {
  const Result<Money> parsed = parse_amount(text, any_currency());
  if (!parsed.ok()) RC_ASSERT(parsed.failure().reaction == Reaction::kRefused);
}

}  // namespace
}  // namespace encours
