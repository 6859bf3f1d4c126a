#include "common/state/decoded_rows.h"

#include <google/protobuf/message_lite.h>

#include <utility>

namespace encours {
namespace {

// What an entry takes beside its key and its fields: nodes, pointers, the message's own head.
constexpr std::size_t kEntryBytes = 200;

std::size_t weight(std::string_view key, const RowPointer& row) {
  return kEntryBytes + key.size() + (row ? row->ByteSizeLong() : 0);
}

}  // namespace

const RowPointer* DecodedRows::find(std::string_view key) {
  if (const auto young = young_.find(key); young != young_.end()) return &young->second;
  const auto old = old_.find(key);
  if (old == old_.end()) return nullptr;
  RowPointer row = std::move(old->second);
  old_.erase(old);
  return insert(key, std::move(row));
}

const RowPointer* DecodedRows::insert(std::string_view key, RowPointer row) {
  young_bytes_ += weight(key, row);
  if (young_bytes_ > max_bytes_ / 2) {
    old_ = std::exchange(young_, Generation());
    young_bytes_ = weight(key, row);
  }
  return &young_.insert_or_assign(std::string(key), std::move(row)).first->second;
}

void DecodedRows::put(std::string_view key, RowPointer row) {
  if (max_bytes_ == 0) return;
  if (const auto young = young_.find(key); young != young_.end()) {
    young->second = std::move(row);
    return;
  }
  if (!old_.empty()) old_.erase(key);
  insert(key, std::move(row));
}

void DecodedRows::forget(std::string_view key) {
  young_.erase(key);
  old_.erase(key);
}

void DecodedRows::clear() {
  young_.clear();
  old_.clear();
  young_bytes_ = 0;
}

}  // namespace encours
