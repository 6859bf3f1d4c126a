// One event as proto3 JSON or as Protobuf -> ErpEvent, with every field accounted for.
//
// Total functions: any bytes give an event or errors. What the contract does not know is refused
// with "unknown_field" and its path, never dropped: a sender that mistypes a name must hear of it.
// Codes: "record_too_large", "invalid_utf8", "unreadable_json", "unreadable_protobuf",
// "unknown_field", "wrong_type", "unknown_value". Rules about values are in validate.h. CloudEvents
// will be taken apart in decode_input.cc before these are called. Pure, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "encours/erp/v1alpha1/events.pb.h"

namespace encours::ingestion {

using ErpEvent = encours::erp::v1alpha1::ErpEvent;

inline constexpr std::size_t kMaxEventBytes = 1024 * 1024;

struct DecodedEvent {
  // Set as far as it could be read.
  ErpEvent event;
  // False where nothing could be read that would be worth checking.
  bool readable = false;
  std::vector<Error> errors;
};

DecodedEvent event_from_json(std::string_view json);
DecodedEvent event_from_protobuf(std::string_view bytes);

// The event as JSON, with the contract's own field names: the original of a dead letter that is
// born behind the first stage.
std::string event_to_json(const ErpEvent& event);

}  // namespace encours::ingestion
