// DayList: what the lists of portfolio have in common: their rows are shown as of a day.
#pragma once

#include "common/query/paged_list.h"

namespace encours::portfolio {

struct DayList : query::ListMethod {
  static constexpr bool kOfADay = true;

  // The token of the next page would carry the name at which this one ends.
  static bool is_orderable(std::string_view path) { return path != "display_name"; }
};

}  // namespace encours::portfolio
