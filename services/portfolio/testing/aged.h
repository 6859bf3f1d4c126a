// The aged balance of one account from its rows, for tests.
#pragma once

#include <map>
#include <string>

#include "common/base/check.h"
#include "common/stream/view.h"
#include "services/portfolio/domain/aged_account.h"

namespace encours::portfolio::testing {

inline std::map<std::string, AgedAmounts> aged(const stream::View& view, const AsOf& as_of) {
  AgedAccount account(as_of);
  view.scan(kInvoiceMovementTable, {}, [&](std::string_view key, const auto& row) {
    const auto number = KeyReader(key).text();
    ENCOURS_CHECK(number && account.add_invoice(*number, row).ok(), "sums of a test are in range");
    return true;
  });
  view.scan(kUnallocatedMovementTable, {}, [&](std::string_view key, const auto& row) {
    KeyReader reader(key);
    const auto currency = reader.text();
    const auto kind = reader.byte();
    const auto id = reader.text();
    ENCOURS_CHECK(currency && kind && id, "a key has the shape of its table");
    const std::string credit = static_cast<char>(*kind) + *id;
    ENCOURS_CHECK(account.add_credit(*currency, credit, row).ok(), "sums of a test are in range");
    return true;
  });
  auto amounts = account.finish();
  ENCOURS_CHECK(amounts.ok(), "sums of a test are in range");
  return *std::move(amounts);
}

}  // namespace encours::portfolio::testing
