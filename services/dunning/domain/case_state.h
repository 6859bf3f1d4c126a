// The state of a case, from how many of its open invoices stand where. Pure.
//
// Worst first: the level of the highest step that has left for an invoice that is still open;
// overdue without a step; a courtesy reminder and nothing overdue; clear, which is reached from
// every state as soon as nothing is left to chase.
#pragma once

#include "encours/state/v1alpha1/dunning.pb.h"

namespace encours::dunning {

// How an invoice is counted: its standing and, past the due date, the number of the highest step
// that has left. Sets both fields of the row; an invoice that is not open is quiet.
void stand(encours::state::v1alpha1::DunnedInvoiceRow* invoice);

// Adds to the counter of a standing; a counter that comes to zero goes.
void add_to_counts(const encours::state::v1alpha1::DunnedInvoiceRow& invoice,
                   std::int64_t difference, encours::state::v1alpha1::DunningCaseRow* row);

// Sets state and level by the counters; true where they have changed.
bool settle_state(encours::state::v1alpha1::DunningCaseRow* row);

}  // namespace encours::dunning
