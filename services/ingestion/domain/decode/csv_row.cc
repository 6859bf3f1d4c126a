#include "services/ingestion/domain/decode/csv_row.h"

#include <map>

#include "common/base/hash.h"
#include "services/ingestion/domain/decode/csv_cells.h"
#include "services/ingestion/domain/decode/proto_date.h"
#include "services/ingestion/domain/decode/validate.h"

namespace encours::ingestion {
namespace {

namespace erp = encours::erp::v1alpha1;
namespace proto = encours::ingestion::v1alpha1;
using ProtoMoney = encours::common::v1alpha1::Money;

void set_money(const std::optional<Money>& amount, ProtoMoney* out) {
  if (!amount) return;
  out->set_currency_code(std::string(amount->currency.code()));
  out->set_minor(amount->minor);
}

// Makes the events of one row. Cells that can't be read leave their fields empty; their findings
// stop the row as a whole.
class RowEvents {
 public:
  RowEvents(const Mapping& mapping, const Origin& origin, Cells* cells, Findings* findings)
      : mapping_(mapping), origin_(origin), cells_(*cells), findings_(*findings) {}

  std::vector<ErpEvent> make() {
    if (mapping_.row() == proto::ROW_MEANING_PAYMENT) {
      make_payment();
    } else {
      make_customer();
      make_document();
    }
    return std::move(events_);
  }

 private:
  ErpEvent& add(const std::string& id) {
    ErpEvent& event = events_.emplace_back();
    event.set_tenant(origin_.tenant);
    event.set_source(origin_.source.empty() ? mapping_.default_source() : origin_.source);
    event.set_id(id);
    return event;
  }

  static void put_date(const std::optional<Date>& date, google::type::Date* out) {
    if (date) set_date(*date, out);
  }

  void make_document() {
    const std::string& number = cells_.need_text(proto::MAPPING_FIELD_NUMBER);
    cells_.need_text(proto::MAPPING_FIELD_ACCOUNT);
    cells_.need_text(proto::MAPPING_FIELD_GROSS_AMOUNT);
    const auto gross = cells_.amount(proto::MAPPING_FIELD_GROSS_AMOUNT);
    const auto issued = cells_.need_date(proto::MAPPING_FIELD_ISSUE_DATE);
    const auto due = cells_.need_date(proto::MAPPING_FIELD_DUE_DATE);
    const auto settled = cells_.date(proto::MAPPING_FIELD_SETTLED_ON);
    const bool negative = gross && gross->minor < 0;
    if (negative && mapping_.negative_amount() == proto::NEGATIVE_AMOUNT_CREDIT_NOTE) {
      make_credit_note(number, *gross, issued, settled);
      return;
    }
    if (negative) {
      findings_.add("negative_amount",
                    cells_.column(proto::MAPPING_FIELD_GROSS_AMOUNT),
                    "An amount below zero is refused by the mapping. If it means a credit note, "
                    "write negative_amount: credit_note there.");
      return;
    }
    make_invoice(number, gross, issued, due);
    // Nothing was paid for an invoice of nothing.
    if (settled && gross && gross->minor > 0) make_settlement(number, *gross, *settled);
  }

  void make_invoice(const std::string& number,
                    const std::optional<Money>& gross,
                    const std::optional<Date>& issued,
                    const std::optional<Date>& due) {
    erp::InvoiceIssued& invoice = *add("invoice/" + number).mutable_invoice_issued();
    invoice.set_number(number);
    invoice.set_account(cells_.text(proto::MAPPING_FIELD_ACCOUNT));
    put_date(issued, invoice.mutable_issue_date());
    put_date(due, invoice.mutable_due_date());
    set_money(gross, invoice.mutable_gross_amount());
    if (const auto net = cells_.amount(proto::MAPPING_FIELD_NET_AMOUNT)) {
      set_money(net, invoice.mutable_net_amount());
    }
    if (const auto tax = cells_.amount(proto::MAPPING_FIELD_TAX_AMOUNT)) {
      set_money(tax, invoice.mutable_tax_amount());
    }
    invoice.set_structured_reference(cells_.text(proto::MAPPING_FIELD_STRUCTURED_REFERENCE));
    const std::string& order = cells_.text(proto::MAPPING_FIELD_ORDER_REFERENCE);
    if (!order.empty()) invoice.mutable_references()->set_order(order);
  }

  // A credit note's amounts are positive; its settled date is the day it was paid back.
  void make_credit_note(const std::string& number,
                        Money gross,
                        const std::optional<Date>& issued,
                        const std::optional<Date>& settled) {
    erp::CreditNoteIssued& note = *add("credit_note/" + number).mutable_credit_note_issued();
    note.set_number(number);
    note.set_account(cells_.text(proto::MAPPING_FIELD_ACCOUNT));
    put_date(issued, note.mutable_issue_date());
    set_money(Money{gross.currency, -gross.minor}, note.mutable_gross_amount());
    for (const auto field : {proto::MAPPING_FIELD_NET_AMOUNT, proto::MAPPING_FIELD_TAX_AMOUNT}) {
      const auto amount = cells_.amount(field);
      if (!amount) continue;
      set_money(Money{amount->currency, -amount->minor},
                field == proto::MAPPING_FIELD_NET_AMOUNT ? note.mutable_net_amount()
                                                         : note.mutable_tax_amount());
    }
    note.set_structured_reference(cells_.text(proto::MAPPING_FIELD_STRUCTURED_REFERENCE));
    if (settled) set_date(*settled, note.mutable_refunded_on());
  }

  void make_settlement(const std::string& number, Money amount, Date settled) {
    erp::PaymentReceived& payment = *add("settlement/" + number).mutable_payment_received();
    payment.set_payment("settlement-" + number);
    payment.set_account(cells_.text(proto::MAPPING_FIELD_ACCOUNT));
    set_money(amount, payment.mutable_amount());
    set_date(settled, payment.mutable_value_date());
    erp::AllocationPart& part = *payment.add_allocations();
    part.set_invoice(number);
    set_money(amount, part.mutable_amount());
  }

  void make_payment() {
    const std::string& id = cells_.need_text(proto::MAPPING_FIELD_PAYMENT);
    cells_.need_text(proto::MAPPING_FIELD_GROSS_AMOUNT);
    const auto amount = cells_.amount(proto::MAPPING_FIELD_GROSS_AMOUNT);
    erp::PaymentReceived& payment = *add("payment/" + id).mutable_payment_received();
    payment.set_payment(id);
    payment.set_account(cells_.text(proto::MAPPING_FIELD_ACCOUNT));
    set_money(amount, payment.mutable_amount());
    put_date(cells_.need_date(proto::MAPPING_FIELD_VALUE_DATE), payment.mutable_value_date());
    payment.set_structured_reference(cells_.text(proto::MAPPING_FIELD_STRUCTURED_REFERENCE));
    payment.set_payer_name(cells_.text(proto::MAPPING_FIELD_PAYER_NAME));
    const std::string& remittance = cells_.text(proto::MAPPING_FIELD_REMITTANCE);
    if (!remittance.empty()) payment.add_remittance_lines(remittance);
    const std::string& number = cells_.text(proto::MAPPING_FIELD_NUMBER);
    if (number.empty()) return;
    erp::AllocationPart& part = *payment.add_allocations();
    part.set_invoice(number);
    set_money(amount, part.mutable_amount());
  }

  // The id holds a digest of the content: an unchanged customer on a thousand rows is one event,
  // and a changed one is a new version by order of arrival. It has no date of its own.
  void make_customer() {
    erp::CustomerUpserted customer;
    customer.set_name(cells_.text(proto::MAPPING_FIELD_CUSTOMER_NAME));
    customer.set_segment(cells_.text(proto::MAPPING_FIELD_SEGMENT));
    customer.set_owner(cells_.text(proto::MAPPING_FIELD_OWNER));
    customer.set_language(cells_.text(proto::MAPPING_FIELD_LANGUAGE));
    const std::string& country = cells_.text(proto::MAPPING_FIELD_COUNTRY);
    if (!country.empty()) customer.mutable_address()->set_country(country);
    const std::string& siren = cells_.text(proto::MAPPING_FIELD_SIREN);
    if (!siren.empty()) {
      auto& identifier = *customer.add_identifiers();
      identifier.set_scheme("SIREN");
      identifier.set_value(siren);
    }
    const std::string& account = cells_.text(proto::MAPPING_FIELD_ACCOUNT);
    if (mapping_.has_contact()) add_contact(account, &customer);
    if (customer.ByteSizeLong() == 0) return;
    customer.set_account(account);
    const std::string digest = sha256_hex(customer.SerializeAsString()).substr(0, 16);
    *add("customer/" + account + "/" + digest).mutable_customer_upserted() = customer;
  }

  void add_contact(const std::string& account, erp::CustomerUpserted* customer) {
    const auto fill = [&](std::string text) {
      constexpr std::string_view kPlace = "{account}";
      for (auto at = text.find(kPlace); at != std::string::npos;
           at = text.find(kPlace, at + account.size())) {
        text.replace(at, kPlace.size(), account);
      }
      return text;
    };
    erp::Contact& contact = *customer->add_contacts();
    contact.set_id("mapping");
    contact.add_roles(erp::CONTACT_ROLE_ACCOUNTING);
    contact.set_primary(true);
    contact.set_email(fill(mapping_.contact().email_template()));
    contact.set_name(fill(mapping_.contact().name_template()));
    contact.set_language(mapping_.contact().language());
  }

  const Mapping& mapping_;
  const Origin& origin_;
  Cells& cells_;
  Findings& findings_;
  std::vector<ErpEvent> events_;
};

// The fields of the mapping that may have given a field of an event, the likelier one first.
std::vector<MappingField> givers(const std::string& name) {
  static const std::map<std::string, std::vector<MappingField>> fields = {
      {"id", {proto::MAPPING_FIELD_NUMBER, proto::MAPPING_FIELD_PAYMENT}},
      {"number", {proto::MAPPING_FIELD_NUMBER}},
      {"account", {proto::MAPPING_FIELD_ACCOUNT}},
      {"contacts", {proto::MAPPING_FIELD_ACCOUNT}},
      {"issue_date", {proto::MAPPING_FIELD_ISSUE_DATE}},
      {"due_date", {proto::MAPPING_FIELD_DUE_DATE}},
      {"gross_amount", {proto::MAPPING_FIELD_GROSS_AMOUNT}},
      {"amount", {proto::MAPPING_FIELD_GROSS_AMOUNT}},
      {"net_amount", {proto::MAPPING_FIELD_NET_AMOUNT}},
      {"tax_amount", {proto::MAPPING_FIELD_TAX_AMOUNT}},
      {"structured_reference", {proto::MAPPING_FIELD_STRUCTURED_REFERENCE}},
      {"references", {proto::MAPPING_FIELD_ORDER_REFERENCE}},
      {"payment", {proto::MAPPING_FIELD_PAYMENT, proto::MAPPING_FIELD_NUMBER}},
      {"allocations", {proto::MAPPING_FIELD_NUMBER}},
      {"value_date", {proto::MAPPING_FIELD_VALUE_DATE, proto::MAPPING_FIELD_SETTLED_ON}},
      {"refunded_on", {proto::MAPPING_FIELD_SETTLED_ON}},
      {"payer_name", {proto::MAPPING_FIELD_PAYER_NAME}},
      {"remittance_lines", {proto::MAPPING_FIELD_REMITTANCE}},
      {"name", {proto::MAPPING_FIELD_CUSTOMER_NAME}},
      {"segment", {proto::MAPPING_FIELD_SEGMENT}},
      {"owner", {proto::MAPPING_FIELD_OWNER}},
      {"language", {proto::MAPPING_FIELD_LANGUAGE}},
      {"address", {proto::MAPPING_FIELD_COUNTRY}},
      {"identifiers", {proto::MAPPING_FIELD_SIREN}}};
  const auto found = fields.find(name);
  return found == fields.end() ? std::vector<MappingField>() : found->second;
}

// "invoice_issued.gross_amount.minor" -> the column that gave the amount.
std::string column_of(const std::string& path, const Cells& cells) {
  const auto dot = path.find('.');
  const std::string rest = dot == std::string::npos ? path : path.substr(dot + 1);
  for (const MappingField field : givers(rest.substr(0, rest.find_first_of(".[")))) {
    if (!cells.column(field).empty()) return cells.column(field);
  }
  return path;
}

}  // namespace

DecodedInput decode_csv_row(std::string_view header,
                            std::string_view row,
                            const Mapping& mapping,
                            const Origin& origin) {
  Findings findings;
  Cells cells(mapping, &findings);
  DecodedInput out;
  if (cells.read(header, row)) {
    out.events = RowEvents(mapping, origin, &cells, &findings).make();
  }
  // A cell that can't be read leaves its field empty: only a row that was read is checked further.
  if (findings.empty()) {
    for (const auto& event : out.events) {
      for (auto& error : validate(event)) {
        error.field = column_of(error.field, cells);
        findings.add(std::move(error));
      }
    }
  }
  out.errors = findings.take();
  if (!out.errors.empty()) out.events.clear();
  return out;
}

std::vector<Error> check_csv_header(std::string_view header, const Mapping& mapping) {
  Findings findings;
  Cells(mapping, &findings).read_header(header);
  return findings.take();
}

}  // namespace encours::ingestion
