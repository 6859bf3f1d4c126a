#include "services/ingestion/domain/ledger/conclude.h"

#include <algorithm>

#include "common/base/check.h"
#include "services/ingestion/domain/ledger/aging.h"

namespace encours::ingestion::ledger {
namespace {

// The day on which the last of the allocations that pay it took effect.
Date paid_on(Book& book, const InvoiceRow& invoice) {
  const auto& row = invoice.invoice();
  Date day = to_date(row.issue_date()).value_or(Date());
  for (const auto& id : book.allocations_at(invoice_end(row.number()))) {
    const auto& allocation = book.allocation(id)->allocation();
    if (allocation.amount_minor() == 0) continue;
    day = std::max(day, to_date(allocation.effective_date()).value_or(day));
  }
  return day;
}

void forget_age(InvoiceRow& invoice) {
  invoice.mutable_invoice()->clear_counted_bucket();
  invoice.set_overdue_published(false);
  invoice.clear_reopened_on();
}

void conclude_settled(Book& book, InvoiceRow& invoice, const InvoiceRow* before) {
  auto& row = *invoice.mutable_invoice();
  forget_age(invoice);
  const Date day = paid_on(book, invoice);
  set_date(day, row.mutable_settled_on());
  row.set_state(state::LEDGER_INVOICE_STATE_SETTLED);
  const auto state_before =
      before == nullptr ? state::LEDGER_INVOICE_STATE_UNSPECIFIED : before->invoice().state();
  if (state_before == state::LEDGER_INVOICE_STATE_OPEN) clear_aging(book, invoice);
  if (state_before == state::LEDGER_INVOICE_STATE_SETTLED) return;
  const Date since = std::max(day, book.changed_on(row.number()).value_or(day));
  ReceivableRecord fact;
  fact.mutable_invoice_settled()->set_invoice(row.number());
  set_date(since, fact.mutable_invoice_settled()->mutable_settled_on());
  book.emit(std::move(fact), row.currency_code(), since);
}

void conclude_open(Book& book, InvoiceRow& invoice, const InvoiceRow* before) {
  auto& row = *invoice.mutable_invoice();
  row.clear_settled_on();
  row.set_state(state::LEDGER_INVOICE_STATE_OPEN);
  const bool was_open =
      before != nullptr && before->invoice().state() == state::LEDGER_INVOICE_STATE_OPEN;
  if (before != nullptr && !was_open) {
    invoice.set_overdue_published(false);
    const auto day = book.changed_on(row.number());
    const bool late = day && *day > to_date(row.due_date()).value_or(*day);
    if (late) set_date(*day, invoice.mutable_reopened_on());
  }
  const bool same_due =
      was_open && to_date(before->invoice().due_date()) == to_date(row.due_date());
  if (!same_due) schedule_aging(book, invoice);
}

// True for an invoice that the decision has only looked at.
bool untouched(const Book& book, const InvoiceRow& invoice, const InvoiceRow* before) {
  const auto& row = invoice.invoice();
  return before != nullptr && !book.changed_on(row.number()) &&
         before->invoice().state() == row.state() &&
         to_date(before->invoice().due_date()) == to_date(row.due_date());
}

void conclude(Book& book, InvoiceRow& invoice, const InvoiceRow* before) {
  if (untouched(book, invoice, before)) return;
  auto& row = *invoice.mutable_invoice();
  if (row.state() == state::LEDGER_INVOICE_STATE_CANCELLED) {
    ENCOURS_CHECK(row.open_amount_minor() == 0, "nothing of a cancelled invoice is open");
    forget_age(invoice);
    const bool was_open =
        before != nullptr && before->invoice().state() == state::LEDGER_INVOICE_STATE_OPEN;
    if (was_open) clear_aging(book, invoice);
    return;
  }
  if (row.open_amount_minor() == 0) {
    conclude_settled(book, invoice, before);
  } else {
    conclude_open(book, invoice, before);
  }
}

}  // namespace

void conclude_invoices(Book& book) {
  book.each_invoice(
      [&](InvoiceRow& invoice, const InvoiceRow* before) { conclude(book, invoice, before); });
}

}  // namespace encours::ingestion::ledger
