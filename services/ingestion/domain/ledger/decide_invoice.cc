// Invoices: issued, corrected by a higher version, cancelled, brought back.
#include "common/base/check.h"
#include "services/ingestion/domain/ledger/aging.h"
#include "services/ingestion/domain/ledger/allocation.h"
#include "services/ingestion/domain/ledger/balance.h"
#include "services/ingestion/domain/ledger/decide_event.h"
#include "services/ingestion/domain/ledger/ends.h"

namespace encours::ingestion::ledger {
namespace {

using state::LEDGER_INVOICE_STATE_CANCELLED;
using state::LEDGER_INVOICE_STATE_OPEN;

Status need_invoice(const erp::InvoiceIssued& issued) {
  ENCOURS_TRY(need_text(issued.number(), "invoice_issued.number"));
  ENCOURS_ASSIGN(const Date issue_date,
                 need_date(issued.issue_date(), "invoice_issued.issue_date"));
  ENCOURS_ASSIGN(const Date due_date, need_date(issued.due_date(), "invoice_issued.due_date"));
  if (due_date < issue_date) {
    return refused("due_before_issue",
                   "invoice_issued.due_date",
                   "An invoice is not due before the day of its issue.");
  }
  return need_amount(
      issued.has_gross_amount(), issued.gross_amount(), "invoice_issued.gross_amount");
}

bool is_cancelled(const InvoiceRow& invoice) {
  return invoice.invoice().state() == LEDGER_INVOICE_STATE_CANCELLED;
}

// The version up to which a cancellation holds: without one of its own it holds for good.
std::int64_t cancelled_for(std::int64_t version) { return version == 0 ? INT64_MAX : version; }

// What the event says, without what the ledger makes of it.
void fill(Book& book, InvoiceRow& invoice, const std::string& digest) {
  const auto& issued = book.event().invoice_issued();
  auto& row = *invoice.mutable_invoice();
  *row.mutable_issue_date() = issued.issue_date();
  *row.mutable_due_date() = issued.due_date();
  row.set_currency_code(issued.gross_amount().currency_code());
  row.set_gross_amount_minor(issued.gross_amount().minor());
  row.set_tax_amount_minor(issued.tax_amount().minor());
  row.set_structured_reference(issued.structured_reference());
  row.clear_input();
  if (!book.input().source().file_name().empty()) {
    row.mutable_input()->set_file_name(book.input().source().file_name());
    row.mutable_input()->set_line(book.input().source().line());
  }
  *row.mutable_version() = version_of(book.event());
  *invoice.mutable_instalments() = issued.instalments();
  invoice.set_content_digest(digest);
}

void emit_recorded(Book& book, const InvoiceRow& invoice) {
  const auto& row = invoice.invoice();
  ReceivableRecord fact;
  auto& recorded = *fact.mutable_invoice_recorded();
  recorded.set_invoice(row.number());
  *recorded.mutable_issue_date() = row.issue_date();
  *recorded.mutable_due_date() = row.due_date();
  set_money(row.currency_code(), row.gross_amount_minor(), recorded.mutable_gross_amount());
  set_money(row.currency_code(), row.open_amount_minor(), recorded.mutable_open_amount());
  if (book.event().invoice_issued().has_tax_amount()) {
    set_money(row.currency_code(), row.tax_amount_minor(), recorded.mutable_tax_amount());
  }
  recorded.set_structured_reference(row.structured_reference());
  book.emit(std::move(fact), row.currency_code(), *to_date(row.issue_date()));
}

// Counts an invoice of which nothing is open as wholly open, and lets money at it.
void open_whole(Book& book, InvoiceRow& invoice, AgingBucket bucket) {
  auto& row = *invoice.mutable_invoice();
  ENCOURS_CHECK(row.open_amount_minor() == 0, "nothing of it is counted yet");
  row.set_state(LEDGER_INVOICE_STATE_OPEN);
  row.set_counted_bucket(bucket);
  move_open(book.balance(row.currency_code()), invoice, row.gross_amount_minor());
  emit_recorded(book, invoice);
  Allocator allocator(book);
  allocator.refresh_at(invoice_end(row.number()));
  allocator.release();
  allocator.take();
}

// Gives back what pays the invoice and takes the rest out of the sums.
void cancel(Book& book, InvoiceRow& invoice, Date day) {
  auto& row = *invoice.mutable_invoice();
  const End end = invoice_end(row.number());
  Allocator allocator(book, day);
  allocator.touch(end);
  row.set_state(LEDGER_INVOICE_STATE_CANCELLED);
  allocator.refresh_at(end);
  allocator.release();
  const std::int64_t open = row.open_amount_minor();
  if (open > 0) move_rest(book, end, -open);
  ReceivableRecord fact;
  fact.mutable_invoice_cancelled()->set_invoice(row.number());
  set_date(day, fact.mutable_invoice_cancelled()->mutable_cancelled_on());
  set_money(row.currency_code(), open, fact.mutable_invoice_cancelled()->mutable_open_amount());
  book.emit(std::move(fact), row.currency_code(), day);
  book.note_change(row.number(), day);
  allocator.take();
}

// Due another day: the age is that of the new day, at once.
void change_age(Book& book, InvoiceRow& invoice) {
  auto& row = *invoice.mutable_invoice();
  row.set_counted_bucket(bucket_on(book.today(), *to_date(row.due_date())));
  const bool late = row.counted_bucket() != AgingBucket::AGING_BUCKET_NOT_DUE;
  invoice.set_overdue_published(invoice.overdue_published() && late);
}

// A higher version: the sums and allocations move by the difference.
void correct(Book& book, InvoiceRow& invoice, const std::string& digest) {
  auto& row = *invoice.mutable_invoice();
  const auto& issued = book.event().invoice_issued();
  const End end = invoice_end(row.number());
  Allocator allocator(book, book.occurred_on());
  allocator.expect(end, issued.gross_amount().minor());
  allocator.release();
  const std::int64_t open = row.open_amount_minor();
  const std::int64_t taken = row.gross_amount_minor() - open;
  if (open > 0) move_rest(book, end, -open);
  const auto due_before = to_date(row.due_date());
  fill(book, invoice, digest);
  const bool counted = row.counted_bucket() != AgingBucket::AGING_BUCKET_UNSPECIFIED;
  if (!counted || due_before != to_date(row.due_date())) change_age(book, invoice);
  const std::int64_t open_now = row.gross_amount_minor() - taken;
  ENCOURS_CHECK(open_now >= 0, "allocations were released first");
  if (open_now > 0) move_rest(book, end, open_now);
  book.note_change(row.number(), book.occurred_on());
  emit_recorded(book, invoice);
  allocator.take();
}

void decide_newer(Book& book, InvoiceRow& invoice, const std::string& digest) {
  auto& row = *invoice.mutable_invoice();
  const std::string& currency = book.event().invoice_issued().gross_amount().currency_code();
  if (is_cancelled(invoice)) {
    const std::int64_t held = cancelled_for(version_number(invoice.cancelled_by()));
    const bool back = version_number(book.event()) > held;
    fill(book, invoice, digest);
    if (!back) {
      // It stays cancelled and nothing moves, but its currency may suit other allocations now.
      Allocator(book).refresh_at(invoice_end(row.number()));
      return;
    }
  } else if (digest == invoice.content_digest()) {
    *row.mutable_version() = version_of(book.event());
    return;
  } else if (currency == row.currency_code()) {
    return correct(book, invoice, digest);
  } else {
    cancel(book, invoice, book.occurred_on());
    fill(book, invoice, digest);
  }
  invoice.clear_cancelled_by();
  row.clear_settled_on();
  change_age(book, invoice);
  book.note_change(row.number(), book.occurred_on());
  open_whole(book, invoice, row.counted_bucket());
}

}  // namespace

Status decide_invoice_issued(Book& book) {
  const auto& issued = book.event().invoice_issued();
  ENCOURS_TRY(need_invoice(issued));
  const std::string& currency = issued.gross_amount().currency_code();
  ENCOURS_TRY(need_headroom(
      book.find_balance(currency), issued.gross_amount().minor(), "invoice_issued.gross_amount"));
  const std::string digest = content_digest(issued);
  InvoiceRow* known = book.invoice(issued.number());
  if (known == nullptr) {
    book.ensure_account();
    InvoiceRow& invoice = book.add_invoice(issued.number());
    fill(book, invoice, digest);
    // Counted as not due even if it came late: what depends on the day is decided by its timer.
    open_whole(book, invoice, AgingBucket::AGING_BUCKET_NOT_DUE);
    return {};
  }
  switch (compare(known->invoice().version(), known->content_digest(), book.event(), digest)) {
    case Repetition::kConflict:
      return conflicting_duplicate("invoice_issued.number");
    case Repetition::kNewer:
      decide_newer(book, *known, digest);
      return {};
    case Repetition::kSame:
    case Repetition::kOlder:
      return {};
  }
  return {};
}

Status decide_invoice_cancelled(Book& book) {
  const auto& cancelled = book.event().invoice_cancelled();
  const std::string& number =
      cancelled.invoice().empty() ? book.input().matched_entity() : cancelled.invoice();
  ENCOURS_TRY(need_text(number, "invoice_cancelled.invoice"));
  InvoiceRow* invoice = book.invoice(number);
  if (invoice == nullptr) {
    book.park(invoice_end(number));
    return {};
  }
  const Date day = to_date(cancelled.cancelled_on()).value_or(book.occurred_on());
  const std::int64_t version = version_number(book.event());
  if (version != 0 && version < version_number(invoice->invoice().version())) return {};
  const bool again = is_cancelled(*invoice);
  auto& row = *invoice->mutable_invoice();
  if (again) {
    // Of several cancellations the one that holds longest counts, and its day.
    const std::int64_t holds = cancelled_for(version);
    const std::int64_t held = cancelled_for(version_number(invoice->cancelled_by()));
    if (holds < held || (holds == held && day <= *to_date(row.settled_on()))) return {};
  } else {
    cancel(book, *invoice, day);
  }
  set_date(day, row.mutable_settled_on());
  *invoice->mutable_cancelled_by() = version_of(book.event());
  return {};
}

}  // namespace encours::ingestion::ledger
