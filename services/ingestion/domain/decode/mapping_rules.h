// What a mapping must have as a whole, beyond the form of each key.
//
// A row that is an invoice needs number, account, dates and amount; separators must be one
// character each and unlike. Adds an error for each thing that is missing or contradicts another.
// Pure, any thread.
#pragma once

#include <vector>

#include "common/base/result.h"
#include "encours/ingestion/v1alpha1/mapping.pb.h"

namespace encours::ingestion {

void check_mapping(const encours::ingestion::v1alpha1::Mapping& mapping,
                   std::vector<Error>* errors);

}  // namespace encours::ingestion
