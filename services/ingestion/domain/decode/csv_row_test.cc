// Goal: a row becomes the events that its mapping says, or is refused with its column and rule.
// Method: rows written by hand under one header; the expected events are written as text.
#include "services/ingestion/domain/decode/csv_row.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kMapping = R"(
row: invoice_with_settlement
source: sage
currency: EUR
columns:
  number: number
  customer: account
  issued: issue_date
  due: due_date
  amount: gross_amount
  currency: currency
  paid: settled_on
ignore: [note]
)";
constexpr const char* kHeader = "number,customer,issued,due,amount,currency,paid,note";

Mapping mapping_of(const std::string& yaml) {
  auto parsed = parse_mapping(yaml);
  EXPECT_TRUE(parsed.ok()) << describe(parsed.errors.front());
  return parsed.mapping;
}

std::string with(const std::string& lines) { return kMapping + lines; }

DecodedInput decode(const std::string& row,
                    const std::string& yaml = kMapping,
                    const std::string& header = kHeader) {
  return decode_csv_row(header, row, mapping_of(yaml), Origin{"acme", ""});
}

void expect_events(const DecodedInput& decoded, const std::vector<std::string>& expected) {
  EXPECT_THAT(decoded.errors, IsEmpty());
  ASSERT_EQ(decoded.events.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ErpEvent event;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"(tenant: "acme" source: "sage" )" + expected[i], &event));
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(decoded.events[i], event))
        << decoded.events[i].DebugString();
  }
}

constexpr const char* kInvoice = R"(id: "invoice/007" invoice_issued { number: "007" account: "C1"
    issue_date { year: 2026 month: 1 day: 31 } due_date { year: 2026 month: 3 day: 2 }
    gross_amount { currency_code: "EUR" minor: 97060 } })";

TEST(CsvRow, an_open_invoice) {
  expect_events(decode("007,C1,2026-01-31,2026-03-02,970.6,,,x"), {kInvoice});
}

TEST(CsvRow, a_settled_invoice_is_an_invoice_and_its_payment) {
  expect_events(decode("007,C1,2026-01-31,2026-03-02,970.6,,2026-02-15,"),
                {kInvoice, R"(id: "settlement/007" payment_received { payment: "settlement-007"
                    account: "C1" amount { currency_code: "EUR" minor: 97060 }
                    value_date { year: 2026 month: 2 day: 15 }
                    allocations { invoice: "007"
                                  amount { currency_code: "EUR" minor: 97060 } } })"});
}

TEST(CsvRow, sources_by_rank) {
  const auto decoded = decode_csv_row(kHeader,
                                      "007,C1,2026-01-31,2026-03-02,1,,,",
                                      mapping_of(kMapping),
                                      Origin{"acme", "import-1"});
  ASSERT_EQ(decoded.events.size(), 1u);
  EXPECT_EQ(decoded.events[0].source(), "import-1");
}

TEST(CsvRow, takes_the_currency_of_the_row_first) {
  const auto decoded = decode("1,C1,2026-01-31,2026-03-02,970,JPY,,");
  ASSERT_EQ(decoded.events.size(), 1u);
  EXPECT_EQ(decoded.events[0].invoice_issued().gross_amount().currency_code(), "JPY");
  EXPECT_EQ(decoded.events[0].invoice_issued().gross_amount().minor(), 970);
}

TEST(CsvRow, columns_stand_in_any_order_and_blanks_do_not_count) {
  const auto decoded = decode(" 2026-03-02 ,x,007, C1 ,\"970.60\",2026-01-31,EUR,\t",
                              kMapping,
                              "\xEF\xBB\xBF"
                              "due, note ,number,customer,amount,issued,currency,paid");
  expect_events(decoded, {kInvoice});
}

TEST(CsvRow, nothing_is_paid_for_an_invoice_of_nothing) {
  const auto decoded = decode("1,C1,2026-01-31,2026-03-02,0,,2026-02-15,");
  EXPECT_THAT(decoded.errors, IsEmpty());
  EXPECT_EQ(decoded.events.size(), 1u);
}

TEST(CsvRow, an_amount_below_zero_is_a_credit_note_if_the_mapping_says_so) {
  const auto decoded = decode("A7,C1,2026-01-31,2026-03-02,-12.5,,2026-02-15,",
                              with("negative_amount: credit_note\n"));
  expect_events(decoded, {R"(id: "credit_note/A7" credit_note_issued { number: "A7" account: "C1"
      issue_date { year: 2026 month: 1 day: 31 } gross_amount { currency_code: "EUR" minor: 1250 }
      refunded_on { year: 2026 month: 2 day: 15 } })"});
}

TEST(CsvRow, french_export) {
  const std::string yaml = R"(
row: invoice
source: sage
encoding: windows-1252
separator: ";"
decimal_separator: ","
group_separator: " "
date_format: DD/MM/YYYY
columns: {"Pièce": number, Client: account, Date: issue_date, "Échéance": due_date,
          Montant: gross_amount, HT: net_amount, TVA: tax_amount, "Réf": structured_reference,
          Commande: order_reference, Devise: currency}
)";
  const auto decoded = decode(
      "FA-\xE9;C1;31/01/2026;02/03/2026;\"1 234,50\";1 028,75;205,75;RF18539007547034;K1;EUR",
      yaml,
      "Pi\xE8"
      "ce;Client;Date;\xC9"
      "ch\xE9"
      "ance;Montant;HT;TVA;R\xE9"
      "f;Commande;Devise");
  expect_events(decoded, {R"(id: "invoice/FA-é" invoice_issued { number: "FA-é" account: "C1"
      issue_date { year: 2026 month: 1 day: 31 } due_date { year: 2026 month: 3 day: 2 }
      gross_amount { currency_code: "EUR" minor: 123450 }
      net_amount { currency_code: "EUR" minor: 102875 }
      tax_amount { currency_code: "EUR" minor: 20575 }
      structured_reference: "RF18539007547034" references { order: "K1" } })"});
}

TEST(CsvRow, customer_and_contact) {
  const std::string yaml = R"(
row: invoice
source: sage
currency: EUR
columns: {n: number, c: account, i: issue_date, d: due_date, a: gross_amount, name: customer_name,
          siren: siren}
constants: {segment: retail, country: FR}
contact: {email: "ap+{account}@customers.example", name: "Accounts of {account}", language: fr}
)";
  const auto decoded =
      decode("1,C1,2026-01-31,2026-03-02,1,Morel SA,552032534", yaml, "n,c,i,d,a,name,siren");
  ASSERT_THAT(decoded.errors, IsEmpty());
  ASSERT_EQ(decoded.events.size(), 2u);
  const auto& customer = decoded.events[0].customer_upserted();
  EXPECT_EQ(decoded.events[0].id().substr(0, 12), "customer/C1/");
  EXPECT_EQ(decoded.events[0].id().size(), 28u);
  EXPECT_EQ(decoded.events[0].occurred_case(), ErpEvent::OCCURRED_NOT_SET);
  EXPECT_EQ(customer.account(), "C1");
  EXPECT_EQ(customer.name(), "Morel SA");
  EXPECT_EQ(customer.segment(), "retail");
  EXPECT_EQ(customer.address().country(), "FR");
  EXPECT_EQ(customer.identifiers(0).scheme(), "SIREN");
  ASSERT_EQ(customer.contacts_size(), 1);
  EXPECT_EQ(customer.contacts(0).email(), "ap+C1@customers.example");
  EXPECT_EQ(customer.contacts(0).name(), "Accounts of C1");
  EXPECT_EQ(customer.contacts(0).language(), "fr");
  EXPECT_TRUE(customer.contacts(0).primary());

  // The same customer on another row is the same event; another name is another version of it.
  const auto again =
      decode("2,C1,2026-02-01,2026-03-02,1,Morel SA,552032534", yaml, "n,c,i,d,a,name,siren");
  EXPECT_EQ(again.events[0].id(), decoded.events[0].id());
  const auto renamed =
      decode("3,C1,2026-02-01,2026-03-02,1,Morel,552032534", yaml, "n,c,i,d,a,name,siren");
  EXPECT_NE(renamed.events[0].id(), decoded.events[0].id());
}

TEST(CsvRow, payments) {
  const std::string yaml = R"(
row: payment
source: sage
currency: EUR
columns: {id: payment, c: account, v: value_date, a: gross_amount, n: number, who: payer_name,
          text: remittance}
)";
  expect_events(decode("P1,C1,2026-02-01,10.00,F1,Morel,FACTURE F1", yaml, "id,c,v,a,n,who,text"),
                {R"(id: "payment/P1" payment_received { payment: "P1" account: "C1"
                    amount { currency_code: "EUR" minor: 1000 }
                    value_date { year: 2026 month: 2 day: 1 } payer_name: "Morel"
                    remittance_lines: "FACTURE F1" allocations { invoice: "F1"
                      amount { currency_code: "EUR" minor: 1000 } } })"});
  const auto without = decode("P1,,2026-02-01,10.00,,,", yaml, "id,c,v,a,n,who,text");
  EXPECT_THAT(without.errors, IsEmpty());
  ASSERT_EQ(without.events.size(), 1u);
  EXPECT_EQ(without.events[0].payment_received().allocations_size(), 0);
  EXPECT_EQ(decode("P1,,2026-02-01,-10.00,,,", yaml, "id,c,v,a,n,who,text").errors[0].code,
            "negative_amount");
}

struct BadRow {
  const char* name;
  std::string row;
  std::vector<std::string> expected;
  std::string yaml = kMapping;
  std::string header = kHeader;
};

class BadRows : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadRows, are_refused_with_column_and_rule) {
  const auto decoded = decode(GetParam().row, GetParam().yaml, GetParam().header);
  std::vector<std::string> codes;
  for (const auto& error : decoded.errors) {
    codes.push_back(error.code + " " + error.field);
    EXPECT_THAT(error.message, Not(HasSubstr("Morel")));
    EXPECT_FALSE(error.message.empty());
  }
  EXPECT_EQ(codes, GetParam().expected);
  EXPECT_THAT(decoded.events, IsEmpty());
}

const std::vector<BadRow> kBadRows = {
    {"all_blank",
     ",,,,,,,",
     {"missing_field number",
      "missing_field customer",
      "missing_field amount",
      "missing_field issued",
      "missing_field due"}},
    {"no_account", "1,,2026-01-31,2026-03-02,1,,,", {"missing_field customer"}},
    {"unknown_currency", "1,C1,2026-01-31,2026-03-02,1,EURO,,", {"unknown_currency currency"}},
    {"lower_case_currency", "1,C1,2026-01-31,2026-03-02,1,eur,,", {"unknown_currency currency"}},
    {"due_before_issue", "1,C1,2026-01-31,2026-01-30,1,,,", {"due_before_issue due"}},
    {"no_such_day", "1,C1,2026-02-30,2026-03-02,1,,,", {"invalid_date issued"}},
    {"another_form_of_date",
     "1,C1,31/01/2026,2026-03-02,1,,Morel,",
     {"invalid_date issued", "invalid_date paid"}},
    {"settled_in_a_far_year", "1,C1,2026-01-31,2026-03-02,1,,2999-01-01,", {"invalid_date paid"}},
    {"text_for_amount", "1,C1,2026-01-31,2026-03-02,Morel,,,", {"not_a_number amount"}},
    {"decimal_comma", "1,C1,2026-01-31,2026-03-02,\"1,5\",,,", {"not_a_number amount"}},
    {"decimals", "1,C1,2026-01-31,2026-03-02,1.005,,,", {"too_many_decimals amount"}},
    {"decimals_of_yen", "1,C1,2026-01-31,2026-03-02,1.5,JPY,,", {"too_many_decimals amount"}},
    {"huge", "1,C1,2026-01-31,2026-03-02,10000000000000.01,,,", {"amount_out_of_range amount"}},
    {"huger",
     "1,C1,2026-01-31,2026-03-02,99999999999999999999999,,,",
     {"amount_out_of_range amount"}},
    {"negative", "1,C1,2026-01-31,2026-03-02,-1,,,", {"negative_amount amount"}},
    {"several",
     "1,,2026-02-30,2026-03-02,x,EURO,,",
     {"missing_field customer", "not_a_number amount", "invalid_date issued"}},
    {"long_number",
     std::string(130, '1') + ",C1,2026-01-31,2026-03-02,1,,,",
     {"text_too_long number"}},
    {"line_in_number", "\"1\n2\",C1,2026-01-31,2026-03-02,1,,,", {"invalid_character number"}},
    {"too_few_columns", "1,C1,2026-01-31,2026-03-02,1,,", {"column_count "}},
    {"too_many_columns", "1,C1,2026-01-31,2026-03-02,1,5,,,", {"column_count "}},
    {"unclosed_quote", "1,\"C1,2026-01-31,2026-03-02,1,,,", {"unclosed_quote "}},
    {"no_utf8",
     "1,caf\xE9,2026-01-31,2026-03-02,1,,,x\xFF",
     {"invalid_utf8 customer", "invalid_utf8 note"}},
    {"no_windows",
     "1,C1\x81,2026-01-31,2026-03-02,1,,,",
     {"invalid_encoding customer"},
     with("encoding: windows-1252\n")},
    {"reserved_account", "1,~suspense,2026-01-31,2026-03-02,1,,,", {"reserved_name customer"}},
    {"other_header",
     "1,2",
     {"unknown_column a",
      "unknown_column b",
      "missing_column number",
      "missing_column customer",
      "missing_column issued",
      "missing_column due",
      "missing_column amount",
      "missing_column currency",
      "missing_column paid"},
     kMapping,
     "a,b"},
    {"extra_column",
     "1,C1,2026-01-31,2026-03-02,1,,,,x",
     {"unknown_column extra"},
     kMapping,
     std::string(kHeader) + ",extra"},
    {"column_twice",
     "1,C1,2026-01-31,2026-03-02,1,,,,x",
     {"duplicate_column note"},
     kMapping,
     std::string(kHeader) + ",note"},
    {"header_without_utf8", "1", {"invalid_utf8 header, column 2"}, kMapping, "a,\xE9"},
    {"empty_header",
     "1",
     {"unknown_column ",
      "missing_column number",
      "missing_column customer",
      "missing_column issued",
      "missing_column due",
      "missing_column amount",
      "missing_column currency",
      "missing_column paid"},
     kMapping,
     ""}};

INSTANTIATE_TEST_SUITE_P(rows, BadRows, ::testing::ValuesIn(kBadRows), [](const auto& instance) {
  return instance.param.name;
});

TEST(CsvRow, other_columns_may_be_ignored) {
  const auto decoded = decode("007,C1,2026-01-31,2026-03-02,970.6,,,x,y",
                              with("other_columns: ignore\n"),
                              std::string(kHeader) + ",extra");
  expect_events(decoded, {kInvoice});
}

TEST(CsvRow, a_mistyped_column_is_recognised) {
  const auto decoded = decode("1,C1,2026-01-31,2026-03-02,1,,,",
                              kMapping,
                              "number,custmer,issued,due,amount,currency,paid,note");
  ASSERT_FALSE(decoded.errors.empty());
  EXPECT_THAT(decoded.errors[0].message, HasSubstr("Is it customer?"));
}

TEST(CsvRow, a_source_is_needed) {
  const std::string yaml =
      "row: invoice\ncurrency: EUR\ncolumns: {n: number, c: account, "
      "i: issue_date, d: due_date, a: gross_amount}\n";
  const auto decoded = decode("1,C1,2026-01-31,2026-03-02,1", yaml, "n,c,i,d,a");
  ASSERT_EQ(decoded.errors.size(), 1u);
  EXPECT_EQ(decoded.errors[0].code, "missing_field");
  EXPECT_EQ(decoded.errors[0].field, "source");
}

TEST(CheckCsvHeader, tells_before_any_row) {
  EXPECT_THAT(check_csv_header(kHeader, mapping_of(kMapping)), IsEmpty());
  EXPECT_THAT(check_csv_header("number", mapping_of(kMapping)), Not(IsEmpty()));
}

}  // namespace
}  // namespace encours::ingestion
