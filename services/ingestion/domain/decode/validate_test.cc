// Goal: each rule refuses what it must, with its code and its field, and no good event. Method: a
// good event of each kind as text, then that text with one thing changed; all errors are expected,
// so a rule that says too much fails as well.
#include "services/ingestion/domain/decode/validate.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

ErpEvent event_of(const std::string& text) {
  ErpEvent event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

std::vector<std::string> codes(const ErpEvent& event) {
  std::vector<std::string> out;
  for (const auto& error : validate(event)) {
    out.push_back(error.code + " " + error.field);
    EXPECT_EQ(error.reaction, Reaction::kRefused);
    EXPECT_FALSE(error.message.empty());
    EXPECT_EQ(error.message.find("Morel"), std::string::npos) << "a message quotes a value";
  }
  return out;
}

std::string head(const std::string& body) { return R"(source: "sap" id: "1" )" + body; }

std::string day(const std::string& field, int month, int day_of_month) {
  return field + " { year: 2026 month: " + std::to_string(month) +
         " day: " + std::to_string(day_of_month) + " } ";
}

std::string euros(const std::string& field, std::int64_t minor) {
  return field + R"( { currency_code: "EUR" minor: )" + std::to_string(minor) + " } ";
}

std::string invoice(const std::string& more = "") {
  return head(R"(invoice_issued { number: "F1" account: "C1" )" + day("issue_date", 1, 31) +
              day("due_date", 3, 2) + euros("gross_amount", 12000) + more + "}");
}

std::string payment(const std::string& more = "") {
  return head(R"(payment_received { payment: "P1" account: "C1" )" + day("value_date", 2, 1) +
              euros("amount", 10000) + more + "}");
}

const std::vector<std::string> kGood = {
    invoice(),
    invoice(euros("net_amount", 10000) + euros("tax_amount", 2000)),
    invoice("instalments { number: 1 " + day("due_date", 2, 1) + euros("amount", 5000) +
            "} instalments { number: 2 " + day("due_date", 3, 1) + euros("amount", 7000) + "}"),
    head(R"(invoice_issued { number: "F1" account: "C1" )" + day("issue_date", 1, 31) +
         day("due_date", 1, 31) + euros("gross_amount", 0) + "}"),
    payment(),
    payment(R"(allocations { invoice: "F1" )" + euros("amount", 4000) +
            R"(} allocations { invoice: "F2" )" + euros("amount", 6000) + "}"),
    head(R"(credit_note_issued { number: "A1" account: "C1" )" + day("issue_date", 2, 1) +
         euros("gross_amount", 500) + R"(invoices { invoice: "F1" )" + euros("amount", 500) + "}}"),
    head(R"(invoice_cancelled { invoice: "F1" })"),
    head(R"(payment_allocated { allocation: "L1" payment: "P1" part { invoice: "F1" )" +
         euros("amount", 1) + "}}"),
    head(R"(allocation_reversed { payment: "P1" invoice: "F1" })"),
    head(R"(payment_rejected { payment: "P1" reason_code: "AM04" })"),
    head(R"(customer_upserted { account: "C1" name: "Morel" address { country: "FR" }
         identifiers { scheme: "SIREN" value: "552032534" }
         identifiers { scheme: "SIRET" value: "35600000049837" }
         identifiers { scheme: "VAT" value: "FR27552032534" }
         identifiers { scheme: "DUNS" value: "123" }
         contacts { id: "1" } time_zone: "Europe/Paris" currency_code: "EUR" })"),
    head(R"(order_placed { order: "O1" account: "C1" )" + euros("gross_amount", 100) + "}"),
    head(R"(order_invoiced { order: "O1" invoice: "F1" })"),
    head(R"(term_paper_accepted { term_paper: "T1" account: "C1" )" + euros("amount", 100) +
         day("maturity_date", 5, 1) + "}"),
    head(R"(down_payment_received { down_payment: "D1" account: "C1" )" + euros("amount", 100) +
         day("value_date", 5, 1) + "}"),
    head(R"(dispute_opened { dispute: "L1" invoice: "F1" })"),
    head(R"(dispute_resolved { dispute: "L1" outcome: DISPUTE_OUTCOME_REJECTED })"),
    head(R"(promise_recorded { promise: "P1" account: "C1" )" + euros("amount", 100) +
         day("promised_date", 5, 1) + "}"),
    head(R"(promise_recorded { promise: "P1" withdrawn: true })"),
    head(R"(hold_placed { hold: "H1" account: "C1" )" + day("until", 5, 1) + "}"),
    head(R"(hold_released { hold: "H1" })"),
    head(R"(write_off_recorded { write_off: "W1" invoice: "F1" )" + euros("amount", 100) + "}"),
    head(R"(write_off_recorded { write_off: "W2" account: "C1" reverses: "W1" })"),
    head(R"(set_off_recorded { set_off: "S1" account: "C1" )" + euros("amount", 100) + "}"),
    head(R"(internal_limit_set { account: "C1" })"),
    head(R"(einvoice_status_changed { invoice: "F1" status: E_INVOICE_STATUS_DISPUTED })")};

TEST(Validate, takes_good_events_of_every_kind) {
  for (const auto& text : kGood) {
    EXPECT_EQ(codes(event_of(text)), std::vector<std::string>()) << text;
  }
}

struct Violation {
  const char* name;
  std::string text;
  std::vector<std::string> expected;
};

class Violations : public ::testing::TestWithParam<Violation> {};

TEST_P(Violations, are_all_named) {
  EXPECT_EQ(codes(event_of(GetParam().text)), GetParam().expected);
}

auto name_of = [](const auto& instance) { return std::string(instance.param.name); };

const std::vector<Violation> kHeadViolations = {
    {"empty", "", {"id_missing id", "missing_field source", "missing_field event"}},
    {"no_id", R"(source: "sap" invoice_cancelled { invoice: "F1" })", {"id_missing id"}},
    {"source_with_slash",
     R"(source: "a/b" id: "1" invoice_cancelled { invoice: "F1" })",
     {"invalid_source source"}},
    {"long_id",
     R"(source: "sap" id: ")" + std::string(129, 'x') + R"(" invoice_cancelled { invoice: "F1" })",
     {"text_too_long id"}},
    {"control_character",
     head(R"(invoice_cancelled { invoice: "F\x01" })"),
     {"invalid_character invoice_cancelled.invoice"}},
    {"blanks",
     head(R"(invoice_cancelled { invoice: " F1" })"),
     {"surrounding_blanks invoice_cancelled.invoice"}},
    {"long_personal_text",
     payment("remittance_lines: \"" + std::string(4097, 'x') + "\""),
     {"text_too_long payment_received.remittance_lines[0]"}},
    {"instant",
     head("invoice_cancelled { invoice: \"F1\" } occurred_at { seconds: 7258118400 }"),
     {"invalid_instant occurred_at"}},
    {"nanos",
     head("invoice_cancelled { invoice: \"F1\" } occurred_at { nanos: -1 }"),
     {"invalid_instant occurred_at"}},
    {"enum_number", payment("means: 99"), {"unknown_value payment_received.means"}}};

INSTANTIATE_TEST_SUITE_P(head, Violations, ::testing::ValuesIn(kHeadViolations), name_of);

const std::vector<Violation> kInvoiceViolations = {
    {"nothing_but_the_event",
     head("invoice_issued { }"),
     {"missing_field invoice_issued.number",
      "missing_field invoice_issued.account",
      "missing_field invoice_issued.issue_date",
      "missing_field invoice_issued.due_date",
      "missing_field invoice_issued.gross_amount"}},
    {"due_before_issue",
     head(R"(invoice_issued { number: "F1" account: "C1" )" + day("issue_date", 1, 31) +
          day("due_date", 1, 30) + euros("gross_amount", 1) + "}"),
     {"due_before_issue invoice_issued.due_date"}},
    {"negative",
     head(R"(invoice_issued { number: "F1" account: "C1" )" + day("issue_date", 1, 1) +
          day("due_date", 1, 30) + euros("gross_amount", -1) + "}"),
     {"negative_amount invoice_issued.gross_amount"}},
    {"no_such_day",
     head(R"(invoice_issued { number: "F1" account: "C1" )" + day("issue_date", 2, 29) +
          day("due_date", 3, 30) + euros("gross_amount", 1) + "}"),
     {"invalid_date invoice_issued.issue_date"}},
    {"far_year",
     head(R"(invoice_issued { number: "F1" account: "C1"
                      issue_date { year: 2026 month: 1 day: 1 }
                      due_date { year: 2200 month: 1 day: 1 } )" +
          euros("gross_amount", 1) + "}"),
     {"invalid_date invoice_issued.due_date"}},
    {"unknown_currency",
     head(R"(invoice_issued { number: "F1" account: "C1" )" + day("issue_date", 1, 1) +
          day("due_date", 1, 30) + R"(gross_amount { currency_code: "EURO" minor: 1 } })"),
     {"unknown_currency invoice_issued.gross_amount.currency_code"}},
    {"no_currency",
     head(R"(invoice_issued { number: "F1" account: "C1" )" + day("issue_date", 1, 1) +
          day("due_date", 1, 30) + R"(gross_amount { minor: 1 } })"),
     {"missing_field invoice_issued.gross_amount.currency_code"}},
    {"too_much",
     head(R"(invoice_issued { number: "F1" account: "C1" )" + day("issue_date", 1, 1) +
          day("due_date", 1, 30) + euros("gross_amount", 1'000'000'000'000'001) + "}"),
     {"amount_out_of_range invoice_issued.gross_amount.minor"}},
    {"totals",
     invoice(euros("net_amount", 10000) + euros("tax_amount", 1999)),
     {"totals_do_not_add_up invoice_issued.gross_amount"}},
    {"two_currencies",
     invoice(R"(net_amount { currency_code: "USD" minor: 1 } )"),
     {"currency_mismatch invoice_issued.net_amount"}},
    {"instalments_sum",
     invoice("instalments { number: 1 " + day("due_date", 2, 1) + euros("amount", 5000) +
             "} instalments { number: 2 " + day("due_date", 3, 1) + euros("amount", 6999) + "}"),
     {"instalments_do_not_add_up invoice_issued.instalments"}},
    {"instalment_fields",
     invoice("instalments { number: 1 " + day("due_date", 1, 30) + euros("amount", 12000) +
             "} instalments { number: 1 " + euros("amount", 0) + "}"),
     {"due_before_issue invoice_issued.instalments[0].due_date",
      "missing_field invoice_issued.instalments[1].due_date",
      "zero_amount invoice_issued.instalments[1].amount",
      "duplicate_id invoice_issued.instalments[1].number"}},
    {"reserved_account",
     head(R"(invoice_issued { number: "F1" account: "~suspense" )" + day("issue_date", 1, 1) +
          day("due_date", 1, 30) + euros("gross_amount", 1) + "}"),
     {"reserved_name invoice_issued.account"}},
    {"reference",
     invoice(R"(structured_reference: "RF19539007547034")"),
     {"invalid_identifier invoice_issued.structured_reference"}},
    {"credit_note_parts",
     head(R"(credit_note_issued { number: "A1" account: "C1" )" + day("issue_date", 2, 1) +
          euros("gross_amount", 500) + R"(invoices { invoice: "F1" )" + euros("amount", 501) +
          "}}"),
     {"allocations_above_credit_note credit_note_issued.invoices"}},
    {"credit_note_negative",
     head(R"(credit_note_issued { number: "A1" account: "C1" )" + day("issue_date", 2, 1) +
          euros("gross_amount", -500) + "}"),
     {"negative_amount credit_note_issued.gross_amount"}},
    {"cancelled_nothing",
     head("invoice_cancelled { }"),
     {"missing_field invoice_cancelled.invoice"}},
    {"no_status",
     head(R"(einvoice_status_changed { invoice: "F1" })"),
     {"missing_field einvoice_status_changed.status"}}};

INSTANTIATE_TEST_SUITE_P(invoices, Violations, ::testing::ValuesIn(kInvoiceViolations), name_of);

const std::vector<Violation> kMoneyViolations = {
    {"nothing_but_the_event",
     head("payment_received { }"),
     {"missing_field payment_received.payment",
      "missing_field payment_received.amount",
      "missing_field payment_received.value_date"}},
    {"negative",
     head(R"(payment_received { payment: "P1" )" + day("value_date", 2, 1) + euros("amount", -1) +
          "}"),
     {"negative_amount payment_received.amount"}},
    {"zero",
     head(R"(payment_received { payment: "P1" )" + day("value_date", 2, 1) + euros("amount", 0) +
          "}"),
     {"zero_amount payment_received.amount"}},
    {"allocated_too_much",
     payment(R"(allocations { invoice: "F1" )" + euros("amount", 4000) +
             R"(} allocations { invoice: "F2" )" + euros("amount", 6001) + "}"),
     {"allocations_above_payment payment_received.allocations"}},
    {"allocation_to_nothing",
     payment("allocations { " + euros("amount", 1) + "}"),
     {"missing_field payment_received.allocations[0].invoice"}},
    {"allocation_in_dollars",
     payment(R"(allocations { invoice: "F1" amount { currency_code: "USD" minor: 1 } })"),
     {"currency_mismatch payment_received.allocations[0].amount"}},
    {"iban",
     payment(R"(payer_account { iban: "FR1420041010050500013M02607" })"),
     {"invalid_identifier payment_received.payer_account.iban"}},
    {"allocation_without_origin",
     head(R"(payment_allocated { allocation: "L1" part { invoice: "F1" )" + euros("amount", 1) +
          "}}"),
     {"missing_field payment_allocated.payment"}},
    {"reversal_of_nothing",
     head("allocation_reversed { }"),
     {"missing_field allocation_reversed.allocation", "missing_field allocation_reversed.account"}},
    {"rejection_of_nothing",
     head("payment_rejected { }"),
     {"missing_field payment_rejected.payment", "missing_field payment_rejected.account"}},
    {"paper_before_itself",
     head(R"(term_paper_accepted { term_paper: "T1" account: "C1" )" + euros("amount", 100) +
          day("accepted_on", 5, 2) + day("maturity_date", 5, 1) + "}"),
     {"end_before_start term_paper_accepted.maturity_date"}},
    {"write_off_of_nothing",
     head(R"(write_off_recorded { write_off: "W1" account: "C1" })"),
     {"missing_field write_off_recorded.invoice", "missing_field write_off_recorded.amount"}},
    {"set_off_too_much",
     head(R"(set_off_recorded { set_off: "S1" account: "C1" )" + euros("amount", 100) +
          R"(invoices { invoice: "F1" )" + euros("amount", 101) + "}}"),
     {"allocations_above_payment set_off_recorded.invoices"}},
    {"down_payment",
     head("down_payment_received { }"),
     {"missing_field down_payment_received.down_payment",
      "missing_field down_payment_received.amount",
      "missing_field down_payment_received.value_date"}}};

INSTANTIATE_TEST_SUITE_P(money, Violations, ::testing::ValuesIn(kMoneyViolations), name_of);

const std::vector<Violation> kOtherViolations = {
    {"siren",
     head(R"(customer_upserted { account: "C1"
                   identifiers { scheme: "SIREN" value: "000000000" } })"),
     {"invalid_identifier customer_upserted.identifiers[0].value"}},
    {"siret",
     head(R"(customer_upserted { account: "C1"
                   identifiers { scheme: "0009" value: "73282932000075" } })"),
     {"invalid_identifier customer_upserted.identifiers[0].value"}},
    {"vat",
     head(R"(customer_upserted { account: "C1"
                 identifiers { scheme: "VAT" value: "FR28552032534" } })"),
     {"invalid_identifier customer_upserted.identifiers[0].value"}},
    {"identifier_without_scheme",
     head(R"(customer_upserted { account: "C1" identifiers { value: "552032534" } })"),
     {"missing_field customer_upserted.identifiers[0]"}},
    {"contacts",
     head(R"(customer_upserted { account: "C1" contacts { name: "Morel" }
                      contacts { id: "1" } contacts { id: "1" } })"),
     {"missing_field customer_upserted.contacts[0].id",
      "duplicate_id customer_upserted.contacts[2].id"}},
    {"zone_country_currency",
     head(R"(customer_upserted { account: "C1" time_zone: "Europe/Lyon"
                                   currency_code: "FRF?" address { country: "fr" } })"),
     {"unknown_time_zone customer_upserted.time_zone",
      "unknown_currency customer_upserted.currency_code",
      "invalid_identifier customer_upserted.address.country"}},
    {"limit_of_both",
     head(R"(internal_limit_set { account: "C1" legal_entity: "E1" })"),
     {"contradiction internal_limit_set.account"}},
    {"limit_of_nobody",
     head("internal_limit_set { }"),
     {"contradiction internal_limit_set.account"}},
    {"hold_without_end",
     head(R"(hold_placed { hold: "H1" account: "C1" })"),
     {"missing_field hold_placed.until"}},
    {"hold_backwards",
     head(R"(hold_placed { hold: "H1" account: "C1" )" + day("from", 5, 2) + day("until", 5, 1) +
          "}"),
     {"end_before_start hold_placed.until"}},
    {"plan",
     head(R"(promise_recorded { promise: "P1" account: "C1" )" + euros("amount", 100) +
          "instalments { number: 1 " + day("promised_date", 5, 1) + euros("amount", 99) + "}}"),
     {"instalments_do_not_add_up promise_recorded.instalments"}},
    {"promise_of_nothing",
     head(R"(promise_recorded { promise: "P1" account: "C1" })"),
     {"missing_field promise_recorded.amount", "missing_field promise_recorded.promised_date"}},
    {"dispute_of_nobody",
     head(R"(dispute_opened { dispute: "L1" })"),
     {"missing_field dispute_opened.account"}},
    {"dispute_without_outcome",
     head(R"(dispute_resolved { dispute: "L1" })"),
     {"missing_field dispute_resolved.outcome"}},
    {"decimals",
     invoice("tax_breakdown { rate_percent { unscaled: 1 scale: 19 } }"),
     {"invalid_number invoice_issued.tax_breakdown[0].rate_percent.scale"}}};

INSTANTIATE_TEST_SUITE_P(others, Violations, ::testing::ValuesIn(kOtherViolations), name_of);

TEST(Validate, a_very_long_list_is_one_finding) {
  ErpEvent event = event_of(invoice());
  for (int i = 0; i < 10'001; ++i) event.mutable_invoice_issued()->add_lines();
  EXPECT_EQ(codes(event), std::vector<std::string>{"too_many_elements invoice_issued.lines"});
}

TEST(Validate, sums_do_not_overflow) {
  ErpEvent event = event_of(payment());
  for (int i = 0; i < 9'999; ++i) {
    auto& part = *event.mutable_payment_received()->add_allocations();
    part.set_invoice("F1");
    part.mutable_amount()->set_currency_code("EUR");
    part.mutable_amount()->set_minor(1'000'000'000'000'000);
  }
  EXPECT_EQ(codes(event),
            std::vector<std::string>{"allocations_above_payment payment_received.allocations"});
}

TEST(Names, of_sources) {
  EXPECT_TRUE(is_source_name("sap-fr_2:A.b"));
  EXPECT_FALSE(is_source_name(""));
  EXPECT_FALSE(is_source_name("a/b"));
  EXPECT_FALSE(is_source_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace encours::ingestion
