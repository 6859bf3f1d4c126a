// When a step of a scenario is due for an invoice. Pure.
//
// On the day D the step of an invoice is the last one whose day has come and that is not over for
// it: what was missed is left out, and an invoice that becomes known late begins with the step of
// its age. A step on or before the due date is for courtesy: it comes only after the day on which
// the invoice became known, and not once the due date is past. Days are the creditor's; a step is
// decided at the opening of the sending hours, 08:00; in wall time what a fact makes due until
// their close, 18:00, is said at once, unless the account has had a message that day.
//
//   due date 10 March, steps at -5, +3, +15, +30:  5, 13, 25 March, 9 April
#pragma once

#include <optional>

#include "common/time/civil.h"
#include "encours/dunning/v1alpha1/scenario.pb.h"
#include "encours/state/v1alpha1/dunning.pb.h"
#include "encours/stream/v1alpha1/command.pb.h"

namespace encours::dunning {

using encours::dunning::v1alpha1::Scenario;
using encours::dunning::v1alpha1::Step;
using encours::state::v1alpha1::DunnedInvoiceRow;
using encours::stream::v1alpha1::TenantSetting;

// Of a step: its place among those after the due date, from 1; 0 for one that comes before.
int level_of(const Scenario& scenario, const Step& step);

// The step that is due on `day`; null where none is. Lives as long as the scenario.
const Step* step_due(const Scenario& scenario, const DunnedInvoiceRow& invoice, Date day);

// The first day, `from` or later, on which a step is due; nothing where none will be.
std::optional<Date> next_step_day(const Scenario& scenario, const DunnedInvoiceRow& invoice,
                                  Date from);

// Decides once what becomes of an invoice that was late when its tenant went live: it begins anew
// with a step on `today`, or is left out. Others follow their own days. `setting` has a live_from.
void decide_backlog(const Scenario& scenario, const TenantSetting& setting, Date live_day,
                    Date today, DunnedInvoiceRow* invoice);

// From 08:00 to 18:00.
bool in_sending_hours(const Zone& zone, Instant at);
// 08:00 of the first day whose 08:00 is strictly after `after`.
Instant next_opening(const Zone& zone, Instant after);

Date date_of(const google::type::Date& date);
google::type::Date to_proto(Date date);

}  // namespace encours::dunning
