// Ages of invoices: which bucket a day puts them in, and the timers that move them on.
//
// Age = day - due date; on the due day an invoice is not late. An open invoice has one timer, at
// 00:00 local of the first day of its next bucket, or at the next day instant (00:00 or 08:00)
// where that has passed. What fires it is dated by the timer's own due instant, not by the tick.
#pragma once

#include <optional>

#include "services/ingestion/domain/ledger/book.h"

namespace encours::ingestion::ledger {

AgingBucket bucket_on(Date day, Date due_date);

// First day of a bucket of late days; nullopt for NOT_DUE and at the end of the calendar.
std::optional<Date> first_day(AgingBucket bucket, Date due_date);

// Sets the invoice's timer for its next decision, or clears it where there is none.
void schedule_aging(Book& book, const InvoiceRow& invoice);
void clear_aging(Book& book, const InvoiceRow& invoice);

// A timer of this invoice has come due: AgingBucketCrossed, InvoiceOverdue, and the next timer.
void fire_aging(Book& book, const std::string& number);

}  // namespace encours::ingestion::ledger
