// The events that the ledger understands, one function for each family.
//
// Each applies the event that the Book has begun. It checks all that it needs before it changes
// anything, so a refusal (an Error of reaction refused) leaves the Book as it was. Events that a
// later issue reads are accepted without effect. Repetitions of a document under another event id
// do nothing where the content is the same and are refused with conflicting_duplicate otherwise.
#pragma once

#include "services/ingestion/domain/ledger/book.h"

namespace encours::ingestion::ledger {

// Applies the record's event, then what waited for it.
Status decide_event(Book& book, const LedgerRecord& record);

Status decide_customer(Book& book);
Status decide_internal_limit(Book& book);
Status decide_invoice_issued(Book& book);
Status decide_invoice_cancelled(Book& book);
Status decide_credit_note(Book& book);
Status decide_payment(Book& book);
Status decide_payment_rejected(Book& book);
Status decide_allocation(Book& book);
Status decide_reversal(Book& book);

// What a document that is known already makes of another event about it.
enum class Repetition {
  kSame,      // Nothing new.
  kNewer,     // A higher version of it.
  kOlder,     // A version that is superseded.
  kConflict,  // Other content, and no version says which one stands.
};
Repetition compare(const state::EntityVersion& known,
                   const std::string& known_digest,
                   const erp::ErpEvent& event,
                   const std::string& digest);
Error conflicting_duplicate(const char* field);

// Makes the rows of what a payment or credit note says that it pays; waits for what is not known.
// The parts have been checked by need_parts.
Status need_parts(const google::protobuf::RepeatedPtrField<erp::AllocationPart>& parts,
                  const char* field);
void add_parts(Book& book,
               const End& origin,
               const google::protobuf::RepeatedPtrField<erp::AllocationPart>& parts);

}  // namespace encours::ingestion::ledger
