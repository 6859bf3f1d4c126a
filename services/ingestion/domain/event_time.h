// When an event happened, and when it counts as recorded for a tenant in events mode.
//
// A day without an hour is 06:00 of that day in the creditor's zone (kUndatedHour). An event that
// gives no day of its own takes the one of its business: an invoice its issue date, a payment its
// value date. Nothing for one that has neither (a customer's master data). Pure, any thread.
#pragma once

#include <optional>

#include "common/time/civil.h"
#include "encours/erp/v1alpha1/events.pb.h"

namespace encours::ingestion {

using ErpEvent = encours::erp::v1alpha1::ErpEvent;

// The day that the event's business names.
std::optional<Date> day_of_business(const ErpEvent& event);

std::optional<Instant> occurred_time_of(const ErpEvent& event, const Zone& zone);

// The source's own recorded time, else when it happened.
std::optional<Instant> recorded_time_of(const ErpEvent& event, const Zone& zone);

}  // namespace encours::ingestion
