// Goal: ages and ranges are those of the definition, to the day; sums are exact or refused.
// Method: the aged balance table of the domain notes (section 4, as of 2026-03-31) and the days
// around each border, by hand.
#include "services/portfolio/domain/aging.h"

#include <gtest/gtest.h>

#include "services/portfolio/testing/facts.h"

namespace encours::portfolio {
namespace {

using testing::day;
namespace rcv = encours::receivables::v1alpha1;

struct Case {
  const char* due;
  std::int32_t late;
  AgingBucket bucket;
};

TEST(Aging, TableOfTheDomainNotes) {
  const Case cases[] = {
      {"2026-04-30", 0, rcv::AGING_BUCKET_NOT_DUE},  // Age -30.
      {"2026-03-31", 0, rcv::AGING_BUCKET_NOT_DUE},  // The due day itself is not late.
      {"2026-03-30", 1, rcv::AGING_BUCKET_1_30},
      {"2026-03-01", 30, rcv::AGING_BUCKET_1_30},
      {"2026-02-28", 31, rcv::AGING_BUCKET_31_60},
      {"2026-01-30", 60, rcv::AGING_BUCKET_31_60},
      {"2026-01-29", 61, rcv::AGING_BUCKET_61_90},
      {"2025-12-31", 90, rcv::AGING_BUCKET_61_90},
      {"2025-12-30", 91, rcv::AGING_BUCKET_91_120},
      {"2025-12-01", 120, rcv::AGING_BUCKET_91_120},
      {"2025-11-30", 121, rcv::AGING_BUCKET_OVER_120},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(days_late(day(one.due), day("2026-03-31")), one.late) << one.due;
    EXPECT_EQ(bucket_of(day(one.due), day("2026-03-31")), one.bucket) << one.due;
  }
}

TEST(Aging, RowOfAllColumns) {
  AgedAmounts amounts;
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_NOT_DUE, 100).ok());
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_1_30, 20).ok());
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_31_60, 3).ok());
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_61_90, 4000).ok());
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_91_120, 50000).ok());
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_OVER_120, 600000).ok());
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_1_30, 5).ok());
  ASSERT_TRUE(amounts.add_unallocated(1000).ok());
  const auto row = aged_balance_row("C1", "EUR", amounts);
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->customer_id(), "C1");
  EXPECT_EQ(row->currency_code(), "EUR");
  EXPECT_EQ(row->not_due(), 100);
  EXPECT_EQ(row->d1_30(), 25);
  EXPECT_EQ(row->d31_60(), 3);
  EXPECT_EQ(row->d61_90(), 4000);
  EXPECT_EQ(row->over_90(), 650000);
  EXPECT_EQ(row->d91_120(), 50000);
  EXPECT_EQ(row->over_120(), 600000);
  EXPECT_EQ(row->unallocated(), 1000);
  EXPECT_EQ(row->total(), 653128);  // 654,128 of invoices less 1,000 of credits.
}

TEST(Aging, AllZeroLooksAtEachColumn) {
  AgedAmounts amounts;
  EXPECT_TRUE(amounts.all_zero());
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_1_30, 7).ok());
  ASSERT_TRUE(amounts.add_unallocated(7).ok());
  EXPECT_EQ(*amounts.total(), 0);
  EXPECT_FALSE(amounts.all_zero());  // A total of zero hides two columns that are not.
}

TEST(Aging, SumsBeyondTheRangeAreRefused) {
  AgedAmounts amounts;
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_1_30, INT64_MAX).ok());
  const Status more = amounts.add_open(rcv::AGING_BUCKET_1_30, 1);
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.failure().code, "amount_out_of_range");
  ASSERT_TRUE(amounts.add_open(rcv::AGING_BUCKET_31_60, 1).ok());
  EXPECT_FALSE(amounts.total().ok());
}

}  // namespace
}  // namespace encours::portfolio
