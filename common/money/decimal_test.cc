// Goal: numbers are read exactly as written, and what is not plainly a number is refused.
// Method: texts and expected mantissas by hand, one table for each style.
#include "common/money/decimal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace encours {
namespace {

constexpr DecimalStyle kFrench{.decimal_separator = ',', .group_separator = " "};
constexpr DecimalStyle kGerman{.decimal_separator = ',', .group_separator = "."};

struct Case {
  std::string_view text;
  int64_t mantissa;
  int scale;
};

void expect_read(const std::vector<Case>& cases, const DecimalStyle& style) {
  for (const Case& one : cases) {
    const Result<Decimal> parsed = parse_decimal(one.text, style);
    ASSERT_TRUE(parsed.ok()) << one.text;
    EXPECT_TRUE(parsed->mantissa == one.mantissa) << one.text;
    EXPECT_EQ(parsed->scale, one.scale) << one.text;
  }
}

void expect_refused(const std::vector<std::string>& texts, const DecimalStyle& style) {
  for (const std::string& text : texts) {
    const Result<Decimal> parsed = parse_decimal(text, style);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.failure().code, "not_a_number") << text;
  }
}

TEST(Decimal, Plain) {
  expect_read({{"0", 0, 0},
               {"-0.00", 0, 0},
               {"1681.98", 168198, 2},
               {"-5.00", -5, 0},
               {"+12", 12, 0},
               {".5", 5, 1},
               {"-.25", -25, 2},
               {"000123.4500", 12345, 2},
               {"1.000000000000000000000000000000", 1, 0}},
              {});
  expect_refused({"",
                  "-",
                  "+",
                  ".",
                  "5.",
                  "-.",
                  "1e3",
                  "0x1F",
                  "1,5",
                  "1 000",
                  "1_000",
                  "--5",
                  "5-",
                  " 5",
                  "5 ",
                  "1.2.3",
                  "NaN",
                  "inf",
                  "\u0661",
                  "12\u20ac",
                  "1\n",
                  std::string(65, '1'),
                  std::string("1\0", 2)},
                 {});
}

TEST(Decimal, GroupsOfThree) {
  expect_read({{"1 681,98", 168198, 2},
               {"1\u00a0681,98", 168198, 2},
               {"1\u202f681\u2009000", 1681000, 0},
               {"1681,98", 168198, 2},
               {"-12 345 678", -12345678, 0}},
              kFrench);
  expect_refused({"1 68,98", "1681 980", "1 6815", "1  681", " 681", "1 681 ", "1.681", "1 "},
                 kFrench);
  expect_read({{"1.681,98", 168198, 2}, {"1.681", 1681, 0}, {"1,681", 1681, 3}}, kGerman);
  expect_refused({"1.68", "1.681.9", "1681.98"}, kGerman);
}

TEST(Decimal, TrailingSign) {
  const DecimalStyle style{.trailing_sign = true};
  expect_read({{"12.50-", -125, 1}, {"12.50+", 125, 1}, {"-12.50", -125, 1}}, style);
  expect_refused({"-12.50-", "-", "12.50--"}, style);
}

TEST(Decimal, CompareByValue) {
  const auto compared = [](std::string_view left, std::string_view right) {
    return compare(parse_decimal(left).value(), parse_decimal(right).value());
  };
  EXPECT_TRUE(compared("1.5", "1.50") == 0);
  EXPECT_TRUE(compared("1.5", "1.49") > 0);
  EXPECT_TRUE(compared("1", "1.000000000000000001") < 0);
  EXPECT_TRUE(compared("-1.5", "-1.49") < 0);
  EXPECT_TRUE(compared("-0.1", "0") < 0);
  EXPECT_TRUE(compared("-0.1", "-1") > 0);
  EXPECT_TRUE(compared("99999999999999999999", "99999999999999999999.000000000000000001") < 0);
  EXPECT_TRUE(compared("-99999999999999999999.999999999999999999", "-99999999999999999999") < 0);
  EXPECT_TRUE(compare(Decimal{150, 2}, Decimal{15, 1}) == 0) << "not in lowest form";
}

TEST(Decimal, Limits) {
  const Result<Decimal> longest = parse_decimal("-99999999999999999999.999999999999999999");
  ASSERT_TRUE(longest.ok());
  EXPECT_TRUE(longest->mantissa == 1 - power_of_ten(38));
  EXPECT_EQ(longest->scale, 18);
  EXPECT_EQ(parse_decimal("100000000000000000000").failure().code, "number_out_of_range");
  EXPECT_EQ(parse_decimal("0.0000000000000000001").failure().code, "too_many_decimals");
}

}  // namespace
}  // namespace encours
