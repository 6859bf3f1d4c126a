#include "services/ingestion/domain/ledger/aging.h"

#include <algorithm>

#include "common/base/check.h"
#include "services/ingestion/domain/ledger/balance.h"

namespace encours::ingestion::ledger {
namespace {

using namespace encours::receivables::v1alpha1;  // NOLINT: the names of the six buckets.

// Age on the first day of each bucket from 1-30 on.
constexpr int kFirstAges[] = {1, 31, 61, 91, 121};

Date due_date(const InvoiceRow& invoice) {
  const auto day = to_date(invoice.invoice().due_date());
  ENCOURS_CHECK(day.has_value(), "a stored invoice has a due date");
  return *day;
}

// The first day on which something is to be decided about an open invoice; it may have passed.
std::optional<Date> next_decision(const InvoiceRow& invoice) {
  const AgingBucket counted = invoice.invoice().counted_bucket();
  if (!invoice.overdue_published()) return first_day(AGING_BUCKET_1_30, due_date(invoice));
  if (counted == AGING_BUCKET_OVER_120) return std::nullopt;
  return first_day(static_cast<AgingBucket>(counted + 1), due_date(invoice));
}

// The day from which a fact about this opening holds: not before the invoice opened again.
Date in_this_opening(const InvoiceRow& invoice, Date day) {
  return std::max(day, to_date(invoice.reopened_on()).value_or(day));
}

void cross(Book& book, InvoiceRow& invoice, AgingBucket to) {
  auto& row = *invoice.mutable_invoice();
  ReceivableRecord fact;
  auto& crossed = *fact.mutable_aging_bucket_crossed();
  crossed.set_invoice(row.number());
  crossed.set_from(row.counted_bucket());
  crossed.set_to(to);
  set_money(row.currency_code(), row.open_amount_minor(), crossed.mutable_open_amount());
  rebucket(book.balance(row.currency_code()), invoice, to);
  const Date day = first_day(to, due_date(invoice)).value_or(book.today());
  book.emit(std::move(fact), row.currency_code(), in_this_opening(invoice, day));
}

void publish_overdue(Book& book, InvoiceRow& invoice) {
  const auto& row = invoice.invoice();
  ReceivableRecord fact;
  auto& overdue = *fact.mutable_invoice_overdue();
  overdue.set_invoice(row.number());
  *overdue.mutable_due_date() = row.due_date();
  set_money(row.currency_code(), row.open_amount_minor(), overdue.mutable_open_amount());
  book.emit(std::move(fact), row.currency_code(), in_this_opening(invoice, due_date(invoice) + 1));
  invoice.set_overdue_published(true);
  invoice.clear_reopened_on();
}

}  // namespace

AgingBucket bucket_on(Date day, Date due) {
  const int age = day - due;
  int bucket = AGING_BUCKET_NOT_DUE;
  for (const int first : kFirstAges) bucket += age >= first ? 1 : 0;
  return static_cast<AgingBucket>(bucket);
}

std::optional<Date> first_day(AgingBucket bucket, Date due) {
  ENCOURS_CHECK(bucket >= AGING_BUCKET_NOT_DUE && bucket <= AGING_BUCKET_OVER_120, "a bucket");
  if (bucket == AGING_BUCKET_NOT_DUE) return std::nullopt;
  const Date day = due + kFirstAges[bucket - AGING_BUCKET_1_30];
  if (bucket_on(day, due) != bucket) return std::nullopt;
  return day;
}

void schedule_aging(Book& book, const InvoiceRow& invoice) {
  const auto day = next_decision(invoice);
  if (!day) return clear_aging(book, invoice);
  const Instant due = std::max(book.zone().at(*day, kDayInstants.front()),
                               book.zone().next_day_instant(book.now()));
  book.set_timer(invoice.invoice().number(), due);
}

void clear_aging(Book& book, const InvoiceRow& invoice) {
  book.set_timer(invoice.invoice().number(), std::nullopt);
}

void fire_aging(Book& book, const std::string& number) {
  InvoiceRow* invoice = book.invoice(number);
  if (invoice == nullptr || invoice->invoice().open_amount_minor() == 0) return;
  const AgingBucket to = bucket_on(book.today(), due_date(*invoice));
  if (to != invoice->invoice().counted_bucket()) cross(book, *invoice, to);
  if (to != AGING_BUCKET_NOT_DUE && !invoice->overdue_published()) publish_overdue(book, *invoice);
  schedule_aging(book, *invoice);
}

}  // namespace encours::ingestion::ledger
