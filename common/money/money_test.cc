// Goal: no amount is lost, invented or mixed up: reading, writing, adding, rounding.
// Method: expected values by hand; decimals of currencies from ISO 4217.
#include "common/money/money.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace encours {
namespace {

Currency currency(std::string_view code) { return Currency::parse(code).value(); }
Money eur(int64_t minor) { return {currency("EUR"), minor}; }

std::string code_of(const Result<Money>& result) {
  return result.ok() ? "accepted" : result.failure().code;
}

TEST(Currency, DecimalsOfIso4217) {
  EXPECT_EQ(currency("EUR").decimals(), 2);
  EXPECT_EQ(currency("AED").decimals(), 2);
  EXPECT_EQ(currency("ZWG").decimals(), 2);
  EXPECT_EQ(currency("MGA").decimals(), 2);
  EXPECT_EQ(currency("JPY").decimals(), 0);
  EXPECT_EQ(currency("XPF").decimals(), 0);
  EXPECT_EQ(currency("ISK").decimals(), 0);
  EXPECT_EQ(currency("TND").decimals(), 3);
  EXPECT_EQ(currency("KWD").decimals(), 3);
  EXPECT_EQ(currency("CLF").decimals(), 4);
  EXPECT_EQ(currency("HRK").decimals(), 2) << "withdrawn, but in ledgers";
  EXPECT_EQ(currency("EUR").code(), "EUR");
  EXPECT_EQ(currency("EUR"), currency("EUR"));
  EXPECT_NE(currency("EUR"), currency("USD"));
}

TEST(Currency, UnknownIsRefused) {
  for (const char* code : {"",
                           "E",
                           "EU",
                           "EURO",
                           "eur",
                           "Eur",
                           "EU1",
                           "AAA",
                           "ZZZ",
                           "XAU",
                           "XXX",
                           "EU\xff",
                           "E R",
                           "FRF"}) {
    const Result<Currency> parsed = Currency::parse(code);
    ASSERT_FALSE(parsed.ok()) << code;
    EXPECT_EQ(parsed.failure().code, "unknown_currency") << code;
  }
  EXPECT_TRUE(Currency().empty());
  EXPECT_EQ(Currency().code(), "");
}

TEST(Money, CheckedArithmetic) {
  EXPECT_EQ(*add(eur(1050), eur(-50)), eur(1000));
  EXPECT_EQ(*subtract(eur(10), eur(50)), eur(-40));
  EXPECT_EQ(*negate(eur(5)), eur(-5));
  EXPECT_EQ(*add_minor(INT64_MAX - 1, 1), INT64_MAX);
  EXPECT_EQ(code_of(add(eur(INT64_MAX), eur(1))), "amount_out_of_range");
  EXPECT_EQ(code_of(subtract(eur(-INT64_MAX), eur(1))), "amount_out_of_range");
  EXPECT_EQ(code_of(negate(eur(INT64_MIN))), "amount_out_of_range");
  EXPECT_EQ(code_of(add(eur(1), {currency("USD"), 1})), "currency_mismatch");
  EXPECT_EQ(code_of(subtract(eur(1), {currency("USD"), 1})), "currency_mismatch");
}

TEST(Money, CompareWithinOneCurrencyOnly) {
  EXPECT_TRUE(*compare(eur(1), eur(2)) < 0);
  EXPECT_TRUE(*compare(eur(2), eur(2)) == 0);
  EXPECT_EQ(compare(eur(1), {currency("USD"), 1}).failure().code, "currency_mismatch");
  EXPECT_FALSE(eur(0) == (Money{currency("USD"), 0}));
}

TEST(ParseAmount, ExactMinorUnits) {
  EXPECT_EQ(*parse_amount("1681.98", currency("EUR")), eur(168198));
  EXPECT_EQ(*parse_amount("5", currency("EUR")), eur(500));
  EXPECT_EQ(*parse_amount("-0.1", currency("EUR")), eur(-10));
  EXPECT_EQ(*parse_amount("5.000", currency("EUR")), eur(500));
  EXPECT_EQ(parse_amount("500.0", currency("JPY"))->minor, 500);
  EXPECT_EQ(parse_amount("1.234", currency("TND"))->minor, 1234);
  EXPECT_EQ(parse_amount("1.2345", currency("CLF"))->minor, 12345);
  EXPECT_EQ(*parse_amount(
                "1 681,98", currency("EUR"), {.decimal_separator = ',', .group_separator = " "}),
            eur(168198));
  // 0.29 * 100 is 28.999... as a double.
  EXPECT_EQ(*parse_amount("0.29", currency("EUR")), eur(29));
  EXPECT_EQ(*parse_amount("92233720368547758.07", currency("EUR")), eur(INT64_MAX));
  EXPECT_EQ(*parse_amount("-92233720368547758.07", currency("EUR")), eur(-INT64_MAX));
}

TEST(ParseAmount, Refusals) {
  EXPECT_EQ(code_of(parse_amount("5.001", currency("EUR"))), "too_many_decimals");
  EXPECT_EQ(code_of(parse_amount("0.5", currency("JPY"))), "too_many_decimals");
  EXPECT_EQ(code_of(parse_amount("0.0000000000000000001", currency("EUR"))), "too_many_decimals");
  EXPECT_EQ(code_of(parse_amount("5,00", currency("EUR"))), "not_a_number");
  EXPECT_EQ(code_of(parse_amount("abc", currency("EUR"))), "not_a_number");
  EXPECT_EQ(code_of(parse_amount("", currency("EUR"))), "not_a_number");
  EXPECT_EQ(code_of(parse_amount("92233720368547758.08", currency("EUR"))), "amount_out_of_range");
  EXPECT_EQ(code_of(parse_amount("-9223372036854775808", currency("JPY"))), "amount_out_of_range");
  EXPECT_EQ(code_of(parse_amount("99999999999999999999", currency("CLF"))), "amount_out_of_range");
  EXPECT_EQ(code_of(parse_amount("999999999999999999999999", currency("EUR"))),
            "amount_out_of_range");
}

TEST(Format, Plain) {
  EXPECT_EQ(format(eur(168198)), "1681.98");
  EXPECT_EQ(format(eur(-500)), "-5.00");
  EXPECT_EQ(format(eur(-5)), "-0.05");
  EXPECT_EQ(format(eur(0)), "0.00");
  EXPECT_EQ(format({currency("JPY"), 500}), "500");
  EXPECT_EQ(format({currency("JPY"), -7}), "-7");
  EXPECT_EQ(format({currency("TND"), 1}), "0.001");
  EXPECT_EQ(format(eur(INT64_MIN)), "-92233720368547758.08");
  EXPECT_EQ(testing::PrintToString(eur(168198)), "1681.98 EUR");
}

TEST(RoundHalfUp, HalvesGoAwayFromZero) {
  EXPECT_EQ(*round_half_up(5, 2), 3);
  EXPECT_EQ(*round_half_up(-5, 2), -3);
  EXPECT_EQ(*round_half_up(249, 100), 2);
  EXPECT_EQ(*round_half_up(250, 100), 3);
  EXPECT_EQ(*round_half_up(-249, 100), -2);
  EXPECT_EQ(*round_half_up(4, 3), 1);
  EXPECT_EQ(*round_half_up(5, 3), 2);
  EXPECT_EQ(*round_half_up(-5, 3), -2);
  EXPECT_EQ(*round_half_up(0, 7), 0);
  EXPECT_EQ(*round_half_up(1, 1), 1);
}

TEST(RoundHalfUp, WideNumbers) {
  const Int128 largest = ~(Int128{1} << 127);
  EXPECT_EQ(*round_half_up(largest, largest), 1);
  EXPECT_EQ(*round_half_up(largest - 1, largest), 1);
  EXPECT_EQ(*round_half_up(largest / 2 + 1, largest), 1);
  EXPECT_EQ(*round_half_up(largest / 2, largest), 0);
  EXPECT_EQ(*round_half_up(-(largest / 2 + 1), largest), -1);
  EXPECT_EQ(round_half_up(largest, 1).failure().code, "amount_out_of_range");
  EXPECT_EQ(*round_half_up(Int128{INT64_MAX} * 10 + 4, 10), INT64_MAX);
  EXPECT_EQ(round_half_up(Int128{INT64_MAX} * 10 + 5, 10).failure().code, "amount_out_of_range");
}

TEST(RoundHalfUpDeathTest, DenominatorIsPositive) {
  EXPECT_DEATH(static_cast<void>(round_half_up(1, 0)), "denominator is positive");
}

}  // namespace
}  // namespace encours
