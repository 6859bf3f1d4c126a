// What a decoder makes of one record: its events, or everything that is wrong with it.
//
// A record is taken whole or not at all: where there is an error there are no events. Plain values.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "encours/erp/v1alpha1/events.pb.h"

namespace encours::ingestion {

using ErpEvent = encours::erp::v1alpha1::ErpEvent;

struct DecodedInput {
  std::vector<ErpEvent> events;
  std::vector<Error> errors;
};

// What the door knows of a record beside its bytes.
struct Origin {
  // The tenant that the door has proved.
  std::string tenant;
  // For events that name no source of their own; may be empty.
  std::string source;
};

}  // namespace encours::ingestion
