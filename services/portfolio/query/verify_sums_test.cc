// Goal: rows that agree have no finding, and each sum that does not is named with both figures.
// Method: facts with balances by hand, right and wrong by one cent.
#include "services/portfolio/query/verify_sums.h"

#include <gtest/gtest.h>

#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

using testing::allocated;
using testing::day;
using testing::FoldedRows;
using testing::From;

// C1 owes 60.00, of which 10.00 late, and has 5.00 of cash and 2.00 of credit notes.
FoldedRows rows_with(std::int64_t not_due, std::int64_t cash, std::int64_t credit_notes) {
  FoldedRows rows;
  rows.fold("C1", testing::invoice("F1", day("2026-01-01"), day("2026-01-31"), 1000));
  rows.fold("C1", testing::invoice("F2", day("2026-01-01"), day("2026-03-31"), 7000));
  rows.fold("C1", testing::payment("P1", day("2026-01-10"), 2500));
  rows.fold("C1", testing::credit_note("A1", day("2026-01-10"), 200));
  auto last = allocated(From::kPayment, "P1", "F2", day("2026-01-10"), 2000);
  last.mutable_balance()->set_currency_code("EUR");
  last.mutable_balance()->set_not_due(not_due);
  last.mutable_balance()->set_overdue_1_30(1000);
  last.mutable_balance()->set_unallocated_cash(cash);
  last.mutable_balance()->set_unallocated_credit_notes(credit_notes);
  rows.fold("C1", last);
  return rows;
}

std::vector<std::string> findings(const FoldedRows& rows, std::int64_t* checked) {
  *checked = 0;
  return verify_sums(rows.rows(), checked).value();
}

TEST(VerifySums, RowsThatAgreeHaveNoFinding) {
  std::int64_t checked = 0;
  EXPECT_TRUE(findings(rows_with(5000, 500, 200), &checked).empty());
  EXPECT_GE(checked, 5);  // Two invoices and three sums of the customer.
}

TEST(VerifySums, EachSumThatDiffersIsNamed) {
  std::int64_t checked = 0;
  const auto open = findings(rows_with(5001, 500, 200), &checked);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0],
            "the sum of open invoices of customer C1 of t in EUR is 6000, expected 6001 (minor "
            "units)");
  EXPECT_EQ(findings(rows_with(5000, 499, 200), &checked).size(), 1u);
  EXPECT_EQ(findings(rows_with(5000, 500, 199), &checked).size(), 1u);
}

TEST(VerifySums, AnAmountWithoutABalanceIsAFinding) {
  FoldedRows rows;
  rows.fold("C1", testing::invoice("F1", day("2026-01-01"), day("2026-01-31"), 1000));
  std::int64_t checked = 0;
  const auto found = findings(rows, &checked);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0],
            "the sum of open invoices of customer C1 of t without a balance is 1000, expected 0 "
            "(minor units)");
}

TEST(VerifySums, AnInvoiceThatIsNotTheSumOfItsMovementsIsAFinding) {
  const FoldedRows rows = rows_with(5000, 500, 200);
  stream::testing::MapRows broken;
  const std::string key =
      KeyWriter().byte(kInvoiceTable.id).raw(scope_of("t", "C1")).text("F2").take();
  rows.rows().scan("", "", [&](std::string_view from, std::string_view value) {
    auto row = std::string(value);
    if (from == key) {
      auto invoice = stream::View::parse<state::InvoiceViewRow>(value);
      invoice.set_open_amount_minor(5500);
      row = invoice.SerializeAsString();
    }
    broken.apply({std::string(from), row});
    return true;
  });
  std::int64_t checked = 0;
  const auto found = verify_sums(broken, &checked).value();
  ASSERT_EQ(found.size(), 2u);  // The invoice itself, and the customer's sum.
  EXPECT_EQ(found[0],
            "the open amount of invoice F2 of customer C1 of t is 5500, expected 5000 (minor "
            "units)");
}

}  // namespace
}  // namespace encours::portfolio
