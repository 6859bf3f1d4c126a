// Goal: the aged balance of one customer is right on every day and for every state of knowledge.
// Method: short histories written by hand, each with a table of days and the columns that a person
// computes from it. "not/1-30/31-60/61-90/91-120/>120 -unallocated", minor units.
#include "services/portfolio/domain/as_of.h"

#include <gtest/gtest.h>

#include <sstream>

#include "services/portfolio/domain/aged_account.h"
#include "services/portfolio/testing/aged.h"
#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

using testing::allocated;
using testing::day;
using testing::FoldedRows;
using testing::From;
using testing::invoice;
using testing::payment;

std::string columns(const AgedAmounts& amounts) {
  std::ostringstream out;
  out << amounts.not_due << "/" << amounts.d1_30 << "/" << amounts.d31_60 << "/" << amounts.d61_90
      << "/" << amounts.d91_120 << "/" << amounts.over_120 << " -" << amounts.unallocated;
  return out.str();
}

std::string on(const FoldedRows& rows,
               const std::string& text,
               std::optional<Instant> known_at = std::nullopt) {
  const auto amounts = testing::aged(rows.view("C1"), AsOf{day(text), known_at});
  if (amounts.empty()) return "nothing";
  std::string out;
  for (const auto& [currency, one] : amounts) {
    out += (out.empty() ? "" : ", ") + (currency == "EUR" ? "" : currency + " ") + columns(one);
  }
  return out;
}

TEST(AgedAccount, TableOfTheDomainNotes) {
  FoldedRows rows;
  const std::pair<const char*, std::int64_t> dues[] = {{"2026-04-30", 1},
                                                       {"2026-03-31", 20},
                                                       {"2026-03-30", 300},
                                                       {"2026-03-01", 4000},
                                                       {"2026-02-28", 50000},
                                                       {"2025-12-31", 600000},
                                                       {"2025-12-30", 7000000}};
  for (const auto& [due, gross] : dues) {
    rows.fold("C1", invoice(due, day("2025-12-01"), day(due), gross));
  }
  EXPECT_EQ(on(rows, "2026-03-31"), "21/4300/50000/600000/7000000/0 -0");
  EXPECT_EQ(on(rows, "2026-04-01"), "1/320/54000/0/7600000/0 -0");
  EXPECT_EQ(on(rows, "2025-11-30"), "nothing");
}

TEST(AgedAccount, AnInvoiceCountsFromItsIssueDateAndAPaymentFromItsEffectiveDate) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-05"), day("2026-02-04"), 10000));
  rows.fold("C1", payment("P1", day("2026-02-20"), 4000));
  rows.fold("C1", allocated(From::kPayment, "P1", "F1", day("2026-02-20"), 4000));
  EXPECT_EQ(on(rows, "2026-01-04"), "nothing");
  EXPECT_EQ(on(rows, "2026-01-05"), "10000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-02-04"), "10000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-02-05"), "0/10000/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-02-19"), "0/10000/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-02-20"), "0/6000/0/0/0/0 -0");
  // A day long after the last record is answered too.
  EXPECT_EQ(on(rows, "2026-03-06"), "0/6000/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-03-07"), "0/0/6000/0/0/0 -0");
  EXPECT_EQ(on(rows, "2030-01-01"), "0/0/0/0/0/6000 -0");
}

TEST(AgedAccount, UnallocatedCashAndCreditNotesStandApart) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C1", payment("P1", day("2026-01-10"), 12000));
  rows.fold("C1", testing::credit_note("A1", day("2026-01-15"), 500));
  rows.fold("C1", allocated(From::kPayment, "P1", "F1", day("2026-01-20"), 9500));
  rows.fold("C1", allocated(From::kCreditNote, "A1", "F1", day("2026-01-25"), 500));
  EXPECT_EQ(on(rows, "2026-01-09"), "10000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-10"), "10000/0/0/0/0/0 -12000");
  EXPECT_EQ(on(rows, "2026-01-15"), "10000/0/0/0/0/0 -12500");
  EXPECT_EQ(on(rows, "2026-01-20"), "500/0/0/0/0/0 -3000");
  EXPECT_EQ(on(rows, "2026-01-25"), "0/0/0/0/0/0 -2500");
}

TEST(AgedAccount, ARejectedPaymentOpensTheInvoiceAgain) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C1", payment("P1", day("2026-02-02"), 10000));
  rows.fold("C1", allocated(From::kPayment, "P1", "F1", day("2026-02-02"), 10000));
  rows.fold("C1", testing::reversed(From::kPayment, "P1", "F1", day("2026-02-09"), 10000));
  rows.fold("C1", testing::rejected("P1", day("2026-02-09"), 10000));
  EXPECT_EQ(on(rows, "2026-02-01"), "0/10000/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-02-02"), "nothing");
  EXPECT_EQ(on(rows, "2026-02-08"), "nothing");
  EXPECT_EQ(on(rows, "2026-02-09"), "0/10000/0/0/0/0 -0");
}

// "Paid before it came": the invoice counts as paid from the effective date, and the payment is
// never less than nothing before its own value date.
TEST(AgedAccount, MoneyIsNotTakenOffAPaymentBeforeItCame) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C1", payment("P1", day("2026-02-05"), 10000));
  rows.fold("C1", allocated(From::kPayment, "P1", "F1", day("2026-01-31"), 10000));
  EXPECT_EQ(on(rows, "2026-01-30"), "10000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-31"), "nothing");
  EXPECT_EQ(on(rows, "2026-02-05"), "nothing");
}

// A new version with a later date takes along the money that was set against the invoice.
TEST(AgedAccount, AnInvoiceIsNeverPaidBeforeItIsIssued) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C1", payment("P1", day("2026-01-02"), 3000));
  rows.fold("C1", allocated(From::kPayment, "P1", "F1", day("2026-01-02"), 3000));
  rows.fold("C1", invoice("F1", day("2026-01-10"), day("2026-02-28"), 8000));
  EXPECT_EQ(on(rows, "2026-01-01"), "nothing");
  EXPECT_EQ(on(rows, "2026-01-09"), "nothing");
  EXPECT_EQ(on(rows, "2026-01-10"), "5000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-02-28"), "5000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-03-01"), "0/5000/0/0/0/0 -0");
}

TEST(AgedAccount, ACorrectionIsSeenFromWhenItWasRecorded) {
  FoldedRows rows;
  const Instant first = Instant::parse("2026-01-02T06:00:00Z").value();
  const Instant second = Instant::parse("2026-01-20T06:00:00Z").value();
  rows.set_now(first);
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-10"), 10000));
  rows.set_now(second);
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 9000));
  EXPECT_EQ(on(rows, "2026-01-15"), "9000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-15", second), "9000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-15", second - Duration(1)), "0/10000/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-15", first - Duration(1)), "nothing");
}

// Two versions of one instant: the one that came last holds, whatever the names of the records.
TEST(AgedAccount, TheLastOfTwoVersionsOfOneInstantHolds) {
  FoldedRows rows;
  rows.freeze(Instant::parse("2026-01-02T06:00:00Z").value());
  for (int version = 1; version <= 12; ++version) {
    rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-10") + version, 1000 * version));
  }
  EXPECT_EQ(on(rows, "2026-01-22"), "12000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-23"), "0/12000/0/0/0/0 -0");
}

TEST(AgedAccount, TheLastOfTwoVersionsOfAPaymentOfOneInstantHolds) {
  FoldedRows rows;
  rows.freeze(Instant::parse("2026-01-02T06:00:00Z").value());
  for (int version = 1; version <= 12; ++version) {
    rows.fold("C1", payment("P1", day("2026-01-10") + version, 1000 * version));
  }
  rows.fold("C1", allocated(From::kPayment, "P1", "F1", day("2026-01-01"), 1));
  EXPECT_EQ(on(rows, "2026-01-21"), "-1/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-22"), "-1/0/0/0/0/0 -11999");
}

TEST(AgedAccount, ACancelledInvoiceCountsUntilItsDayAndComesBackWhole) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C1", testing::cancelled("F1", day("2026-01-15"), 10000));
  EXPECT_EQ(on(rows, "2026-01-14"), "10000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-15"), "nothing");
  const Instant before = rows.last_recorded_at();
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 7000));
  EXPECT_EQ(on(rows, "2026-01-14"), "7000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-15"), "7000/0/0/0/0/0 -0");
  EXPECT_EQ(on(rows, "2026-01-15", before), "nothing");
  rows.fold("C1", testing::cancelled("F1", day("2026-01-20"), 7000));
  rows.fold("C1", invoice("F1", day("2026-01-02"), day("2026-01-31"), 6000));
  EXPECT_EQ(on(rows, "2026-01-01"), "nothing");
  EXPECT_EQ(on(rows, "2026-01-25"), "6000/0/0/0/0/0 -0");
}

TEST(AgedAccount, CurrenciesAreNotMixed) {
  FoldedRows rows;
  rows.fold("C1", invoice("F1", day("2026-01-01"), day("2026-01-31"), 10000));
  rows.fold("C1", invoice("F2", day("2026-01-01"), day("2026-01-31"), 500, "JPY"));
  rows.fold("C1", payment("P1", day("2026-01-02"), 700, "USD"));
  EXPECT_EQ(on(rows, "2026-01-31"),
            "10000/0/0/0/0/0 -0, JPY 500/0/0/0/0/0 -0, USD 0/0/0/0/0/0 -700");
  // A corrected currency moves the whole invoice.
  rows.fold("C1", invoice("F2", day("2026-01-01"), day("2026-01-31"), 500, "USD"));
  EXPECT_EQ(on(rows, "2026-01-31"), "10000/0/0/0/0/0 -0, USD 500/0/0/0/0/0 -700");
}

TEST(AgedAccount, ANewVersionOfAPaymentReplacesTheFirst) {
  FoldedRows rows;
  rows.fold("C1", payment("P1", day("2026-01-02"), 700));
  rows.fold("C1", payment("P1", day("2026-01-05"), 900));
  EXPECT_EQ(on(rows, "2026-01-02"), "nothing");
  EXPECT_EQ(on(rows, "2026-01-05"), "0/0/0/0/0/0 -900");
}

}  // namespace
}  // namespace encours::portfolio
