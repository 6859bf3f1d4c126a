#include "services/ingestion/domain/decode/mapping_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "common/money/currency.h"
#include "services/ingestion/domain/decode/date_format.h"
#include "services/ingestion/domain/decode/mapping.h"

namespace encours::ingestion {
namespace {

namespace proto = encours::ingestion::v1alpha1;

using Errors = std::vector<Error>;

bool is_one_of(const std::string& text, std::string_view characters) {
  return text.size() == 1 && characters.find(text[0]) != std::string_view::npos;
}

void check_signs(const Mapping& mapping, Errors* errors) {
  if (!is_one_of(mapping.separator(), ",;\t|:")) {
    errors->push_back(refused("wrong_value",
                              "separator",
                              "The separator is a comma, a semicolon, a tab (\"\\t\"), a bar or a "
                              "colon."));
  }
  if (!is_one_of(mapping.decimal_separator(), ".,")) {
    errors->push_back(refused(
        "wrong_value", "decimal_separator", "The decimal separator is a point or a comma."));
  }
  if (!mapping.group_separator().empty() &&
      (!is_one_of(mapping.group_separator(), " .,'") ||
       mapping.group_separator() == mapping.decimal_separator())) {
    errors->push_back(refused("wrong_value",
                              "group_separator",
                              "The group separator is a space, a point, a comma or an apostrophe, "
                              "and another sign than the decimal separator."));
  }
  const auto format = DateFormat::parse(mapping.date_format());
  if (!format.ok()) errors->push_back(format.failure());
}

std::set<MappingField> fields_given(const Mapping& mapping) {
  std::set<MappingField> given;
  for (const auto& column : mapping.columns()) given.insert(column.field());
  for (const auto& constant : mapping.constants()) given.insert(constant.field());
  return given;
}

void need(const std::set<MappingField>& given, MappingField field, Errors* errors) {
  if (given.contains(field)) return;
  errors->push_back(
      refused("missing_field", "columns", "Name the column that gives " + field_name(field) + "."));
}

void check_fields(const Mapping& mapping, Errors* errors) {
  const std::set<MappingField> given = fields_given(mapping);
  const bool payment = mapping.row() == proto::ROW_MEANING_PAYMENT;
  if (payment) {
    for (const auto field : {proto::MAPPING_FIELD_PAYMENT,
                             proto::MAPPING_FIELD_GROSS_AMOUNT,
                             proto::MAPPING_FIELD_VALUE_DATE}) {
      need(given, field, errors);
    }
  } else {
    for (const auto field : {proto::MAPPING_FIELD_NUMBER,
                             proto::MAPPING_FIELD_ACCOUNT,
                             proto::MAPPING_FIELD_ISSUE_DATE,
                             proto::MAPPING_FIELD_DUE_DATE,
                             proto::MAPPING_FIELD_GROSS_AMOUNT}) {
      need(given, field, errors);
    }
  }
  if (mapping.row() == proto::ROW_MEANING_INVOICE_WITH_SETTLEMENT) {
    need(given, proto::MAPPING_FIELD_SETTLED_ON, errors);
  }
  if (payment && mapping.negative_amount() == proto::NEGATIVE_AMOUNT_CREDIT_NOTE) {
    errors->push_back(refused("wrong_value",
                              "negative_amount",
                              "A payment below zero is refused; only an invoice below zero can be "
                              "a credit note."));
  }
  if (mapping.default_currency().empty() && !given.contains(proto::MAPPING_FIELD_CURRENCY)) {
    errors->push_back(refused("missing_key",
                              "currency",
                              "Name the column that gives the currency, or a currency for the "
                              "whole file."));
  }
}

// A field that the row can't use would be dropped in silence.
void check_fit(const Mapping& mapping, Errors* errors) {
  const std::set<MappingField> of_payments = {proto::MAPPING_FIELD_PAYMENT,
                                              proto::MAPPING_FIELD_VALUE_DATE,
                                              proto::MAPPING_FIELD_PAYER_NAME,
                                              proto::MAPPING_FIELD_REMITTANCE};
  const std::set<MappingField> of_both = {proto::MAPPING_FIELD_NUMBER,
                                          proto::MAPPING_FIELD_ACCOUNT,
                                          proto::MAPPING_FIELD_GROSS_AMOUNT,
                                          proto::MAPPING_FIELD_CURRENCY,
                                          proto::MAPPING_FIELD_STRUCTURED_REFERENCE};
  const bool payment = mapping.row() == proto::ROW_MEANING_PAYMENT;
  for (const MappingField field : fields_given(mapping)) {
    const bool fits = of_both.contains(field) || of_payments.contains(field) == payment;
    const bool unsettled = field == proto::MAPPING_FIELD_SETTLED_ON &&
                           mapping.row() != proto::ROW_MEANING_INVOICE_WITH_SETTLEMENT;
    if (fits && !unsettled) continue;
    errors->push_back(refused("wrong_value",
                              "columns",
                              "Such a row has no " + field_name(field) +
                                  ". Ignore its column, or say another meaning of the row."));
  }
}

void check_columns(const Mapping& mapping, Errors* errors) {
  std::set<std::string> names;
  for (const auto& column : mapping.columns()) names.insert(column.column());
  for (const auto& column : mapping.ignored_columns()) {
    if (names.insert(column).second) continue;
    errors->push_back(refused(
        "duplicate_key", "ignore", "A column is either mapped or ignored, and named once."));
  }
}

void check_contact(const Mapping& mapping, Errors* errors) {
  if (!mapping.has_contact()) return;
  const std::string& email = mapping.contact().email_template();
  if (mapping.row() == proto::ROW_MEANING_PAYMENT) {
    errors->push_back(refused("wrong_value", "contact", "A payment's row makes no contact."));
  }
  if (email.find("{account}") == std::string::npos ||
      std::count(email.begin(), email.end(), '@') != 1) {
    errors->push_back(refused("wrong_value",
                              "contact.email",
                              "Write an address that holds {account}, such as "
                              "{account}@customers.example."));
  }
}

}  // namespace

void check_mapping(const Mapping& mapping, Errors* errors) {
  if (mapping.row() == proto::ROW_MEANING_UNSPECIFIED) {
    errors->push_back(refused(
        "missing_key", "row", "Say what a row is: invoice_with_settlement, invoice or payment."));
    return;
  }
  check_signs(mapping, errors);
  check_fields(mapping, errors);
  check_fit(mapping, errors);
  check_columns(mapping, errors);
  check_contact(mapping, errors);
  if (!mapping.default_currency().empty() && !Currency::parse(mapping.default_currency()).ok()) {
    errors->push_back(refused(
        "unknown_currency", "currency", "Give a currency by its ISO 4217 code, such as EUR."));
  }
}

}  // namespace encours::ingestion
