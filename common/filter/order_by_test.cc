// Goal: keys compare as the messages should be ordered, in both directions.
// Method: for each type a list of messages in the expected order, by hand; every pair is compared.
#include "common/filter/order_by.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/filter/test_message.h"

namespace encours::filter {
namespace {

class OrderByTest : public testing::Test {
 protected:
  // `texts` are messages in ascending order of `order`, without equals.
  void expect_ordered(const std::string& order, const std::vector<std::string>& texts) {
    const OrderBy by = OrderBy::compile(order, *test::Customer::descriptor()).value();
    std::vector<test::Customer> rows;
    for (const std::string& text : texts) rows.push_back(make_customer(text));
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = 0; j < rows.size(); ++j) {
        EXPECT_TRUE((by.compare(rows[i], rows[j]) <=> 0) == (i <=> j))
            << order << ": " << texts[i] << " and " << texts[j];
      }
    }
  }
  std::string refusal(const std::string& order) const {
    const Result<OrderBy> by = OrderBy::compile(order, *test::Customer::descriptor());
    if (by.ok()) return "accepted";
    EXPECT_EQ(by.failure().field, "order_by");
    return by.failure().code + " " + by.failure().message;
  }
};

TEST_F(OrderByTest, Texts) {
  expect_ordered("name",
                 {"",
                  "name: 'a\\001'",
                  "name: 'ab'",
                  "name: '\303\211lan'",
                  "name: 'elan b'",
                  "name: 'Zoo'",
                  "name: 'zoo'"});
  expect_ordered("name", {"name: 'a'", "name: 'a\\000'", "name: 'a\\000b'", "name: 'a\\001'"});
  expect_ordered("name desc", {"name: 'b'", "name: 'ab'", "name: 'a'", ""});
}

TEST_F(OrderByTest, Numbers) {
  expect_ordered("days_late",
                 {"days_late: -2147483648", "days_late: -1", "", "days_late: 1", "days_late: 256"});
  expect_ordered("days_late desc", {"days_late: 256", "", "days_late: -1"});
  expect_ordered("serial",
                 {"serial: 1", "serial: 9223372036854775808", "serial: 18446744073709551615"});
  expect_ordered("trend",
                 {"trend: -inf",
                  "trend: -1.5",
                  "trend: -0.25",
                  "trend: 0",
                  "trend: 1e-300",
                  "trend: 2",
                  "trend: inf",
                  "trend: nan"});
  expect_ordered("trend desc", {"trend: 2", "trend: -1.5", "trend: nan"});
  expect_ordered("rate",
                 {"rate { unscaled: -1 }",
                  "rate { unscaled: 149 scale: 2 }",
                  "rate { unscaled: 15 scale: 1 }",
                  "rate { unscaled: 9223372036854775807 }",
                  ""});
}

TEST_F(OrderByTest, DatesFlagsNames) {
  expect_ordered("due_date",
                 {"due_date { year: 1 month: 1 day: 1 }",
                  "due_date { year: 2026 month: 1 day: 31 }",
                  "due_date { year: 2026 month: 2 day: 1 }",
                  ""});
  expect_ordered(
      "due_date desc",
      {"due_date { year: 2026 month: 2 day: 1 }", "due_date { year: 2026 month: 1 day: 31 }", ""});
  expect_ordered("seen_at",
                 {"seen_at { seconds: -1 }",
                  "seen_at { }",
                  "seen_at { nanos: 1 }",
                  "seen_at { seconds: 1 }",
                  ""});
  expect_ordered("disputed", {"", "disputed: true"});
  expect_ordered("risk.risk_class desc",
                 {"risk { risk_class: RISK_CLASS_HIGH }",
                  "risk { risk_class: RISK_CLASS_LOW }",
                  "risk { }",
                  ""});
}

TEST_F(OrderByTest, AmountsByCurrencyFirst) {
  const std::string euro = "overdue { currency_code: 'EUR' minor: ";
  const std::string yen = "overdue { currency_code: 'JPY' minor: ";
  expect_ordered("overdue", {euro + "-5 }", euro + "1000 }", yen + "-9 }", yen + "3 }", ""});
  expect_ordered("overdue desc", {euro + "1000 }", euro + "-5 }", yen + "3 }", yen + "-9 }", ""});
}

TEST_F(OrderByTest, SeveralFields) {
  expect_ordered("days_late desc, name",
                 {"days_late: 2 name: 'a'", "days_late: 2 name: 'b'", "days_late: 1 name: 'a'"});
  expect_ordered("name , number desc",
                 {"name: 'a' number: '2'",
                  "name: 'a' number: '1'",
                  "name: 'a b' number: '0'",
                  "name: 'ab' number: '0'"});
  const OrderBy none = OrderBy::compile("", *test::Customer::descriptor()).value();
  EXPECT_EQ(none.key(make_customer("name: 'a'")), "");
}

TEST_F(OrderByTest, Refusals) {
  EXPECT_EQ(refusal("name, overdu desc"),
            "unknown_field Column 7: unknown field overdu. Did you mean overdue?");
  EXPECT_EQ(refusal("name down"),
            "syntax_error Column 6: behind a field stands asc, desc or a comma.");
  EXPECT_EQ(refusal("name asc desc"), "syntax_error Column 10: fields are separated by commas.");
  EXPECT_EQ(refusal("name,"), "syntax_error Column 6: the name of a field is missing here.");
  EXPECT_EQ(refusal("name, name desc"), "syntax_error Column 7: name is named twice.");
  EXPECT_EQ(refusal("tags"), "unsupported_type Column 1: tags has no order.");
  EXPECT_EQ(refusal("contacts.email"), "unsupported_type Column 1: contacts.email has no order.");
  EXPECT_EQ(refusal("risk"), "unsupported_type Column 1: risk has no order.");
  EXPECT_EQ(refusal("name = 1").substr(0, 21), "syntax_error Column 6");
  EXPECT_EQ(refusal("number,name,segment,overdue,due_date,risk.paydex,disputed,trend,seen_at,"
                    "serial,rate")
                .substr(0, 14),
            "order_too_long");
  EXPECT_EQ(refusal("number ASC").substr(0, 12), "syntax_error");
}

}  // namespace
}  // namespace encours::filter
