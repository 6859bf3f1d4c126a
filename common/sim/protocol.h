// The words that a client and the broker of a simulation exchange: codes, producers, memberships.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/stream/log_client.h"

namespace encours::sim {

// Kafka's error codes, as far as they occur here.
enum class Code {
  kNone,
  kConcurrentTransactions,
  kInvalidProducerEpoch,
  kInvalidTxnState,
  kInvalidProducerIdMapping,
  kOutOfOrderSequence,
  kIllegalGeneration,
  kUnknownMemberId,
  kFencedInstanceId,
  kRebalanceInProgress,
  kUnstableOffsetCommit,
  // The client's own.
  kTimedOut,
  kFenced,
  kFatal,
  kState,
};

const char* code_name(Code code);

// The reaction to a code, as common/kafka names it.
Error classify(Code code, const char* doing);

struct Producer {
  std::int64_t id = -1;
  std::int32_t epoch = -1;
};

// How a member proves to the broker that it belongs to the group.
struct Membership {
  std::string group;
  std::string member;
  std::string instance;
  std::int32_t generation = -1;
};

}  // namespace encours::sim
