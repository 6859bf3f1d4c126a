// Scans over the rows of one tenant, account by account, in order of key.
//
// Keys begin (table, tenant, account). Visitors return false to stop. What does not parse as its
// table says is corruption and stops the process, as in stream::View.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/stream/view.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

// Accounts from `first` to `last`, both included; all where both are empty.
struct AccountRange {
  std::string first;
  std::string last;
};

// visit(account, KeyReader at the part behind the account, row) -> bool
template <class Row, class Visit>
void scan_accounts(const RowReader& rows,
                   const Table<Row>& table,
                   const std::string& tenant,
                   const AccountRange& range,
                   Visit visit) {
  const std::string prefix = KeyWriter().byte(table.id).text(tenant).take();
  const std::string from =
      range.first.empty() ? prefix : KeyWriter(prefix).text(range.first).take();
  const std::string until =
      after_prefix(range.last.empty() ? prefix : KeyWriter(prefix).text(range.last).take());
  rows.scan(from, until, [&](std::string_view key, std::string_view value) {
    KeyReader reader(key.substr(prefix.size()));
    const auto account = reader.text();
    ENCOURS_CHECK(account.has_value(), "a key has the shape of its table");
    return visit(*account, reader, stream::View::parse<Row>(value));
  });
}

// The same within one account.
template <class Row, class Visit>
void scan_account(const RowReader& rows,
                  const Table<Row>& table,
                  const std::string& tenant,
                  const std::string& account,
                  Visit visit) {
  scan_accounts(
      rows, table, tenant, {account, account}, [&](const std::string&, auto rest, auto row) {
        return visit(rest, row);
      });
}

struct Customer {
  std::string account;
  state::CustomerViewRow row;
};

// Calls `visit(std::vector<Customer>)` for the tenant's customers from `first` on (empty: all), so
// many at a time, until it returns false: their other rows are then scanned by range, which takes
// bounded memory and no seek per customer.
template <class Visit>
void each_customer_chunk(const RowReader& rows,
                         const std::string& tenant,
                         std::string first,
                         std::size_t chunk_size,
                         Visit visit) {
  while (true) {
    std::vector<Customer> chunk;
    bool more = false;
    scan_accounts(rows, kCustomerTable, tenant, {first, {}}, [&](auto account, auto, auto row) {
      more = chunk.size() == chunk_size;
      if (more) {
        first = account;
      } else {
        chunk.push_back({std::move(account), std::move(row)});
      }
      return !more;
    });
    if (chunk.empty() || !visit(chunk) || !more) return;
  }
}

inline AccountRange range_of(const std::vector<Customer>& chunk) {
  return {chunk.front().account, chunk.back().account};
}

}  // namespace encours::portfolio
