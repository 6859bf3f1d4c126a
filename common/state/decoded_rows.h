// DecodedRows: committed rows as messages, kept over transactions so that a hot row is parsed once.
//
// Bounded by bytes, roughly: there are two generations; a row that is used moves to the young one,
// and when that is half of the budget the old one is dropped. Knows absent rows too. It holds what
// is committed and nothing else: the overlay tells it of each commit. One thread: the task's.
#pragma once

#include <absl/container/node_hash_map.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/state/rows.h"

namespace encours {

// Found by string_view; a key stays where it is.
struct KeyHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const {
    return std::hash<std::string_view>()(key);
  }
};
template <class Value>
using KeyMap = absl::node_hash_map<std::string, Value, KeyHash, std::equal_to<>>;

class DecodedRows {
 public:
  explicit DecodedRows(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Null where nothing is known of the key; else the row, itself null where there is none.
  const RowPointer* find(std::string_view key);
  void put(std::string_view key, RowPointer row);
  void forget(std::string_view key);
  void clear();

 private:
  using Generation = KeyMap<RowPointer>;

  const RowPointer* insert(std::string_view key, RowPointer row);

  std::size_t max_bytes_;
  std::size_t young_bytes_ = 0;
  Generation young_;
  Generation old_;
};

}  // namespace encours
