// Why a JSON object is no message: each unknown field and each value of a wrong type, by its path.
//
// Protobuf's own reader stops at the first mistake and quotes the value, which may be personal; it
// is asked first, and this walk runs only over what it has refused. Pure, any thread.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>

#include "services/ingestion/domain/decode/findings.h"

namespace encours::ingestion {

void check_json(const google::protobuf::Struct& object,
                const google::protobuf::Descriptor& type,
                Findings* findings);

}  // namespace encours::ingestion
