// Days on which people work and pay: public holidays, runs of payment, agreed terms.
//
// Pure functions of days. Holidays are those of France for accounts there, and a common list of
// fixed and Easter days for everybody else; the sample needs likely days, not every region's.
#pragma once

#include "common/time/date.h"
#include "encours/erp/v1alpha1/types.pb.h"

namespace encours::sample {

namespace erp = encours::erp::v1alpha1;

Date easter_sunday(int year);
bool is_business_day(Date day, bool french);
// The day itself where it is one.
Date next_business_day(Date day, bool french);
Date last_business_day(Date day, bool french);

// On which days of a month an account pays.
enum class Runs { kDaily, kThursdays, kTenthAndLast, kTenthAndTwentyFifth, kMonthEnd };

// The first run on `day` or later.
Date next_run(Date day, Runs runs, bool french);

// The last day to pay an invoice of `issued` on time.
Date due_date(Date issued, const erp::PaymentTerms& terms);

}  // namespace encours::sample
