#include "common/sim/protocol.h"

namespace encours::sim {

const char* code_name(Code code) {
  switch (code) {
    case Code::kNone: return "ok";
    case Code::kConcurrentTransactions: return "CONCURRENT_TRANSACTIONS";
    case Code::kInvalidProducerEpoch: return "INVALID_PRODUCER_EPOCH";
    case Code::kInvalidTxnState: return "INVALID_TXN_STATE";
    case Code::kInvalidProducerIdMapping: return "INVALID_PRODUCER_ID_MAPPING";
    case Code::kOutOfOrderSequence: return "OUT_OF_ORDER_SEQUENCE_NUMBER";
    case Code::kIllegalGeneration: return "ILLEGAL_GENERATION";
    case Code::kUnknownMemberId: return "UNKNOWN_MEMBER_ID";
    case Code::kFencedInstanceId: return "FENCED_INSTANCE_ID";
    case Code::kRebalanceInProgress: return "REBALANCE_IN_PROGRESS";
    case Code::kUnstableOffsetCommit: return "UNSTABLE_OFFSET_COMMIT";
    case Code::kTimedOut: return "_TIMED_OUT";
    case Code::kFenced: return "_FENCED";
    case Code::kFatal: return "_FATAL";
    case Code::kState: return "_STATE";
  }
  return "";
}

Error classify(Code code, const char* doing) {
  const std::string text = std::string(doing) + ": " + code_name(code);
  switch (code) {
    case Code::kFenced:
    case Code::kInvalidProducerEpoch:
    case Code::kFencedInstanceId:
    case Code::kUnknownMemberId:
    case Code::kIllegalGeneration:
    case Code::kRebalanceInProgress:
      return error(Reaction::kMigrated, "migrated", text);
    case Code::kTimedOut:
      return error(Reaction::kRetry, "kafka", text);
    default:
      return error(Reaction::kAbort, "kafka", text);
  }
}

}  // namespace encours::sim
