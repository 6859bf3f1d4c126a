#include "common/state/overlay.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>
#include <utility>

namespace encours {

KeptRow& Overlay::stage(std::string_view key) {
  changes_.clear();
  auto& node = rows_.at(key);
  if (!node.second.is_staged) {
    node.second.is_staged = true;
    staged_.push_back(&node);
  }
  return node.second;
}

void Overlay::put(std::string_view key, std::string value) {
  KeptRow& staged = stage(key);
  staged.row.reset();
  staged.bytes = std::move(value);
}

void Overlay::put(std::string_view key, RowPointer row) {
  KeptRow& staged = stage(key);
  staged.row = std::move(row);
  staged.bytes.reset();
}

void Overlay::erase(std::string_view key) {
  KeptRow& staged = stage(key);
  staged.row.reset();
  staged.bytes.reset();
}

const std::string& Overlay::bytes_of(KeptRow& staged) {
  if (!staged.bytes) staged.bytes = row_bytes(*staged.row);
  return *staged.bytes;
}

std::optional<std::string> Overlay::get(std::string_view key) const {
  auto* node = rows_.find(key);
  if (node == nullptr || !node->second.is_staged) return committed_.get(key);
  if (node->second.is_erased()) return std::nullopt;
  return bytes_of(node->second);
}

RowPointer Overlay::row(std::string_view key,
                        const google::protobuf::MessageLite& prototype) const {
  if (auto* node = rows_.find(key)) {
    KeptRow& kept = node->second;
    if (kept.is_staged) {
      if (!kept.row && kept.bytes) kept.row = parse_row(*kept.bytes, prototype);
      return kept.row;
    }
    if (kept.is_known) return kept.committed;
  }
  RowPointer read = committed_.row(key, prototype);
  rows_.know(key, read);
  return read;
}

const absl::btree_map<std::string_view, KeptRow*>& Overlay::ordered() const {
  for (; ordered_count_ < staged_.size(); ++ordered_count_) {
    auto& [key, kept] = *staged_[ordered_count_];
    ordered_.emplace(key, &kept);
  }
  return ordered_;
}

void Overlay::scan(std::string_view from, std::string_view until, const Visitor& visit) const {
  const auto& order = ordered();
  auto next = order.lower_bound(from);
  const auto in_range = [&](const auto& it) {
    return it != order.end() && (until.empty() || it->first < until);
  };
  bool go_on = true;
  const auto visit_staged = [&] {
    const auto& [key, staged] = *next;
    if (!staged->is_erased()) go_on = visit(key, bytes_of(*staged));
    ++next;
  };
  // The committed rows lead; staged rows are merged in before and over them.
  committed_.scan(from, until, [&](std::string_view key, std::string_view value) {
    while (go_on && in_range(next) && next->first < key) visit_staged();
    if (!go_on) return false;
    if (in_range(next) && next->first == key) {
      visit_staged();
      return go_on;
    }
    go_on = visit(key, value);
    return go_on;
  });
  while (go_on && in_range(next)) visit_staged();
}

const std::vector<RowChange>& Overlay::changes() const {
  if (!changes_.empty()) return changes_;
  auto order = staged_;
  std::sort(order.begin(), order.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  changes_.reserve(order.size());
  for (auto* node : order) {
    KeptRow& staged = node->second;
    auto& change = changes_.emplace_back(RowChange{node->first, std::nullopt});
    if (staged.row) {
      // The message stays, should anybody ask for its bytes again.
      change.value = staged.bytes ? std::move(*staged.bytes) : row_bytes(*staged.row);
      staged.bytes.reset();
    } else {
      change.value = staged.bytes;
    }
  }
  return changes_;
}

void Overlay::settle() {
  for (auto* node : staged_) {
    KeptRow& kept = node->second;
    kept.is_staged = false;
    kept.bytes.reset();
    // Rows of bytes are rarely read again.
    if (kept.row && keeps_) {
      rows_.know(*node, std::exchange(kept.row, nullptr));
    } else {
      rows_.drop(std::string(node->first));
    }
  }
  unstage();
}

void Overlay::clear() {
  for (auto* node : staged_) {
    KeptRow& kept = node->second;
    kept.is_staged = false;
    kept.row.reset();
    kept.bytes.reset();
    if (!kept.is_known) rows_.drop(std::string(node->first));
  }
  unstage();
}

void Overlay::unstage() {
  changes_.clear();
  ordered_.clear();
  ordered_count_ = 0;
  staged_.clear();
}

void Overlay::forget() {
  unstage();
  rows_.clear();
}

}  // namespace encours
