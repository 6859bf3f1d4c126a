// decode_input: a record as a door received it -> its events, or all that is wrong with it.
//
// The one way in: the inbox stage decides by it, and a door calls the same function to tell a
// sender at once. It sees the record and the settings in force and nothing else, so both give the
// same answer unless a setting changes in between; then the stage's answer counts. Total and pure.
//
// Codes beside those of the decoders: tenant_not_open, tenant_mismatch, unknown_mapping,
// unknown_content_type, and whatever a door has found itself (InboxRecord.finding).
#pragma once

#include <string>
#include <string_view>

#include "common/stream/settings.h"
#include "encours/ingestion/v1alpha1/inbox.pb.h"
#include "services/ingestion/domain/decode/decoded.h"

namespace encours::ingestion {

using InboxRecord = encours::ingestion::v1alpha1::InboxRecord;

inline constexpr const char* kCsvType = "text/csv";
inline constexpr const char* kJsonType = "application/json";
inline constexpr const char* kProtobufType = "application/x-protobuf";

DecodedInput decode_input(const InboxRecord& record, const stream::Settings& settings);

// The media type in lower case without its parameters; of a record that has none, what its first
// byte shows: "{" begins JSON and can't begin a Protobuf event.
std::string media_type_of(const InboxRecord& record);

// The tenant that the door has proved.
const std::string& tenant_of(const InboxRecord& record);

}  // namespace encours::ingestion
