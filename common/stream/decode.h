// decode: bytes of the log -> envelope or tick, or poison. The second verb of the data path.
//
// Only the head of a message is read here (field 1 envelope, field 2 tick); its body is parsed by
// the stage that knows its type. Total functions: any bytes give a value or an Error of reaction
// poison, never a crash. Pure, any thread.
//   message := [0x0A len Envelope] (0x12 len Tick | body fields)
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/stream/log.h"
#include "common/stream/record.h"
#include "common/time/civil.h"

namespace encours::stream {

using Tick = encours::common::v1alpha1::Tick;

struct Head {
  Envelope envelope;
  std::optional<Tick> tick;
};

Result<Head> decode_head(std::string_view value);

// The bytes of a fact: its envelope before the fields of its body.
std::string encode_fact(const Envelope& envelope, std::string_view body);
std::string encode_tick(const Tick& tick);

// Where a record came from: its header "source" if it has one, else its own place in the log.
SourcePosition source_of(const LogRecord& record);

Instant to_instant(const google::protobuf::Timestamp& timestamp);
void set_timestamp(Instant instant, google::protobuf::Timestamp* out);

}  // namespace encours::stream
