// Overlay: the rows that an open transaction has written, over the committed ones of a Store.
//
// Reads go overlay, then the committed rows that are kept decoded, then the store. A row that is
// put as a message is turned into bytes once, by changes(): the changelog gets one record and the
// store one write per dirty row and transaction, however often it has changed. settle() after the
// commit makes the staged rows the committed ones; clear() drops them. Owned and used by the one
// thread of its task.
#pragma once

#include <absl/container/btree_map.h>

#include <optional>
#include <string>
#include <vector>

#include "common/state/kept_rows.h"
#include "common/state/store.h"

namespace encours {

class Overlay : public RowReader {
 public:
  // `decoded_bytes`: how much of the committed rows is kept decoded; none by default.
  explicit Overlay(const RowReader& committed, std::size_t decoded_bytes = 0)
      : committed_(committed), keeps_(decoded_bytes > 0), rows_(decoded_bytes) {}

  void put(std::string_view key, std::string value);
  void put(std::string_view key, RowPointer row);
  void erase(std::string_view key);

  std::optional<std::string> get(std::string_view key) const override;
  RowPointer row(std::string_view key,
                 const google::protobuf::MessageLite& prototype) const override;
  void scan(std::string_view from, std::string_view until, const Visitor& visit) const override;

  bool empty() const { return staged_.empty(); }
  std::size_t size() const { return staged_.size(); }
  // The changes in order of key; good until the next change.
  const std::vector<RowChange>& changes() const;
  // The transaction is committed and in the store.
  void settle();
  // The transaction is lost.
  void clear();
  // The store below has changed: nothing that was read is known any more.
  void forget();

 private:
  KeptRow& stage(std::string_view key);
  static const std::string& bytes_of(KeptRow& staged);
  void unstage();
  const absl::btree_map<std::string_view, KeptRow*>& ordered() const;

  const RowReader& committed_;
  bool keeps_;
  mutable KeptRows rows_;
  std::vector<KeptRows::Node*> staged_;  // In the order in which they were first written.
  // Scans need the keys in order, most decisions don't: the first so many of them are here.
  mutable absl::btree_map<std::string_view, KeptRow*> ordered_;
  mutable std::size_t ordered_count_ = 0;
  mutable std::vector<RowChange> changes_;
};

}  // namespace encours
