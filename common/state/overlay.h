// Overlay: the rows that an open transaction has written, over the committed ones of a Store.
//
// Reads go overlay, then store. A commit takes the changes out in key order (one per row, so the
// changelog gets one record per dirty row and transaction); anything else clears it. Owned and
// used by the one thread of its task.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/state/store.h"

namespace encours {

class Overlay : public RowReader {
 public:
  explicit Overlay(const RowReader& committed) : committed_(committed) {}

  void put(std::string key, std::string value);
  void erase(std::string key);

  std::optional<std::string> get(std::string_view key) const override;
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override;

  bool empty() const { return changes_.empty(); }
  std::size_t size() const { return changes_.size(); }
  // The changes in order of key.
  std::vector<RowChange> changes() const;
  void clear() { changes_.clear(); }

 private:
  const RowReader& committed_;
  std::map<std::string, std::optional<std::string>, std::less<>> changes_;
};

}  // namespace encours
