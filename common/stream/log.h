// LogRecord and Outgoing: a record as it is read from Kafka, and as it is to be written.
//
// Plain values that own their bytes; no librdkafka type leaves common/kafka.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace encours::stream {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

struct LogRecord {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::string key;
  std::string value;
  bool tombstone = false;
  Headers headers = {};
};

struct Outgoing {
  std::string topic;
  std::int32_t partition = 0;
  std::string key;
  std::optional<std::string> value;  // Empty: a tombstone.
  Headers headers = {};
};

// Where staged records go: the transactional producer, or a fake log in simulation. It keeps no
// reference to what it is given.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Status produce(const Outgoing& record) = 0;
};

// Position of the root input of a record, as a serialised SourcePosition.
inline constexpr const char* kSourceHeader = "source";
inline constexpr const char* kContentTypeHeader = "content-type";

}  // namespace encours::stream
