// The rule "overdue at once": which facts of the ledger raise and resolve alerts about an invoice.
//
// An invoice that becomes overdue raises one alert for its day, 00:00 of the day after the due
// date; the alert ends when the invoice is settled or cancelled, or when its due date moves past
// that day. An invoice that was settled and comes back (a rejected payment) raises another alert.
// The same fact read twice raises nothing: an alert knows the record that caused it. Pure.
#pragma once

#include "common/base/result.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "services/alerting/domain/alert_book.h"

namespace encours::alerting {

inline constexpr const char* kOverdueRule = "overdue";

// Error of reaction poison where the fact can't be what the ledger says.
Status apply_receivable(const encours::receivables::v1alpha1::ReceivableRecord& fact,
                        const stream::Record& record,
                        const stream::Settings& settings,
                        AlertBook& book);

}  // namespace encours::alerting
