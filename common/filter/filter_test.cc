// Goal: a filter matches exactly what it says, and a wrong one is refused with its place.
// Method: one message of each interesting content, made from text; expectations by hand.
#include "common/filter/filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/filter/test_message.h"

namespace encours::filter {
namespace {

class FilterTest : public testing::Test {
 protected:
  bool matches(const std::string& text, const google::protobuf::Message& message) const {
    const Result<Filter> filter = Filter::compile(text, *test::Customer::descriptor());
    EXPECT_TRUE(filter.ok()) << text << ": " << filter.failure().message;
    return filter.ok() && filter->matches(message);
  }
  // Whether the filter matches the customer below.
  bool yes(const std::string& text) const { return matches(text, customer_); }

  std::string refusal(const std::string& text, const Options& options = {}) const {
    const Result<Filter> filter = Filter::compile(text, *test::Customer::descriptor(), options);
    if (filter.ok()) return "accepted";
    return filter.failure().code + " " + filter.failure().message;
  }

  const test::Customer customer_ = make_customer(R"(
      number: "C-0042" name: "Soci\303\251t\303\251 Dupont*" segment: "strategic"
      overdue { currency_code: "EUR" minor: 1000001 }
      due_date { year: 2026 month: 1 day: 31 }
      risk { paydex: 48 risk_class: RISK_CLASS_HIGH }
      tags: "vip" tags: "export" codes: 7 codes: -9
      contacts { email: "a@x.fr" role: "buyer" since { year: 2020 month: 2 day: 29 } }
      contacts { email: "b@y.de" role: "payer" deputy { email: "c@z.it" } }
      disputed: true trend: -0.25 seen_at { seconds: 1769846400 nanos: 5 }
      serial: 18446744073709551615 rate { unscaled: 2050 scale: 2 } days_late: 12
      limits { currency_code: "EUR" minor: 500 } limits { currency_code: "JPY" minor: 900 }
  )");
  const test::Customer empty_;
};

TEST_F(FilterTest, TheExampleOfTheDesign) {
  EXPECT_TRUE(yes("overdue > 10000 AND risk.paydex < 50 AND segment = \"strategic\""));
  EXPECT_FALSE(yes("overdue > 10000 AND risk.paydex < 48 AND segment = \"strategic\""));
  EXPECT_TRUE(yes(""));
  EXPECT_TRUE(matches("", empty_));
}

TEST_F(FilterTest, Texts) {
  EXPECT_TRUE(yes("number = C-0042"));
  EXPECT_FALSE(yes("number = c-0042")) << "= is exact";
  EXPECT_TRUE(yes("number != c-0042"));
  EXPECT_TRUE(yes("number = \"C-*\""));
  EXPECT_TRUE(yes("number = \"*42\""));
  EXPECT_FALSE(yes("number = \"*43\""));
  EXPECT_FALSE(yes("number != \"C*2\""));
  EXPECT_TRUE(yes("name:dupont"));
  EXPECT_TRUE(yes("name:\"SOCIETE DUP\""));
  EXPECT_TRUE(yes("name:\"societe*\""));
  EXPECT_FALSE(yes("name:\"dup*\""));
  EXPECT_TRUE(yes("name = \"*\\*\"")) << "a star at the end";
  EXPECT_FALSE(yes("segment = \"*\\*\""));
}

TEST_F(FilterTest, AmountsAreComparedExactly) {
  EXPECT_TRUE(yes("overdue = 10000.01"));
  EXPECT_TRUE(yes("overdue > 10000.00"));
  EXPECT_TRUE(yes("overdue > 10000.0099999"));
  EXPECT_TRUE(yes("overdue < 10000.010000000001"));
  EXPECT_FALSE(yes("overdue != 10000.010"));
  EXPECT_TRUE(yes("overdue >= -5"));
  EXPECT_TRUE(yes("overdue < 99999999999999999999"));
  const auto yen = make_customer("overdue { currency_code: 'JPY' minor: 500 }");
  EXPECT_TRUE(matches("overdue = 500", yen));
  EXPECT_TRUE(matches("overdue > 499.5", yen));
  const auto dinar = make_customer("overdue { currency_code: 'TND' minor: 1234 }");
  EXPECT_TRUE(matches("overdue = 1.234", dinar));
  const auto lowest = make_customer("overdue { currency_code: 'EUR' minor: -9223372036854775808 }");
  EXPECT_TRUE(matches("overdue = -92233720368547758.08", lowest));
  const auto zero = make_customer("overdue { }");
  EXPECT_TRUE(matches("overdue = 0", zero)) << "nothing owed has no currency";
  const auto unknown = make_customer("overdue { currency_code: 'ZZZ' minor: 5 }");
  EXPECT_FALSE(matches("overdue > 0 OR overdue <= 0", unknown));
  EXPECT_TRUE(yes("overdue.currency_code = EUR overdue.minor = 1000001"));
}

TEST_F(FilterTest, Numbers) {
  EXPECT_TRUE(yes("days_late = 12"));
  EXPECT_TRUE(yes("days_late > 11.5 days_late < 12.5"));
  EXPECT_TRUE(yes("days_late:12"));
  EXPECT_TRUE(yes("serial = 18446744073709551615"));
  EXPECT_TRUE(yes("serial > 9223372036854775807"));
  EXPECT_TRUE(yes("trend = -0.25"));
  EXPECT_TRUE(yes("trend < -2e-1"));
  EXPECT_TRUE(yes("rate = 20.5"));
  EXPECT_TRUE(yes("rate > 20.4999"));
  const auto nan = make_customer("trend: nan");
  EXPECT_FALSE(matches("trend < 0 OR trend >= 0", nan));
}

TEST_F(FilterTest, FlagsAndNames) {
  EXPECT_TRUE(yes("disputed = true"));
  EXPECT_FALSE(yes("disputed = false"));
  EXPECT_TRUE(yes("disputed != false"));
  EXPECT_TRUE(yes("risk.risk_class = RISK_CLASS_HIGH"));
  EXPECT_TRUE(yes("risk.risk_class = HIGH"));
  EXPECT_TRUE(yes("risk.risk_class = high"));
  EXPECT_TRUE(yes("risk.risk_class != low"));
}

TEST_F(FilterTest, DatesAndInstants) {
  EXPECT_TRUE(yes("due_date = 2026-01-31"));
  EXPECT_TRUE(yes("due_date = \"2026-01-31\""));
  EXPECT_TRUE(yes("due_date < 2026-02-01 due_date > 2025-12-31"));
  EXPECT_FALSE(yes("due_date >= 2026-02-01"));
  EXPECT_TRUE(yes("due_date.year = 2026"));
  EXPECT_TRUE(yes("seen_at > 2026-01-31T09:00:00+01:00")) << "by five nanoseconds";
  EXPECT_FALSE(yes("seen_at = 2026-01-31T08:00:00Z"));
  const auto broken = make_customer("due_date { year: 2026 month: 2 day: 30 }");
  EXPECT_FALSE(matches("due_date > 2000-01-01 OR due_date < 2000-01-02", broken));
}

TEST_F(FilterTest, WhatIsAbsentEqualsNothing) {
  EXPECT_FALSE(matches("risk.paydex < 50", empty_)) << "no score is not a bad score";
  EXPECT_FALSE(matches("overdue < 1", empty_));
  EXPECT_FALSE(matches("due_date <= 9999-12-31", empty_));
  EXPECT_FALSE(matches("owner = \"\"", empty_));
  EXPECT_TRUE(matches("owner != \"x\"", empty_)) << "!= is NOT =";
  EXPECT_TRUE(matches("NOT risk.paydex < 50", empty_));
  EXPECT_TRUE(matches("days_late = 0 segment = \"\" disputed = false", empty_))
      << "a plain field has its default";
  EXPECT_FALSE(yes("risk.score < 50"));
}

TEST_F(FilterTest, Presence) {
  EXPECT_TRUE(yes("risk:* overdue:* name:* tags:* contacts:* risk.paydex:* seen_at:*"));
  EXPECT_FALSE(yes("risk.score:*"));
  EXPECT_FALSE(yes("owner:*"));
  EXPECT_TRUE(yes("risk:paydex"));
  EXPECT_FALSE(yes("risk:score"));
  EXPECT_TRUE(yes("contacts.deputy.email:*"));
  EXPECT_FALSE(yes("contacts.deputy.role:*"));
  EXPECT_TRUE(yes("contacts:deputy"));
  EXPECT_FALSE(matches("risk:* OR name:* OR tags:* OR contacts:* OR days_late:*", empty_));
  EXPECT_TRUE(matches("-tags:*", empty_));
}

TEST_F(FilterTest, ListsHaveAnElement) {
  EXPECT_TRUE(yes("tags:vip"));
  EXPECT_TRUE(yes("tags:VIP"));
  EXPECT_FALSE(yes("tags:vi")) << "an element is named whole";
  EXPECT_TRUE(yes("tags:\"exp*\""));
  EXPECT_TRUE(yes("codes:-9"));
  EXPECT_FALSE(yes("codes:9"));
  EXPECT_TRUE(yes("contacts.email:\"y.de\"")) << "a text inside an element is searched";
  EXPECT_TRUE(yes("contacts.since:2020-02-29"));
  EXPECT_FALSE(yes("contacts.role:seller"));
  EXPECT_TRUE(yes("contacts.deputy.email:\"c@z.it\""));
  EXPECT_TRUE(yes("limits:5.00"));
  EXPECT_TRUE(yes("limits:900"));
  EXPECT_FALSE(yes("limits:9.00"));
  EXPECT_TRUE(yes("NOT tags:domestic"));
}

TEST_F(FilterTest, Logic) {
  EXPECT_TRUE(yes("days_late = 1 OR days_late = 12"));
  EXPECT_FALSE(yes("days_late = 12 AND days_late = 1"));
  EXPECT_TRUE(yes("days_late = 12 AND (days_late = 1 OR disputed = true)"));
  EXPECT_FALSE(yes("days_late = 1 AND days_late = 1 OR disputed = true")) << "OR binds tighter";
  EXPECT_TRUE(yes("(days_late = 1 AND days_late = 1) OR disputed = true"));
  EXPECT_TRUE(yes("-(days_late = 1) NOT days_late = 2"));
}

TEST_F(FilterTest, UnknownFieldsAreNamedWithASuggestion) {
  EXPECT_EQ(refusal("disputed=true overdu > 1"),
            "unknown_field Column 15: unknown field overdu. Did you mean overdue?");
  EXPECT_EQ(refusal("risk.paydx < 50"),
            "unknown_field Column 6: unknown field risk.paydx. Did you mean risk.paydex?");
  EXPECT_EQ(refusal("dueDate:*"),
            "unknown_field Column 1: unknown field dueDate. Did you mean due_date?");
  EXPECT_EQ(refusal("paydex < 50"),
            "unknown_field Column 1: unknown field paydex. Did you mean risk.paydex?");
  EXPECT_EQ(refusal("xyzzy = 1"), "unknown_field Column 1: unknown field xyzzy.");
  EXPECT_EQ(refusal("name.first = 1"), "unknown_field Column 6: name has no fields inside.");
  EXPECT_EQ(refusal("risk:paydx"),
            "unknown_field Column 6: unknown field risk.paydx. Did you mean risk.paydex?");
  Problem problem;
  EXPECT_FALSE(Filter::compile("overdu > 1", *test::Customer::descriptor(), {}, &problem).ok());
  EXPECT_EQ(problem.code, "unknown_field");
  EXPECT_EQ(problem.column, 1);
  EXPECT_EQ(problem.suggestion, "overdue");
}

TEST_F(FilterTest, TypesMustFit) {
  EXPECT_EQ(refusal("overdue > much"),
            "type_mismatch Column 11: overdue is compared with an amount as 10000.00, not with "
            "\"much\".");
  EXPECT_EQ(refusal("risk.paydex < 5O"),
            "type_mismatch Column 15: risk.paydex is compared with a number, not with \"5O\".");
  EXPECT_EQ(refusal("due_date > 31/01/2026"),
            "type_mismatch Column 12: due_date is compared with a date as 2026-01-31, not with "
            "\"31/01/2026\".");
  EXPECT_EQ(refusal("trend > inf").substr(0, 24), "type_mismatch Column 9: ");
  EXPECT_EQ(refusal("disputed = yes").substr(0, 24), "type_mismatch Column 12:");
  EXPECT_EQ(refusal("seen_at > 2026-01-31").substr(0, 24), "type_mismatch Column 11:");
  EXPECT_EQ(refusal("days_late = \"1*\""),
            "type_mismatch Column 13: only texts are compared with *.");
  EXPECT_EQ(refusal("risk = 1"),
            "type_mismatch Column 6: risk is a group of fields: name one of them, as in "
            "risk.paydex.");
  EXPECT_EQ(refusal("risk.risk_class = hihg"),
            "unknown_value Column 19: risk.risk_class has no value hihg. Did you mean HIGH?");
}

TEST_F(FilterTest, OperatorsMustFit) {
  EXPECT_EQ(refusal("segment > a"),
            "operator_not_allowed Column 9: a text is compared with =, != or :.");
  EXPECT_EQ(refusal("disputed < true").substr(0, 20), "operator_not_allowed");
  EXPECT_EQ(refusal("risk.risk_class >= LOW").substr(0, 20), "operator_not_allowed");
  EXPECT_EQ(refusal("tags = vip"),
            "repeated_needs_has Column 6: tags has many values: ask with tags:value.");
  EXPECT_EQ(refusal("contacts.email != x").substr(0, 18), "repeated_needs_has");
  EXPECT_EQ(refusal("picture = x"), "unsupported_type Column 1: picture can't be compared.");
  EXPECT_EQ(refusal("labels:x").substr(0, 16), "unsupported_type");
  EXPECT_EQ(refusal("labels.key:x").substr(0, 13), "unknown_field");
}

TEST_F(FilterTest, ForbiddenFields) {
  const Options options{
      .allowed = [](std::string_view path) { return path != "name" && path != "risk.score"; },
      .field = "query"};
  EXPECT_EQ(refusal("days_late = 1 AND name:a", options),
            "field_not_allowed Column 19: name can't be used here.");
  EXPECT_EQ(refusal("risk:score", options),
            "field_not_allowed Column 1: risk.score can't be used here.");
  EXPECT_EQ(refusal("nam:a", options), "unknown_field Column 1: unknown field nam.")
      << "what is forbidden is not suggested";
  EXPECT_EQ(refusal("risk.paydex = 1", options), "accepted");
  EXPECT_EQ(Filter::compile("x", *test::Customer::descriptor(), options).failure().field, "query");
}

TEST_F(FilterTest, SaysWhatItUses) {
  const Filter filter =
      Filter::compile("overdue>1 (risk.paydex<5 OR risk:score)", *test::Customer::descriptor())
          .value();
  EXPECT_EQ(filter.fields(),
            (std::set<std::string>{"overdue", "risk", "risk.paydex", "risk.score"}));
  EXPECT_EQ(filter.text(), "(overdue > \"1\" AND (risk.paydex < \"5\" OR risk : \"score\"))");
  EXPECT_FALSE(filter.matches_all());
  EXPECT_TRUE(Filter::compile(" ", *test::Customer::descriptor())->matches_all());
}

TEST_F(FilterTest, AnotherTypeOfMessageIsAProgrammersMistake) {
  const Filter filter = Filter::compile("", *test::Customer::descriptor()).value();
  const google::protobuf::Timestamp other;
  EXPECT_DEATH(static_cast<void>(filter.matches(other)), "a filter is for one type");
}

}  // namespace
}  // namespace encours::filter
