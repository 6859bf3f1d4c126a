// The sums of an account in one currency, kept by difference.
//
// Each open invoice is counted in exactly one bucket, that of its row; a change of an invoice or of
// money moves the sums by its difference and nothing ever reads all rows of an account to find
// them. A sum that would fall below zero or leave int64 is our own bug and stops the process.
#pragma once

#include <cstdint>

#include "services/ingestion/domain/ledger/model.h"

namespace encours::ingestion::ledger {

// Moves the sum of a bucket. `bucket` is one of the six, never UNSPECIFIED.
void move_bucket(AccountBalance& balance, AgingBucket bucket, std::int64_t difference_minor);
std::int64_t bucket_sum(const AccountBalance& balance, AgingBucket bucket);

// Moves what is left of a payment (cash) or of a credit note.
void move_unallocated(AccountBalance& balance, EndKind origin, std::int64_t difference_minor);

// Moves an invoice's open amount together with the sums; counts it where it comes from zero and
// no longer where it comes to zero. The invoice must have a bucket.
void move_open(AccountBalance& balance, InvoiceRow& invoice, std::int64_t difference_minor);

// Moves an open invoice to another bucket.
void rebucket(AccountBalance& balance, InvoiceRow& invoice, AgingBucket to);

// Refuses an amount that would bring the account's sums over kMaxBalanceMinor; null: no sums yet.
Status need_headroom(const AccountBalance* balance, std::int64_t amount_minor, const char* field);

}  // namespace encours::ingestion::ledger
