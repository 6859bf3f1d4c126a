// View: the rows of one scope (an account, a reference) that a decision may read.
//
// Every key that goes through a View is completed with its scope, so a decision can't reach the
// rows of another account by mistake. at() is the deliberate way: it reads what another scope of
// the same partition holds, such as a figure of the account's segment that was sent to every
// partition. Nothing is written there: Effects are made from the record's own view. Reads that fail
// are remembered by the RowReader below and fail the transaction. A row that does not parse is
// corruption and stops the process.
#pragma once

#include <google/protobuf/message_lite.h>

#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "common/base/check.h"
#include "common/state/key.h"
#include "common/state/rows.h"

namespace encours::stream {

class View {
 public:
  View(const RowReader& rows, std::string scope) : rows_(rows), scope_(std::move(scope)) {}

  const std::string& scope() const { return scope_; }

  // Another scope of the same partition, to read only.
  View at(std::string scope) const { return View(rows_, std::move(scope)); }

  // The row under (table, scope, rest); `rest` is built by KeyWriter, empty for one row per scope.
  template <class Row>
  std::optional<Row> get(const Table<Row>& table, const KeyWriter& rest = {}) const {
    const RowPointer row = rows_.row(key(table.id, rest.bytes()), Row::default_instance());
    if (row == nullptr) return std::nullopt;
    const google::protobuf::MessageLite& found = *row;
    ENCOURS_CHECK(typeid(found) == typeid(Row), "a table has rows of one type");
    return static_cast<const Row&>(found);
  }

  // Visits (rest of the key, row) in key order below (table, scope, prefix) until false.
  template <class Row, class Visit>
  void scan(const Table<Row>& table, const KeyWriter& prefix, Visit visit) const {
    const std::string from = key(table.id, prefix.bytes());
    const std::size_t head = 1 + scope_.size();
    rows_.scan(from, after_prefix(from), [&](std::string_view k, std::string_view value) {
      return visit(k.substr(head), parse<Row>(value));
    });
  }

  std::string key(std::uint8_t table, std::string_view rest) const {
    return KeyWriter().byte(table).raw(scope_).raw(rest).take();
  }

  template <class Row>
  static Row parse(std::string_view bytes) {
    Row row;
    ENCOURS_CHECK(row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
                  "a stored row does not parse");
    return row;
  }

 private:
  const RowReader& rows_;
  std::string scope_;
};

}  // namespace encours::stream
