#include "deploy/sample/desk.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "common/base/check.h"
#include "deploy/sample/identifiers.h"

namespace encours::sample {
namespace {

constexpr const char* kErp = "erp";
constexpr const char* kBank = "bank";
constexpr int kRemittanceLines = 3;

std::string month_mark(Date day) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d%02d", day.year() % 100, day.month());
  return text;
}

// The creditor's British branch sells in pounds.
const char* creditor_of(const std::string& currency) {
  return currency == "GBP" ? "KERLANN-UK" : "KERLANN-FR";
}

std::string versioned(const std::string& id, int version) {
  return version == 1 ? id : id + "/" + std::to_string(version);
}

}  // namespace

Desk::Desk(const Options& options, const Account& account, Journal* journal)
    : options_(options), account_(account), journal_(*journal) {}

std::string Desk::new_id(const char* prefix) {
  const std::string stem = std::string(prefix) + "-" + account_.id.substr(1);
  return stem + "-" + std::to_string(++counters_[stem]);
}

Invoice Desk::draft(Date day, std::int64_t net_minor) {
  return draft_in(account_.currency, day, net_minor);
}

Invoice Desk::draft_in(const std::string& currency, Date day, std::int64_t net_minor) {
  day = next_business_day(std::max(day, options_.start()), true);
  const std::int64_t tax = (net_minor * account_.tax_per_thousand + 500) / 1000;
  const std::string stem =
      (currency == "GBP" ? "INV-" : "FA-") + month_mark(day) + "-" + account_.id.substr(1);
  Invoice invoice;
  auto& event = invoice.event;
  char number[48];
  std::snprintf(number, sizeof number, "%s-%02d", stem.c_str(), ++counters_[stem]);
  event.set_number(number);
  event.set_account(account_.id);
  event.set_creditor_entity(creditor_of(currency));
  set_date(day, event.mutable_issue_date());
  set_date(due_date(day, account_.terms), event.mutable_due_date());
  set_money(currency, net_minor + tax, event.mutable_gross_amount());
  set_money(currency, net_minor, event.mutable_net_amount());
  set_money(currency, tax, event.mutable_tax_amount());
  event.set_supply_nature(erp::SUPPLY_NATURE_GOODS);
  return invoice;
}

void Desk::issue(Invoice* invoice) {
  invoice->open = invoice->gross();
  erp::ErpEvent event;
  *event.mutable_invoice_issued() = invoice->event;
  send(kErp, "invoice/" + invoice->number(), 1, invoice->issued(), std::move(event));
}

Invoice Desk::sell(Date day, std::int64_t net_minor) {
  Invoice invoice = draft(day, net_minor);
  issue(&invoice);
  return invoice;
}

void Desk::correct(Invoice* invoice,
                   Date day,
                   const std::function<void(erp::InvoiceIssued*)>& change) {
  const std::int64_t before = invoice->gross();
  change(&invoice->event);
  invoice->open += invoice->gross() - before;
  erp::ErpEvent event;
  *event.mutable_invoice_issued() = invoice->event;
  send(kErp, "invoice/" + invoice->number(), ++invoice->version, day, std::move(event));
}

void Desk::cancel(Invoice* invoice,
                  Date day,
                  const char* reason_code,
                  const std::string& replaced_by) {
  erp::ErpEvent event;
  auto& cancelled = *event.mutable_invoice_cancelled();
  cancelled.set_invoice(invoice->number());
  cancelled.set_account(account_.id);
  set_date(day, cancelled.mutable_cancelled_on());
  cancelled.set_reason_code(reason_code);
  cancelled.set_replaced_by(replaced_by);
  invoice->open = 0;
  send(kErp, "cancellation/" + invoice->number(), ++invoice->version, day, std::move(event));
}

void Desk::take(const Part& part) const {
  const std::int64_t settled = part.amount + part.discount + part.difference;
  ENCOURS_CHECK(part.amount > 0 && settled <= part.invoice->open, "nothing is settled twice");
  part.invoice->open -= settled;
}

void Desk::fill_part(const Part& part, erp::AllocationPart* out) const {
  const std::string& currency = part.invoice->currency();
  out->set_invoice(part.invoice->number());
  out->set_instalment(part.instalment);
  out->set_account(part.account);
  set_money(currency, part.amount, out->mutable_amount());
  if (part.discount != 0) {
    set_money(currency, part.discount, out->mutable_early_payment_discount());
  }
  if (part.difference != 0) {
    set_money(currency, part.difference, out->mutable_payment_difference());
  }
}

Date Desk::bank_day(Date day) const { return next_business_day(day + 1, true); }

void Desk::fill_payer(erp::PaymentReceived* received) const {
  if (received->means() != erp::PAYMENT_MEANS_CREDIT_TRANSFER) return;
  received->set_payer_name(account_.name);
  const std::string iban = iban_of(account_.country->code, account_.number);
  if (!iban.empty()) received->mutable_payer_account()->set_iban(iban);
  const int lines = std::min(received->allocations_size(), kRemittanceLines);
  for (int i = 0; i < lines; ++i) {
    received->add_remittance_lines(received->allocations(i).invoice());
  }
}

std::string Desk::pay(Payment payment) {
  erp::ErpEvent event;
  auto& received = *event.mutable_payment_received();
  const std::string id = new_id("RG");
  received.set_payment(id);
  received.set_account(account_.id);
  set_date(payment.day, received.mutable_value_date());
  received.set_means(payment.means == erp::PAYMENT_MEANS_UNSPECIFIED ? account_.terms.means()
                                                                     : payment.means);
  std::int64_t sum = payment.unallocated;
  std::string currency = account_.currency;
  for (const Part& part : payment.parts) {
    take(part);
    fill_part(part, received.add_allocations());
    sum += part.amount;
    currency = part.invoice->currency();
  }
  set_money(currency, sum, received.mutable_amount());
  fill_payer(&received);
  if (payment.more) payment.more(&received);
  const Date recorded = bank_day(payment.day);
  journal_.add_late(kBank, "payment/" + id, payment.day, recorded, std::move(event));
  return id;
}

std::string Desk::pay_all(Invoice* invoice, Date day) {
  return pay({.day = day, .parts = {{.invoice = invoice, .amount = invoice->open}}});
}

std::string Desk::credit(Date day,
                         erp::CreditNoteKind kind,
                         const std::vector<Part>& parts,
                         std::int64_t free_minor,
                         const std::function<void(erp::CreditNoteIssued*)>& more) {
  erp::ErpEvent event;
  auto& note = *event.mutable_credit_note_issued();
  day = next_business_day(day, true);
  note.set_number(new_id("AV"));
  note.set_account(account_.id);
  set_date(day, note.mutable_issue_date());
  note.set_kind(kind);
  std::int64_t gross = free_minor;
  std::string currency = account_.currency;
  for (const Part& part : parts) {
    take(part);
    fill_part(part, note.add_invoices());
    gross += part.amount;
    currency = part.invoice->currency();
  }
  note.set_creditor_entity(creditor_of(currency));
  const std::int64_t net = gross * 1000 / (1000 + account_.tax_per_thousand);
  set_money(currency, gross, note.mutable_gross_amount());
  set_money(currency, net, note.mutable_net_amount());
  set_money(currency, gross - net, note.mutable_tax_amount());
  if (more) more(&note);
  const std::string number = note.number();
  send(kErp, "credit_note/" + number, 1, day, std::move(event));
  return number;
}

std::string Desk::allocate(Date day,
                           const Part& part,
                           const std::function<void(erp::PaymentAllocated*)>& fill) {
  erp::ErpEvent event;
  auto& allocated = *event.mutable_payment_allocated();
  const std::string id = new_id("LT");
  allocated.set_allocation(id);
  allocated.set_account(account_.id);
  set_date(day, allocated.mutable_effective_date());
  take(part);
  fill_part(part, allocated.mutable_part());
  fill(&allocated);
  send(kErp, "allocation/" + id, 1, day, std::move(event));
  return id;
}

void Desk::send(
    const char* source, const std::string& id, int version, Date day, erp::ErpEvent event) {
  event.set_sequence(version);
  send_as_is(source, versioned(id, version), day, std::move(event));
}

void Desk::send_as_is(const char* source, const std::string& id, Date day, erp::ErpEvent event) {
  journal_.add(source, id, day, std::move(event));
}

void Desk::change_customer(Date day, std::function<void(erp::CustomerUpserted*)> make) {
  customer_changes_.push_back({day, std::move(make)});
}

std::vector<CustomerChange> Desk::take_customer_changes() {
  std::stable_sort(
      customer_changes_.begin(),
      customer_changes_.end(),
      [](const CustomerChange& left, const CustomerChange& right) { return left.day < right.day; });
  return std::move(customer_changes_);
}

}  // namespace encours::sample
