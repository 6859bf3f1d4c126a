// What a dead letter of ingestion holds so that a person can read it and send it in again.
//
// hints_of() writes down what the decoder needed beside the bytes: "header", "mapping",
// "default_source" and what the door added. The letters stage reads them back. Pure, any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/stream/effects.h"
#include "encours/ingestion/v1alpha1/inbox.pb.h"
#include "encours/stream/v1alpha1/command.pb.h"

namespace encours::ingestion {

using InboxRecord = encours::ingestion::v1alpha1::InboxRecord;
using DeadLetter = encours::stream::v1alpha1::DeadLetter;
using ErpEvent = encours::erp::v1alpha1::ErpEvent;

inline constexpr const char* kMappingHint = "mapping";
inline constexpr const char* kSourceHint = "default_source";
std::vector<std::pair<std::string, std::string>> hints_of(const InboxRecord& record);

// A record is refused once: by its first error, with the others told in the message.
stream::Refusal refusal_of(const InboxRecord& record, const std::vector<Error>& errors);

// The refusal of an event behind the first stage. Its original is the event as JSON, without what
// is personal unless `personal` gives it back.
stream::Refusal refusal_of(const ErpEvent& event,
                           std::string_view personal,
                           const encours::stream::v1alpha1::SourcePosition& source,
                           Error why);

// Hints of a letter that was refused behind stage "identity", where its event's id has been seen:
// the event ("SOURCE/ID"), and, on a replay, the letter. They stay with it through further replays.
inline constexpr const char* kEventHint = "event";
inline constexpr const char* kRefusedLetterHint = "refused_letter";
std::string event_hint_of(const ErpEvent& event);

// The value of a hint; empty where there is none. Of anything that has decoder_hints.
template <class Message>
std::string hint_of(const Message& message, std::string_view name) {
  for (const auto& hint : message.decoder_hints()) {
    if (hint.name() == name) return hint.value();
  }
  return {};
}

// The header line that a letter's hints hold; empty where there is none.
std::string header_of(const DeadLetter& letter);

}  // namespace encours::ingestion
