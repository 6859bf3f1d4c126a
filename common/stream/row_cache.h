// RowCache: the rows of one table that a decision has touched, and what they were before it.
//
// A row is read once and kept until the decision ends; then those that differ from what was read
// are put into the Effects, in order of key. Pointers to rows stay good as long as the cache.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "common/base/check.h"
#include "common/stream/effects.h"
#include "common/stream/view.h"

namespace encours::stream {

template <class Row>
class RowCache {
 public:
  RowCache(const View& view, const Table<Row>& table) : view_(view), table_(table) {}

  // The row, or null.
  Row* find(const KeyWriter& key) {
    Entry& entry = load(key);
    return entry.now ? &*entry.now : nullptr;
  }
  // A new row; there must be none.
  Row& create(const KeyWriter& key) {
    ENCOURS_CHECK(find(key) == nullptr, "the row is new");
    return set(key);
  }
  // The row, made empty where there is none.
  Row& set(const KeyWriter& key) {
    Entry& entry = load(key);
    if (!entry.now) entry.now.emplace();
    return *entry.now;
  }
  void erase(const KeyWriter& key) { load(key).now.reset(); }

  // Visits (rest of the key, row) of all rows below a prefix, those of this decision included.
  template <class Visit>
  void scan(const KeyWriter& prefix, Visit visit) const {
    std::map<std::string, Row> found;
    view_.scan(table_, prefix, [&](std::string_view key, Row row) {
      found.emplace(key, std::move(row));
      return true;
    });
    for (const auto& [key, entry] : entries_) {
      if (key.compare(0, prefix.bytes().size(), prefix.bytes()) != 0) continue;
      if (entry.now) found[key] = *entry.now;
      if (!entry.now) found.erase(key);
    }
    for (const auto& [key, row] : found) visit(key, row);
  }

  // Visits (row, what it was before or null) of all rows that were touched.
  template <class Visit>
  void each(Visit visit) {
    for (auto& [key, entry] : entries_) {
      if (entry.now) visit(*entry.now, entry.before ? &*entry.before : nullptr);
    }
  }

  void stage(Effects& effects) const {
    for (const auto& [key, entry] : entries_) {
      if (!entry.now) {
        if (entry.before) effects.erase(table_, KeyWriter(key));
        continue;
      }
      const bool same = entry.before && Effects::serialise(*entry.before) ==
                                            Effects::serialise(*entry.now);
      if (!same) effects.put(table_, *entry.now, KeyWriter(key));
    }
  }

 private:
  struct Entry {
    std::optional<Row> before;
    std::optional<Row> now;
  };

  Entry& load(const KeyWriter& key) {
    auto [it, is_new] = entries_.try_emplace(key.bytes());
    if (is_new) {
      it->second.before = view_.get(table_, key);
      it->second.now = it->second.before;
    }
    return it->second;
  }

  const View& view_;
  const Table<Row>& table_;
  std::map<std::string, Entry> entries_;
};

}  // namespace encours::stream
