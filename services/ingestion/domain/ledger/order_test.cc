// Goal: what belongs together ends in the same rows whatever comes first.
// Method: small histories in all orders of their lines; the random ones are in the property test.
#include <gtest/gtest.h>

#include <algorithm>

#include "services/ingestion/domain/ledger/ledger_script_test.h"

namespace encours::ingestion::ledger {
namespace {

// Rows at the end, with the recorded times of what still waits taken out: they are the order.
std::map<std::string, std::string> rows_after(const Lines& events) {
  Script script;
  Date recorded = day("2026-06-01");
  for (const auto& event : events) {
    script.feed(recorded.to_string() + " " + event);
    recorded = recorded + 1;
  }
  script.feed("2027-06-01");
  std::map<std::string, std::string> rows;
  for (const auto& [key, value] : script.harness().rows().all()) {
    if (static_cast<std::uint8_t>(key[0]) == kParkedTable.id) {
      auto row = stream::View::parse<state::ParkedEventRow>(value);
      row.clear_parked_at();
      row.mutable_ledger()->clear_envelope();
      rows[key] = row.SerializeAsString();
    } else {
      rows[key] = value;
    }
  }
  return rows;
}

void expect_same_in_all_orders(Lines events) {
  std::sort(events.begin(), events.end());
  const auto expected = rows_after(events);
  EXPECT_FALSE(expected.empty());
  do {
    std::string order;
    for (const auto& event : events) order += "\n  " + event;
    ASSERT_TRUE(rows_after(events) == expected) << order;
  } while (std::next_permutation(events.begin(), events.end()));
}

TEST(AllOrders, PaymentAllocationAndReversal) {
  expect_same_in_all_orders({
      "2026-01-10 invoice F1 100.00 due 2026-02-09",
      "2026-01-20 payment P1 80.00",
      "2026-01-21 allocate A1 P1 F1 80.00",
      "2026-01-25 reverse A1 30.00",
      "2026-01-26 unpay P1 F1 10.00",
  });
}

TEST(AllOrders, RejectionAndCorrection) {
  expect_same_in_all_orders({
      "2026-01-10 invoice F1 100.00 due 2026-02-09 v1",
      "2026-01-15 invoice F1 120.00 due 2026-02-19 v2",
      "2026-02-01 payment P1 120.00 on F1 120.00",
      "2026-02-05 reject P1",
      "2026-02-10 payment P2 50.00 on F1 50.00",
  });
}

TEST(AllOrders, CancellationAndComeback) {
  expect_same_in_all_orders({
      "2026-01-10 invoice F1 100.00 due 2026-02-09 v1",
      "2026-01-15 cancel F1 v2",
      "2026-01-20 invoice F1 90.00 due 2026-02-09 v3",
      "2026-02-01 payment P1 95.00 on F1 95.00",
      "2026-02-02 customer a v1",
  });
}

TEST(AllOrders, TwoPaymentsAndACreditNoteForTwoInvoices) {
  expect_same_in_all_orders({
      "2026-01-10 invoice F1 100.00 due 2026-02-09",
      "2026-01-11 invoice F2 60.00 due 2026-02-10",
      "2026-02-01 payment P1 120.00 on F1 100.00 on F2 60.00",
      "2026-02-01 payment P2 50.00 on F1",
      "2026-01-15 credit N1 30.00 on F1 30.00",
  });
}

TEST(AllOrders, CurrencyCorrected) {
  expect_same_in_all_orders({
      "2026-01-10 invoice F1 100.00 due 2026-02-09 v1",
      "2026-01-11 invoice F1 USD:100.00 due 2026-02-09 v2",
      "2026-02-01 payment P1 100.00 on F1 100.00",
      "2026-02-02 payment P2 USD:40.00 on F1 USD:40.00",
  });
}

TEST(AllOrders, WhatNeverComesIsWaitedFor) {
  expect_same_in_all_orders({
      "2026-01-10 payment P1 100.00 on F9 100.00",
      "2026-01-11 reject P9",
      "2026-01-12 cancel F8",
      "2026-01-13 reverse A9",
      "2026-01-14 unpay P1 F9 1.00",
  });
}

}  // namespace
}  // namespace encours::ingestion::ledger
