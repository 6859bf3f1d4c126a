// The end of a decision: invoices that came to zero are settled, those that left it are open again.
//
// It is done once, when all events of the decision are applied, so that money that only changes
// places settles and opens nothing. Facts InvoiceSettled; timers are set and cleared here.
#pragma once

#include "services/ingestion/domain/ledger/book.h"

namespace encours::ingestion::ledger {

void conclude_invoices(Book& book);

}  // namespace encours::ingestion::ledger
