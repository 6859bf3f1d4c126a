// Goal: the check finds every sum that is not that of its rows, and nothing in a right ledger.
// Method: one history; then single rows are spoiled by hand and the findings are looked at.
#include "services/ingestion/domain/ledger/verify_sums.h"

#include <gtest/gtest.h>

#include "services/ingestion/domain/ledger/ledger_script_test.h"

namespace encours::ingestion::ledger {
namespace {

class VerifySums : public ::testing::Test {
 protected:
  VerifySums() {
    script_.run({
        "2026-01-10 invoice F1 100.00 due 2026-02-09",
        "2026-01-11 invoice F2 USD:80.00 due 2026-02-10",
        "2026-01-20 payment P1 60.00 on F1 40.00",
        "2026-01-21 credit N1 10.00 on F1",
        "2026-03-01",
    });
    for (const auto& [key, value] : script_.harness().rows().all()) rows_.apply({key, value});
  }

  template <class Row, class Change>
  void spoil(const Table<Row>& table, const std::string& id, Change change) {
    const auto view = script_.view();
    Row row = *view.get(table, one_key(id));
    change(row);
    rows_.apply({view.key(table.id, one_key(id).bytes()), row.SerializeAsString()});
  }

  std::vector<std::string> findings() {
    checked_ = 0;
    return verify_sums(rows_, &checked_).value();
  }

  Script script_;
  stream::testing::MapRows rows_;
  std::int64_t checked_ = 0;
};

TEST_F(VerifySums, ARightLedgerHasNone) {
  EXPECT_EQ(findings(), Lines{});
  // Two invoices, a payment and a credit note with two sums each; nine sums of two currencies.
  EXPECT_EQ(checked_, 26);
}

TEST_F(VerifySums, AWrongBalance) {
  spoil(kBalanceTable, "EUR", [](state::BalanceRow& row) {
    row.mutable_balance()->set_overdue_1_30(row.balance().overdue_1_30() + 1);
  });
  EXPECT_EQ(findings(),
            Lines{"AGING_BUCKET_1_30 in EUR of acme/C-1 is 5001, expected 5000 (minor units)"});
}

TEST_F(VerifySums, AWrongOpenAmountShowsInTheInvoiceAndInTheBalance) {
  spoil(kInvoiceTable, "F1", [](InvoiceRow& row) {
    row.mutable_invoice()->set_open_amount_minor(4999);
  });
  EXPECT_EQ(findings(),
            (Lines{"the rest of invoice F1 of acme/C-1 is 4999, expected 5000 (minor units)",
                   "AGING_BUCKET_1_30 in EUR of acme/C-1 is 5000, expected 4999 (minor units)"}));
}

TEST_F(VerifySums, AnAllocationThatNobodyCounted) {
  spoil(kAllocationTable, "payment/P1#1", [](AllocationRow& row) {
    row.mutable_allocation()->set_amount_minor(3999);
  });
  EXPECT_EQ(findings(),
            (Lines{"the rest of invoice F1 of acme/C-1 is 5000, expected 5001 (minor units)",
                   "the rest of payment P1 of acme/C-1 is 2000, expected 2001 (minor units)"}));
}

TEST_F(VerifySums, ABalanceOfNobody) {
  state::BalanceRow row;
  row.mutable_balance()->set_currency_code("EUR");
  const stream::View other = script_.harness().view("acme", "C-2");
  rows_.apply({other.key(kBalanceTable.id, one_key("EUR").bytes()), row.SerializeAsString()});
  EXPECT_EQ(findings(), Lines{"1 balances belong to no account"});
}

}  // namespace
}  // namespace encours::ingestion::ledger
