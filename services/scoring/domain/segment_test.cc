// Goal: a segment's mean moves by differences and is published at midnight, where it has changed.
// Method: paid invoices of a few accounts; expected means are written by hand.
#include "services/scoring/domain/facts_test.h"

namespace encours::scoring::testing {
namespace {

struct Segment : ::testing::Test {
  Chain chain;
  const Date day = on("2024-03-10");

  void midnight(int days_later) { chain.tick(during(day + days_later, 0)); }
};

TEST_F(Segment, AnAccountWeighsTheSameWhateverItBuys) {
  chain.paid("C-1", "F-1", day, day, 1'000'000);  // 80.00
  chain.paid("C-2", "F-2", day - 30, day, 1);     // 50.00
  chain.paid("C-3", "F-3", day - 15, day, 1);     // 70.00
  EXPECT_TRUE(chain.means().empty());
  midnight(1);
  ASSERT_EQ(chain.means().size(), 1u);
  EXPECT_EQ(chain.means()[0].segment(), "");
  EXPECT_EQ(chain.means()[0].mean_hundredths(), 6'667);
  EXPECT_EQ(chain.means()[0].account_count(), 3);
}

TEST_F(Segment, WhatStaysTheSameIsNotToldAgain) {
  chain.paid("C-1", "F-1", day, day, 100);
  midnight(1);
  chain.paid("C-1", "F-2", day + 1, day + 1, 100);
  midnight(2);
  midnight(3);
  EXPECT_EQ(chain.means().size(), 1u);
}

TEST_F(Segment, ANoMoreKnownMeanIsTold) {
  chain.paid("C-1", "F-1", day, day, 100);
  midnight(1);
  chain.take(reversed("C-1", "F-1", day + 1, 100), during(day + 1));
  midnight(2);
  ASSERT_EQ(chain.means().size(), 2u);
  EXPECT_EQ(chain.means()[1].account_count(), 0);
}

}  // namespace
}  // namespace encours::scoring::testing
