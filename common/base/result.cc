#include "common/base/result.h"

namespace encours {

const char* reaction_name(Reaction reaction) {
  switch (reaction) {
    case Reaction::kRetry: return "retry";
    case Reaction::kAbort: return "abort";
    case Reaction::kMigrated: return "migrated";
    case Reaction::kCorrupted: return "corrupted";
    case Reaction::kPoison: return "poison";
    case Reaction::kRefused: return "refused";
    case Reaction::kFatal: return "fatal";
  }
  return "unknown";
}

}  // namespace encours
