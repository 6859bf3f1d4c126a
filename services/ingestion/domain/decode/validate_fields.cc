// Rules of form: what holds for a field because of its type, wherever it stands.
#include <set>
#include <string>

#include "common/money/currency.h"
#include "common/time/civil.h"
#include "encours/common/v1alpha1/decimal.pb.h"
#include "encours/common/v1alpha1/money.pb.h"
#include "encours/common/v1alpha1/personal.pb.h"
#include "services/ingestion/domain/decode/encoding.h"
#include "services/ingestion/domain/decode/proto_date.h"
#include "services/ingestion/domain/decode/validate.h"
#include "services/ingestion/domain/identifiers.h"

namespace encours::ingestion {
namespace {

using encours::erp::v1alpha1::PartyIdentifier;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool has_control_character(std::string_view text, bool lines_allowed) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool line = byte == '\n' || byte == '\r' || byte == '\t';
    if ((byte < 0x20 && !(lines_allowed && line)) || byte == 0x7F) return true;
  }
  return false;
}

// Texts that explain something; all other plain texts name something.
bool is_plain_text(const FieldDescriptor& field) {
  static const std::set<std::string> names = {"encours.erp.v1alpha1.TaxBreakdown.exemption_reason",
                                              "encours.erp.v1alpha1.TypedField.text"};
  return names.contains(field.full_name());
}

void check_text(const FieldDescriptor& field,
                const std::string& text,
                const std::string& path,
                Findings* findings) {
  const bool personal = field.options().GetExtension(encours::common::v1alpha1::personal);
  const bool plain = is_plain_text(field);
  const std::size_t limit = personal ? kMaxPersonalTextBytes
                            : plain  ? kMaxPlainTextBytes
                                     : kMaxNameBytes;
  if (text.size() > limit) {
    findings->add(
        "text_too_long", path, "Shorten it to at most " + std::to_string(limit) + " bytes.");
    return;
  }
  if (has_control_character(text, personal || plain)) {
    findings->add("invalid_character", path, "Take the control characters out.");
  }
  if (personal || plain) return;
  if (trimmed(text).size() != text.size()) {
    findings->add("surrounding_blanks", path, "Take the blanks off both ends.");
  }
}

// What a text must be because of the field's name, in whatever message.
void check_known_text(const FieldDescriptor& field,
                      const std::string& text,
                      const std::string& path,
                      Findings* findings) {
  const std::string& name = field.name();
  if (text.empty()) return;
  if (name == "structured_reference") {
    const bool looks_like_one =
        text.size() > 4 && text.starts_with("RF") && text.find_first_not_of("0123456789", 2) >= 4;
    if (looks_like_one && !is_iso11649(text)) {
      findings->add("invalid_identifier",
                    path,
                    "A reference that begins with RF and two digits follows ISO 11649; its check "
                    "digits are wrong.");
    }
  } else if (name == "iban" && !is_iban(text)) {
    findings->add("invalid_identifier", path, "The check digits of this IBAN are wrong.");
  } else if (name == "currency_code" && !Currency::parse(text).ok()) {
    findings->add("unknown_currency", path, "Give a currency by its ISO 4217 code, such as EUR.");
  } else if (name == "time_zone" && !Zone::load(text).ok()) {
    findings->add("unknown_time_zone", path, "Give a zone by its IANA name, such as Europe/Paris.");
  } else if (name == "country" &&
             (text.size() != 2 ||
              text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos)) {
    findings->add("invalid_identifier", path, "Give the country by two letters, such as FR.");
  }
}

void check_identifier(const PartyIdentifier& identifier,
                      const std::string& path,
                      Findings* findings) {
  const std::string& scheme = identifier.scheme();
  if (scheme.empty() || identifier.value().empty()) {
    findings->add("missing_field", path, "An identifier has a scheme and a value.");
  } else if ((scheme == "SIREN" || scheme == "0002") && !is_siren(identifier.value())) {
    findings->add("invalid_identifier",
                  path + ".value",
                  "A SIREN has 9 digits of which the last is a check digit; 000000000 is none.");
  } else if ((scheme == "SIRET" || scheme == "0009") && !is_siret(identifier.value())) {
    findings->add("invalid_identifier",
                  path + ".value",
                  "A SIRET has 14 digits, begins with a SIREN and ends with a check digit.");
  } else if (scheme == "VAT" && !is_vat(identifier.value())) {
    findings->add("invalid_identifier",
                  path + ".value",
                  "A VAT number begins with its country; a French one is FR, a key of two digits "
                  "that must fit, and the SIREN.");
  }
}

void check_date(const google::type::Date& date, const std::string& path, Findings* findings) {
  const auto day = date_of(date);
  if (!day) {
    findings->add("invalid_date", path, "Give a day that exists, with year, month and day.");
  } else if (day->year() < kFirstYear || day->year() > kLastYear) {
    findings->add("invalid_date", path, "Give a day of the years 1900 to 2199.");
  }
}

void check_instant(const google::protobuf::Timestamp& instant,
                   const std::string& path,
                   Findings* findings) {
  const Instant at = Instant::from_unix_seconds(instant.seconds());
  const int year = Zone().local_date(at).year();
  if (instant.nanos() < 0 || instant.nanos() > 999'999'999 || year < kFirstYear ||
      year > kLastYear || at.unix_seconds() != instant.seconds()) {
    findings->add("invalid_instant", path, "Give an instant of the years 1900 to 2199.");
  }
}

void check_money(const encours::common::v1alpha1::Money& money,
                 const std::string& path,
                 Findings* findings) {
  if (money.currency_code().empty()) {
    findings->add("missing_field",
                  path + ".currency_code",
                  "Give the currency of the amount by its ISO 4217 code, such as EUR.");
  }
  if (money.minor() > kMaxAmountMinor || money.minor() < -kMaxAmountMinor) {
    findings->add("amount_out_of_range",
                  path + ".minor",
                  "Amounts have at most 10^15 cents (or other minor units).");
  }
}

void walk(const Message& message, const std::string& path, Findings* findings);

void check_message(const Message& message, const std::string& path, Findings* findings) {
  if (const auto* date = dynamic_cast<const google::type::Date*>(&message)) {
    check_date(*date, path, findings);
    return;
  }
  if (const auto* instant = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    check_instant(*instant, path, findings);
    return;
  }
  if (const auto* money = dynamic_cast<const encours::common::v1alpha1::Money*>(&message)) {
    check_money(*money, path, findings);
  }
  if (const auto* number = dynamic_cast<const encours::common::v1alpha1::Decimal*>(&message)) {
    if (number->scale() < 0 || number->scale() > 18) {
      findings->add("invalid_number", path + ".scale", "A number has 0 to 18 decimals.");
    }
  }
  if (const auto* identifier = dynamic_cast<const PartyIdentifier*>(&message)) {
    check_identifier(*identifier, path, findings);
  }
  walk(message, path, findings);
}

void check_one(const Message& message,
               const FieldDescriptor& field,
               int index,
               const std::string& path,
               Findings* findings) {
  const auto& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    check_message(index < 0 ? reflection.GetMessage(message, &field)
                            : reflection.GetRepeatedMessage(message, &field, index),
                  path,
                  findings);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    std::string scratch;
    const std::string& text =
        index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                  : reflection.GetRepeatedStringReference(message, &field, index, &scratch);
    check_text(field, text, path, findings);
    check_known_text(field, text, path, findings);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const int number = index < 0 ? reflection.GetEnumValue(message, &field)
                                 : reflection.GetRepeatedEnumValue(message, &field, index);
    if (field.enum_type()->FindValueByNumber(number) == nullptr) {
      findings->add(
          "unknown_value", path, "Give one of the values of " + field.enum_type()->name() + ".");
    }
  }
}

void walk(const Message& message, const std::string& path, Findings* findings) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string here = path.empty() ? field->name() : path + "." + field->name();
    if (!field->is_repeated()) {
      check_one(message, *field, -1, here, findings);
      continue;
    }
    const int size = message.GetReflection()->FieldSize(message, field);
    if (size > kMaxElements) {
      findings->add("too_many_elements", here, "A list has at most 10,000 elements.");
      continue;
    }
    for (int i = 0; i < size; ++i) {
      check_one(message, *field, i, here + "[" + std::to_string(i) + "]", findings);
    }
  }
}

}  // namespace

void check_fields(const ErpEvent& event, Findings* findings) { walk(event, "", findings); }

}  // namespace encours::ingestion
