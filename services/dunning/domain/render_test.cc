// Goal: a message says what its template says, in the figures of its language. Method: texts
// written by hand.
#include "services/dunning/domain/render.h"

#include <gtest/gtest.h>

#include "services/dunning/domain/steps.h"

namespace encours::dunning {
namespace {

encours::common::v1alpha1::Money money(const std::string& currency, std::int64_t minor) {
  encours::common::v1alpha1::Money out;
  out.set_currency_code(currency);
  out.set_minor(minor);
  return out;
}

TEST(Render, AmountsAndDaysAsTheLanguageWritesThem) {
  EXPECT_EQ(format_amount(money("EUR", 123456), "fr"), "1\u202F234,56\u00A0€");
  EXPECT_EQ(format_amount(money("EUR", 123456), "en"), "€1,234.56");
  EXPECT_EQ(format_amount(money("EUR", -123456789), "fr-BE"), "-1\u202F234\u202F567,89\u00A0€");
  EXPECT_EQ(format_amount(money("JPY", 1234), "en"), "JPY\u00A01,234");
  EXPECT_EQ(format_amount(money("CHF", 5), "fr"), "0,05\u00A0CHF");
  EXPECT_EQ(format_day(to_proto(*Date::parse("2026-03-05")), "fr"), "05/03/2026");
  EXPECT_EQ(format_day(to_proto(*Date::parse("2026-03-05")), "en"), "5 March 2026");
}

v1alpha1::SendMail mail() {
  v1alpha1::SendMail out;
  out.mutable_sender()->set_name("Exemple SA");
  auto& action = *out.mutable_action();
  action.set_account("C-1");
  *action.mutable_day() = to_proto(*Date::parse("2026-03-13"));
  *action.mutable_amount() = money("EUR", 15000);
  for (int i = 1; i <= 2; ++i) {
    auto& line = *action.add_lines();
    line.set_invoice("I" + std::to_string(i) + " & <b>");
    *line.mutable_due_date() = to_proto(*Date::parse("2026-03-10"));
    *line.mutable_open_amount() = money("EUR", 5000 * i);
    line.set_days_late(i == 1 ? 3 : 0);
  }
  out.mutable_template_()->set_language("en");
  out.mutable_template_()->set_subject("{{customer}}: {{amount}}");
  out.mutable_template_()->set_body(
      "Dear {{contact}},\n{{#invoices}}- {{number}} {{open_amount}}{{#late}}, {{days_late}} days "
      "late{{/late}}\n{{/invoices}}{{creditor}}");
  return out;
}

TEST(Render, FillsTheTemplateAndEscapesNothing) {
  const auto text = render(mail(), {"Morel & Fils", "Anna"});
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->subject, "Morel & Fils: €150.00");
  EXPECT_EQ(text->body,
            "Dear Anna,\n- I1 & <b> €50.00, 3 days late\n- I2 & <b> €100.00\nExemple SA");
  // Of an erased person the account's number is left.
  EXPECT_EQ(render(mail(), {})->subject, "C-1: €150.00");
}

TEST(Render, WhatCanNotBeFilledIsRefused) {
  auto broken = mail();
  broken.mutable_template_()->set_body("{{#invoices}}");
  const auto text = render(broken, {});
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.failure().code, "not_rendered");
}

}  // namespace
}  // namespace encours::dunning
