#include "common/state/overlay.h"

#include <utility>

namespace encours {

void Overlay::put(std::string key, std::string value) {
  changes_.insert_or_assign(std::move(key), std::optional<std::string>(std::move(value)));
}

void Overlay::erase(std::string key) { changes_.insert_or_assign(std::move(key), std::nullopt); }

std::optional<std::string> Overlay::get(std::string_view key) const {
  if (auto found = changes_.find(key); found != changes_.end()) return found->second;
  return committed_.get(key);
}

void Overlay::scan(std::string_view from, std::string_view until, const Visitor& visit) const {
  auto next = changes_.lower_bound(from);
  const auto in_range = [&](const auto& it) {
    return it != changes_.end() && (until.empty() || std::string_view(it->first) < until);
  };
  bool go_on = true;
  // The committed rows lead; staged rows are merged in before and over them.
  committed_.scan(from, until, [&](std::string_view key, std::string_view value) {
    while (go_on && in_range(next) && std::string_view(next->first) < key) {
      if (next->second) go_on = visit(next->first, *next->second);
      ++next;
    }
    if (!go_on) return false;
    if (in_range(next) && next->first == key) {
      if (next->second) go_on = visit(key, *next->second);
      ++next;
      return go_on;
    }
    go_on = visit(key, value);
    return go_on;
  });
  for (; go_on && in_range(next); ++next) {
    if (next->second) go_on = visit(next->first, *next->second);
  }
}

std::vector<RowChange> Overlay::changes() const {
  std::vector<RowChange> out;
  out.reserve(changes_.size());
  for (const auto& [key, value] : changes_) out.push_back(RowChange{key, value});
  return out;
}

}  // namespace encours
