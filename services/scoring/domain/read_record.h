// Records of internal topics as messages, checked against the key that they stand under. Poison
// where they can't be read or contradict it: a row would be filed where nobody looks for it.
#pragma once

#include "common/base/result.h"
#include "common/stream/record.h"

namespace encours::scoring {

template <class Message>
Result<Message> read_record(const stream::Record& record,
                            const std::string& (Message::*entity)() const) {
  Message message;
  if (!message.ParseFromString(record.value)) {
    return poison("unreadable_record", "", "The record is not what its topic holds.");
  }
  if ((message.*entity)() != stream::entity_of_key(record.key) ||
      record.tenant() != stream::tenant_of_key(record.key)) {
    return poison("key_mismatch", "key", "The record and its key name different things.");
  }
  return message;
}

template <class Message>
Result<Message> read_account_record(const stream::Record& record) {
  return read_record<Message>(record, &Message::account);
}

template <class Message>
Result<Message> read_segment_record(const stream::Record& record) {
  return read_record<Message>(record, &Message::segment);
}

}  // namespace encours::scoring
