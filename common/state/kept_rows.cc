#include "common/state/kept_rows.h"

#include <google/protobuf/message_lite.h>

#include <iterator>

namespace encours {
namespace {

// What an entry takes beside its key and its fields: nodes, pointers, the message's own head.
constexpr std::size_t kEntryBytes = 250;

// Known already where it has been serialised.
std::size_t size_of(const RowPointer& row) {
  if (!row) return 0;
  const auto known = static_cast<std::size_t>(row->GetCachedSize());
  return known > 0 ? known : row->ByteSizeLong();
}

}  // namespace

KeptRows::Node* KeptRows::find(std::string_view key) {
  if (const auto young = young_.find(key); young != young_.end()) return &*young;
  if (old_.empty()) return nullptr;
  const auto old = old_.find(key);
  if (old == old_.end()) return nullptr;
  young_bytes_ += old->second.weight;
  return &*young_.insert(old_.extract(old)).position;
}

KeptRows::Node& KeptRows::at(std::string_view key) {
  if (Node* known = find(key)) return *known;
  return *young_.try_emplace(key).first;
}

void KeptRows::know(std::string_view key, RowPointer row) {
  if (max_bytes_ > 0) know(at(key), std::move(row));
}

void KeptRows::know(Node& node, RowPointer row) {
  auto& [key, kept] = node;
  young_bytes_ -= kept.weight;
  kept.weight = kEntryBytes + key.size() + size_of(row);
  young_bytes_ += kept.weight;
  kept.committed = std::move(row);
  kept.is_known = true;
  if (young_bytes_ > max_bytes_ / 2) age();
}

void KeptRows::age() {
  Generation staged;
  for (auto it = old_.begin(); it != old_.end();) {
    const auto next = std::next(it);
    if (it->second.is_staged) staged.insert(old_.extract(it));
    it = next;
  }
  old_ = std::exchange(young_, std::move(staged));
  young_bytes_ = 0;
  for (const auto& [key, kept] : young_) young_bytes_ += kept.weight;
}

void KeptRows::drop(std::string_view key) {
  if (find(key) == nullptr) return;
  const auto found = young_.find(key);
  young_bytes_ -= found->second.weight;
  young_.erase(found);
}

void KeptRows::clear() {
  young_.clear();
  old_.clear();
  young_bytes_ = 0;
}

}  // namespace encours
