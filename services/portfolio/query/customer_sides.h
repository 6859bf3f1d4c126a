// What limits, providers, scoring and dunning say of a customer, as fields of its views.
//
// The limit is that of the day of the query, and stands in the row of each currency; its use only
// in that of its own, as exposure over limit in millionths, a half away from zero: unset for a
// limit of zero, and the largest number where it would be larger. Of a criterion the newest value
// counts over all providers: by the provider's date, then by the time of fetching, then by the
// provider's name. Pure.
#pragma once

#include "services/portfolio/query/customer_view.h"

namespace encours::portfolio {

// All but the limit's use, which needs the exposure.
void set_sides(const CustomerRows& rows, Date day, api::CustomerView* view);
void set_limit_use(api::CustomerView* view);

}  // namespace encours::portfolio
