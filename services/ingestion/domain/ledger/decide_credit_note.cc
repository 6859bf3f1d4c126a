// Credit notes: set against the invoices that they name, the rest unallocated.
#include "services/ingestion/domain/ledger/allocation.h"
#include "services/ingestion/domain/ledger/balance.h"
#include "services/ingestion/domain/ledger/decide_event.h"
#include "services/ingestion/domain/ledger/ends.h"

namespace encours::ingestion::ledger {
namespace {

Status need_credit_note(const erp::CreditNoteIssued& issued) {
  ENCOURS_TRY(need_text(issued.number(), "credit_note_issued.number"));
  const auto day = need_date(issued.issue_date(), "credit_note_issued.issue_date");
  if (!day) return day.failure();
  ENCOURS_TRY(need_amount(
      issued.has_gross_amount(), issued.gross_amount(), "credit_note_issued.gross_amount"));
  return need_parts(issued.invoices(), "credit_note_issued.invoices");
}

void emit_recorded(Book& book, const CreditNoteRow& note) {
  const auto& row = note.credit_note();
  ReceivableRecord fact;
  auto& recorded = *fact.mutable_credit_note_recorded();
  recorded.set_credit_note(row.number());
  *recorded.mutable_issue_date() = row.issue_date();
  set_money(row.currency_code(), row.gross_amount_minor(), recorded.mutable_gross_amount());
  recorded.set_invoice(row.invoice());
  book.emit(std::move(fact), row.currency_code(), *to_date(row.issue_date()));
}

}  // namespace

Status decide_credit_note(Book& book) {
  const auto& issued = book.event().credit_note_issued();
  ENCOURS_TRY(need_credit_note(issued));
  const std::string& currency = issued.gross_amount().currency_code();
  const std::string digest = content_digest(issued);
  if (const CreditNoteRow* known = book.credit_note(issued.number())) {
    if (known->content_digest() == digest) return {};
    return conflicting_duplicate("credit_note_issued.number");
  }
  ENCOURS_TRY(need_headroom(book.find_balance(currency),
                            issued.gross_amount().minor(),
                            "credit_note_issued.gross_amount"));
  book.ensure_account();
  CreditNoteRow& note = book.add_credit_note(issued.number());
  auto& row = *note.mutable_credit_note();
  *row.mutable_issue_date() = issued.issue_date();
  row.set_currency_code(currency);
  row.set_gross_amount_minor(issued.gross_amount().minor());
  if (issued.invoices_size() > 0) row.set_invoice(issued.invoices(0).invoice());
  *row.mutable_version() = version_of(book.event());
  note.set_content_digest(digest);

  const End end = credit_note_end(issued.number());
  move_rest(book, end, issued.gross_amount().minor());
  emit_recorded(book, note);
  add_parts(book, end, issued.invoices());
  Allocator allocator(book);
  allocator.refresh_at(end);
  allocator.release();
  allocator.take();
  return {};
}

}  // namespace encours::ingestion::ledger
