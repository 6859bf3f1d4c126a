#include "common/base/result.h"

namespace encours {

const char* reaction_name(Reaction reaction) {
  switch (reaction) {
    case Reaction::kRetry:
      return "retry";
    case Reaction::kAbort:
      return "abort";
    case Reaction::kMigrated:
      return "migrated";
    case Reaction::kCorrupted:
      return "corrupted";
    case Reaction::kPoison:
      return "poison";
    case Reaction::kRefused:
      return "refused";
    case Reaction::kFatal:
      return "fatal";
  }
  return "unknown";
}

std::string describe(const Error& error) {
  std::string line = std::string(reaction_name(error.reaction)) + " " + error.code;
  if (!error.field.empty()) line += " (" + error.field + ")";
  return line + ": " + error.message;
}

}  // namespace encours
