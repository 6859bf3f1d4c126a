// Goal: a mapping says what it says, and a wrong one is refused with the place of each mistake.
// Method: one full mapping read field by field, then a table of mistakes with the line, column,
// code and key that a person would look for; and random bytes that must not stop the process.
#include "services/ingestion/domain/decode/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kFull = R"(# What the export of the accounts looks like.
row: invoice_with_settlement
source: sage-fr
encoding: windows-1252
separator: ";"
decimal_separator: ","
group_separator: " "
date_format: DD/MM/YYYY
currency: EUR
negative_amount: credit_note
other_columns: ignore
columns:
  Pièce: number
  Client: account
  Date: issue_date
  Échéance: due_date
  Montant: gross_amount
  Réglé le: settled_on
ignore: [Libellé]
constants:
  segment: retail
contact:
  email: "{account}@customers.example"
  language: fr
)";

TEST(ParseMapping, reads_each_key) {
  const ParsedMapping parsed = parse_mapping(kFull);
  ASSERT_TRUE(parsed.ok()) << describe(parsed.errors.front());
  const Mapping& mapping = parsed.mapping;
  EXPECT_EQ(mapping.row(), proto::ROW_MEANING_INVOICE_WITH_SETTLEMENT);
  EXPECT_EQ(mapping.default_source(), "sage-fr");
  EXPECT_EQ(mapping.encoding(), proto::TEXT_ENCODING_WINDOWS_1252);
  EXPECT_EQ(mapping.separator(), ";");
  EXPECT_EQ(mapping.decimal_separator(), ",");
  EXPECT_EQ(mapping.group_separator(), " ");
  EXPECT_EQ(mapping.date_format(), "DD/MM/YYYY");
  EXPECT_EQ(mapping.default_currency(), "EUR");
  EXPECT_EQ(mapping.negative_amount(), proto::NEGATIVE_AMOUNT_CREDIT_NOTE);
  EXPECT_EQ(mapping.other_columns(), proto::OTHER_COLUMNS_IGNORE);
  ASSERT_EQ(mapping.columns_size(), 6);
  EXPECT_EQ(mapping.columns(0).column(), "Pièce");
  EXPECT_EQ(mapping.columns(0).field(), proto::MAPPING_FIELD_NUMBER);
  EXPECT_EQ(mapping.columns(5).field(), proto::MAPPING_FIELD_SETTLED_ON);
  ASSERT_EQ(mapping.ignored_columns_size(), 1);
  EXPECT_EQ(mapping.ignored_columns(0), "Libellé");
  ASSERT_EQ(mapping.constants_size(), 1);
  EXPECT_EQ(mapping.constants(0).field(), proto::MAPPING_FIELD_SEGMENT);
  EXPECT_EQ(mapping.constants(0).value(), "retail");
  EXPECT_EQ(mapping.contact().email_template(), "{account}@customers.example");
  EXPECT_EQ(mapping.contact().language(), "fr");
  EXPECT_EQ(mapping.written().text(), kFull);
}

constexpr const char* kShort =
    "row: invoice\n"
    "currency: EUR\n"
    "columns: {n: number, c: account, i: issue_date, d: due_date, a: gross_amount}\n";

TEST(ParseMapping, has_defaults) {
  const ParsedMapping parsed = parse_mapping(kShort);
  ASSERT_TRUE(parsed.ok()) << describe(parsed.errors.front());
  EXPECT_EQ(parsed.mapping.separator(), ",");
  EXPECT_EQ(parsed.mapping.decimal_separator(), ".");
  EXPECT_EQ(parsed.mapping.group_separator(), "");
  EXPECT_EQ(parsed.mapping.date_format(), "YYYY-MM-DD");
  EXPECT_EQ(parsed.mapping.encoding(), proto::TEXT_ENCODING_UTF_8);
  EXPECT_EQ(parsed.mapping.negative_amount(), proto::NEGATIVE_AMOUNT_REFUSE);
  EXPECT_EQ(parsed.mapping.other_columns(), proto::OTHER_COLUMNS_REFUSE);
  EXPECT_FALSE(parsed.mapping.has_contact());
}

struct Mistake {
  const char* name;
  std::string yaml;
  std::string code;
  std::string field;
  std::string message_part;
};

class Mistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, are_named_with_their_place) {
  const ParsedMapping parsed = parse_mapping(GetParam().yaml);
  ASSERT_EQ(parsed.errors.size(), 1u);
  const Error& failure = parsed.errors.front();
  EXPECT_EQ(failure.code, GetParam().code);
  EXPECT_EQ(failure.field, GetParam().field);
  EXPECT_THAT(failure.message, HasSubstr(GetParam().message_part));
  EXPECT_EQ(failure.reaction, Reaction::kRefused);
}

std::string with(const std::string& lines) { return kShort + lines; }

const std::vector<Mistake> kMistakes = {
    Mistake{"empty", "", "invalid_yaml", "", "list of keys"},
    Mistake{"a_list", "- a\n- b\n", "invalid_yaml", "", "Line 1, column 1"},
    Mistake{"no_yaml", "row: [invoice\ncolumns: }", "invalid_yaml", "", "Line 2, column 8"},
    Mistake{"latin_1", "row: caf\xE9", "invalid_yaml", "", "UTF-8"},
    Mistake{"too_large", std::string(70000, '#'), "invalid_yaml", "", "64 KiB"},
    Mistake{"unknown_key",
            with("decimal_seperator: ','\n"),
            "unknown_key",
            "decimal_seperator",
            "Line 4, column 1: This key is not known. Did you mean decimal_separator?"},
    Mistake{"key_twice", with("currency: USD\n"), "duplicate_key", "currency", "Line 4, column 1"},
    Mistake{"unknown_row",
            "row: invoices\n",
            "wrong_value",
            "row",
            "Line 1, column 6: Known here: invoice_with_settlement, invoice, payment. Did you "
            "mean invoice?"},
    Mistake{"unknown_field",
            "row: invoice\ncolumns:\n  amount: amount\n",
            "wrong_value",
            "columns.amount",
            "Line 3, column 11: Known here: number, account"},
    Mistake{"field_twice",
            "row: invoice\ncolumns:\n  a: number\n  b: number\n",
            "field_mapped_twice",
            "columns.b",
            "Line 4, column 6"},
    Mistake{"column_twice",
            "row: invoice\ncolumns:\n  a: number\n  a: account\n",
            "duplicate_key",
            "columns.a",
            "Line 4, column 3"},
    Mistake{"constant_and_column",
            "row: invoice\ncolumns:\n  a: segment\nconstants:\n  segment: x\n",
            "field_mapped_twice",
            "constants.segment",
            "Line 5, column 3"},
    Mistake{"columns_as_text",
            "row: invoice\ncolumns: a\n",
            "wrong_value",
            "columns",
            "Line 2, column 10"},
    Mistake{
        "ignore_as_text", "row: invoice\nignore: a\n", "wrong_value", "ignore", "Line 2, column 9"},
    Mistake{"no_row", "currency: EUR\n", "missing_key", "row", "Say what a row is"},
    Mistake{"missing_field",
            "row: invoice\ncurrency: EUR\ncolumns: {n: number, c: account, "
            "i: issue_date, a: gross_amount}\n",
            "missing_field",
            "columns",
            "due_date"},
    Mistake{"no_currency",
            "row: invoice\ncolumns: {n: number, c: account, i: issue_date, "
            "d: due_date, a: gross_amount}\n",
            "missing_key",
            "currency",
            "currency for the whole file"},
    Mistake{"unknown_currency",
            "row: invoice\ncurrency: EURO\ncolumns: {n: number, c: account,"
            " i: issue_date, d: due_date, a: gross_amount}\n",
            "unknown_currency",
            "currency",
            "ISO 4217"},
    Mistake{"long_separator", with("separator: ';;'\n"), "wrong_value", "separator", "comma"},
    Mistake{"equal_signs",
            with("group_separator: '.'\n"),
            "wrong_value",
            "group_separator",
            "another sign"},
    Mistake{"date_format",
            with("date_format: DD/MM/YY\n"),
            "invalid_date_format",
            "date_format",
            "YYYY"},
    Mistake{"field_of_another_row",
            with("constants: {remittance: x}\n"),
            "wrong_value",
            "columns",
            "no remittance"},
    Mistake{"ignored_and_mapped",
            with("ignore: [n]\n"),
            "duplicate_key",
            "ignore",
            "mapped or ignored"},
    Mistake{"contact_without_account",
            with("contact: {email: a@b.example}\n"),
            "wrong_value",
            "contact.email",
            "{account}"},
    Mistake{"contact_key",
            with("contact: {email: \"{account}@b.example\", fax: x}\n"),
            "unknown_key",
            "contact.fax",
            "Line 4"},
    Mistake{"control_characters_are_not_shown",
            with("\"a\\x07b\": 1\n"),
            "unknown_key",
            "a?b",
            "Line 4"}};

INSTANTIATE_TEST_SUITE_P(yaml, Mistakes, ::testing::ValuesIn(kMistakes), [](const auto& instance) {
  return instance.param.name;
});

TEST(ParseMapping, gives_all_errors) {
  const ParsedMapping parsed = parse_mapping("row: x\nencoding: y\ncolumns:\n  a: z\nfoo: 1\n");
  ASSERT_EQ(parsed.errors.size(), 4u);
  EXPECT_THAT(parsed.errors[0].message, StartsWith("Line 1, column 6"));
  EXPECT_THAT(parsed.errors[1].message, StartsWith("Line 2, column 11"));
  EXPECT_THAT(parsed.errors[2].message, StartsWith("Line 4, column 6"));
  EXPECT_THAT(parsed.errors[3].message, StartsWith("Line 5, column 1"));
}

TEST(ParseMapping, a_payment_needs_other_fields) {
  EXPECT_TRUE(parse_mapping("row: payment\ncurrency: EUR\n"
                            "columns: {p: payment, a: gross_amount, v: value_date}\n")
                  .ok());
  const ParsedMapping parsed =
      parse_mapping("row: payment\ncurrency: EUR\ncolumns: {p: payment}\n");
  ASSERT_EQ(parsed.errors.size(), 2u);
  EXPECT_THAT(parsed.errors[0].message, HasSubstr("gross_amount"));
  EXPECT_THAT(parsed.errors[1].message, HasSubstr("value_date"));
}

TEST(ParseMapping, survives_deep_nesting) {
  EXPECT_FALSE(parse_mapping(std::string(60000, '[')).ok());
  EXPECT_FALSE(parse_mapping(std::string(60000, '{')).ok());
}

TEST(FieldName, is_the_last_part_in_lower_case) {
  EXPECT_EQ(field_name(proto::MAPPING_FIELD_GROSS_AMOUNT), "gross_amount");
  EXPECT_EQ(field_name(proto::MAPPING_FIELD_SETTLED_ON), "settled_on");
}

}  // namespace
}  // namespace encours::ingestion
