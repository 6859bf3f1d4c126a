// KeptRows: the rows that a task has at hand, each under its key once: what is committed, decoded,
// and what the open transaction puts over it.
//
// What is committed is bounded by bytes, roughly: there are two generations; a row that is used
// moves to the young one, and when that has half of the budget the old one is dropped. Staged rows
// stay. A node keeps its address until it is dropped. One thread: the task's.
#pragma once

#include <absl/container/node_hash_map.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/state/rows.h"

namespace encours {

struct KeptRow {
  // What is committed; null where there is no such row. Only where it is known.
  RowPointer committed;
  bool is_known = false;
  // What is staged over it: a message, bytes, or (neither) its end.
  bool is_staged = false;
  RowPointer row;
  std::optional<std::string> bytes;
  std::size_t weight = 0;

  bool is_erased() const { return !row && !bytes; }
};

class KeptRows {
 public:
  using Node = std::pair<const std::string, KeptRow>;

  // Without a budget it has staged rows only.
  explicit KeptRows(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Null where nothing is known of the key.
  Node* find(std::string_view key);
  // Made where it is not there.
  Node& at(std::string_view key);
  // The row is committed so; null: there is none.
  void know(std::string_view key, RowPointer row);
  void know(Node& node, RowPointer row);
  // Nothing is staged and nothing is known of the key any more.
  void drop(std::string_view key);
  void clear();

 private:
  // Found by string_view; a node stays where it is.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>()(key);
    }
  };
  using Generation = absl::node_hash_map<std::string, KeptRow, Hash, std::equal_to<>>;

  void age();

  std::size_t max_bytes_;
  std::size_t young_bytes_ = 0;
  Generation young_;
  Generation old_;
};

}  // namespace encours
