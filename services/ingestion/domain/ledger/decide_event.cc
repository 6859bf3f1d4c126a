#include "services/ingestion/domain/ledger/decide_event.h"

#include "services/ingestion/domain/ledger/persons.h"

namespace encours::ingestion::ledger {
namespace {

Status apply_event(Book& book) {
  switch (book.event().event_case()) {
    case erp::ErpEvent::kCustomerUpserted:
      return decide_customer(book);
    case erp::ErpEvent::kInternalLimitSet:
      return decide_internal_limit(book);
    case erp::ErpEvent::kInvoiceIssued:
      return decide_invoice_issued(book);
    case erp::ErpEvent::kInvoiceCancelled:
      return decide_invoice_cancelled(book);
    case erp::ErpEvent::kCreditNoteIssued:
      return decide_credit_note(book);
    case erp::ErpEvent::kPaymentReceived:
      return decide_payment(book);
    case erp::ErpEvent::kPaymentRejected:
      return decide_payment_rejected(book);
    case erp::ErpEvent::kPaymentAllocated:
      return decide_allocation(book);
    case erp::ErpEvent::kAllocationReversed:
      return decide_reversal(book);
    default:
      return {};  // Read by a later issue; the log keeps it.
  }
}

// The document that others may have waited for, once the event is applied.
std::optional<End> document_of(const erp::ErpEvent& event) {
  if (event.has_invoice_issued()) return invoice_end(event.invoice_issued().number());
  if (event.has_payment_received()) return payment_end(event.payment_received().payment());
  return std::nullopt;
}

}  // namespace

Status decide_event(Book& book, const LedgerRecord& record) {
  book.begin(&record);
  ENCOURS_TRY(apply_event(book));
  // Of a customer only the newest version's data are kept: decide_customer knows which that is.
  if (!record.event().has_customer_upserted()) emit_persons(book);
  const auto document = document_of(record.event());
  if (!document) return {};
  for (const auto& parked : book.take_parked(*document)) {
    book.begin(&parked);
    if (auto done = apply_event(book); !done) book.refuse(done.failure(), parked.event());
  }
  book.begin(&record);
  return {};
}

Repetition compare(const state::EntityVersion& known,
                   const std::string& known_digest,
                   const erp::ErpEvent& event,
                   const std::string& digest) {
  const std::int64_t old_version = version_number(known);
  const std::int64_t new_version = version_number(event);
  if (new_version > old_version) return Repetition::kNewer;
  if (digest == known_digest) return Repetition::kSame;
  if (new_version != 0 && new_version < old_version) return Repetition::kOlder;
  return Repetition::kConflict;
}

Error conflicting_duplicate(const char* field) {
  return refused("conflicting_duplicate",
                 field,
                 "This document is known with other content, and no version says which one "
                 "stands: the first does.");
}

}  // namespace encours::ingestion::ledger
