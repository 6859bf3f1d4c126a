// Kafka's framing: what a proxy has to know of the bytes that pass to hold the right ones.
//
//   request = length:i32 api_key:i16 version:i16 correlation:i32 client_id:string body
//   answer  = length:i32 correlation:i32 body           string = length:i16 (-1: null) bytes
//   EndTxn  = transactional_id:string producer_id:i64 epoch:i16 committed:i8     (version 0 to 2)
//
// All integers are big-endian. A connection's answers come in the order of its requests. Values
// only; any number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace encours::test {

// Requests that faults are aimed at, by Kafka's key.
enum class ApiKey : std::int16_t {
  kProduce = 0,
  kFetch = 1,
  kMetadata = 3,
  kOffsetFetch = 9,
  kFindCoordinator = 10,
  kJoinGroup = 11,
  kHeartbeat = 12,
  kInitProducerId = 22,
  kAddPartitionsToTxn = 24,
  kAddOffsetsToTxn = 25,
  kEndTxn = 26,
  kWriteTxnMarkers = 27,
  kTxnOffsetCommit = 28,
};

struct Request {
  ApiKey api_key = ApiKey::kProduce;
  std::int16_t version = 0;
  std::int32_t correlation = 0;
  // Of EndTxn alone.
  std::string transactional_id;
  std::optional<bool> commits;
};

// `frame` begins with its length.
Result<Request> read_request(std::string_view frame);
Result<std::int32_t> read_correlation(std::string_view answer);

// Cuts a stream of bytes, as it comes, into frames.
class FrameCutter {
 public:
  void add(std::string_view bytes) { bytes_.append(bytes); }
  // The next whole frame with its length; nothing while it has not all come.
  Result<std::optional<std::string>> next();

 private:
  std::string bytes_;
};

}  // namespace encours::test
