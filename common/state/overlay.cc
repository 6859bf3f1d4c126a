#include "common/state/overlay.h"

#include <algorithm>
#include <utility>

namespace encours {

Overlay::Staged& Overlay::stage(std::string_view key) {
  changes_.clear();
  const auto [found, fresh] = staged_.try_emplace(key);
  if (fresh) unordered_.push_back(found->first);
  return found->second;
}

void Overlay::put(std::string_view key, std::string value) {
  Staged& staged = stage(key);
  staged.row.reset();
  staged.bytes = std::move(value);
}

void Overlay::put(std::string_view key, RowPointer row) {
  Staged& staged = stage(key);
  staged.row = std::move(row);
  staged.bytes.reset();
}

void Overlay::erase(std::string_view key) {
  Staged& staged = stage(key);
  staged.row.reset();
  staged.bytes.reset();
}

const std::string& Overlay::bytes_of(Staged& staged) {
  if (!staged.bytes) staged.bytes = row_bytes(*staged.row);
  return *staged.bytes;
}

std::optional<std::string> Overlay::get(std::string_view key) const {
  const auto found = staged_.find(key);
  if (found == staged_.end()) return committed_.get(key);
  if (found->second.erased()) return std::nullopt;
  return bytes_of(found->second);
}

RowPointer Overlay::row(std::string_view key,
                        const google::protobuf::MessageLite& prototype) const {
  if (const auto found = staged_.find(key); found != staged_.end()) {
    Staged& staged = found->second;
    if (!staged.row && staged.bytes) staged.row = parse_row(*staged.bytes, prototype);
    return staged.row;
  }
  if (const RowPointer* known = decoded_.find(key)) return *known;
  RowPointer read = committed_.row(key, prototype);
  decoded_.put(key, read);
  return read;
}

const absl::btree_set<std::string_view>& Overlay::ordered() const {
  ordered_.insert(unordered_.begin(), unordered_.end());
  unordered_.clear();
  return ordered_;
}

void Overlay::scan(std::string_view from, std::string_view until, const Visitor& visit) const {
  const auto& order = ordered();
  auto next = order.lower_bound(from);
  const auto in_range = [&](const auto& it) {
    return it != order.end() && (until.empty() || *it < until);
  };
  bool go_on = true;
  const auto visit_staged = [&] {
    Staged& staged = staged_.find(*next)->second;
    if (!staged.erased()) go_on = visit(*next, bytes_of(staged));
    ++next;
  };
  // The committed rows lead; staged rows are merged in before and over them.
  committed_.scan(from, until, [&](std::string_view key, std::string_view value) {
    while (go_on && in_range(next) && *next < key) visit_staged();
    if (!go_on) return false;
    if (in_range(next) && *next == key) {
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
  std::vector<std::pair<std::string_view, Staged*>> order;
  order.reserve(staged_.size());
  for (auto& [key, staged] : staged_) order.emplace_back(key, &staged);
  std::sort(order.begin(), order.end());
  changes_.reserve(order.size());
  for (const auto& [key, staged] : order) {
    changes_.push_back({std::string(key), std::nullopt});
    if (!staged->erased()) changes_.back().value = bytes_of(*staged);
  }
  return changes_;
}

void Overlay::settle() {
  for (auto& [key, staged] : staged_) {
    if (staged.row) {
      decoded_.put(key, std::move(staged.row));
    } else {
      decoded_.forget(key);
    }
  }
  clear();
}

void Overlay::clear() {
  changes_.clear();
  unordered_.clear();
  ordered_.clear();
  staged_.clear();
}

void Overlay::forget() {
  clear();
  decoded_.clear();
}

}  // namespace encours
