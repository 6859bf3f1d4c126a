// DayList: what the lists of portfolio have in common: their rows are shown as of a day.
#pragma once

#include "common/query/paged_list.h"

namespace encours::portfolio {

struct DayList : query::ListMethod {
  static constexpr bool kOfADay = true;

  // Personal data are not in our rows: a filter on them would find nothing and look as if it had.
  static bool is_filterable(std::string_view path) { return path != "display_name"; }
};

}  // namespace encours::portfolio
