// Goal: the payment index to the hundredth. Method: the anchors, published points and inverse
// vectors of the scale, the two readings of "weighted by amount", and sums that need 128 bits; all
// expected values are written by hand.
#include "services/scoring/domain/index.h"

#include <gtest/gtest.h>

#include <cmath>

namespace encours::scoring {
namespace {

TEST(Points, Anchors) {
  EXPECT_EQ(points_hundredths(-30), 10'000);
  EXPECT_EQ(points_hundredths(-20), 9'000);
  EXPECT_EQ(points_hundredths(0), 8'000);
  EXPECT_EQ(points_hundredths(15), 7'000);
  EXPECT_EQ(points_hundredths(22), 6'000);
  EXPECT_EQ(points_hundredths(30), 5'000);
  EXPECT_EQ(points_hundredths(60), 4'000);
  EXPECT_EQ(points_hundredths(90), 3'000);
  EXPECT_EQ(points_hundredths(120), 2'000);
}

TEST(Points, BetweenAnchors) {
  EXPECT_EQ(points_hundredths(5), 7'667);   // 76.666...
  EXPECT_EQ(points_hundredths(10), 7'333);  // 73.333...
  EXPECT_EQ(points_hundredths(18), 6'571);  // 65.714...
  EXPECT_EQ(points_hundredths(33), 4'900);
  EXPECT_EQ(points_hundredths(75), 3'500);
  EXPECT_EQ(points_hundredths(-16), 8'800);
  EXPECT_EQ(points_hundredths(45), 4'500);
}

// Published whole points; the line goes through them after rounding to whole points.
TEST(Points, PublishedPoints) {
  const std::pair<int, int> published[] = {
      {-16, 88}, {23, 59}, {24, 58}, {26, 55}, {33, 49}, {45, 45}};
  for (const auto& [days, points] : published) {
    EXPECT_LE(std::abs(points_hundredths(days) - points * 100), 50) << days;
  }
}

TEST(Points, StayAtTheEnds) {
  EXPECT_EQ(points_hundredths(-31), 10'000);
  EXPECT_EQ(points_hundredths(-100'000), 10'000);
  EXPECT_EQ(points_hundredths(121), 2'000);
  EXPECT_EQ(points_hundredths(100'000), 2'000);
}

CurrencySums sums(std::initializer_list<std::pair<std::int64_t, std::int32_t>> invoices) {
  CurrencySums result;
  for (const auto& [amount, days] : invoices) {
    ++result.invoice_count;
    result.weight += amount;
    result.weighted_points += static_cast<Int128>(amount) * points_hundredths(days);
  }
  return result;
}

TEST(OwnIndex, IsTheMeanOfPointsAndNotThePointsOfTheMean) {
  // The other reading would be 74.29: the points of a mean of 8.57 days.
  EXPECT_EQ(own_index({sums({{2'000'000, 0}, {500'000, 30}, {1'000'000, 15}})}), 7'286);
}

TEST(OwnIndex, NothingPaidIsNoIndex) {
  EXPECT_EQ(own_index({}), std::nullopt);
  EXPECT_EQ(own_index({CurrencySums()}), std::nullopt);
}

TEST(OwnIndex, CurrenciesAreWeighedByCount) {
  // EUR: 80.00 over 2 invoices; JPY: 50.00 over 1, whose minor units are many.
  EXPECT_EQ(own_index({sums({{100, 0}, {900, 0}}), sums({{5'000'000, 30}})}), 7'000);
}

TEST(OwnIndex, SumsOfTheLargestAmounts) {
  EXPECT_EQ(own_index({sums({{INT64_MAX, 30}, {INT64_MAX, 0}, {INT64_MAX, 0}})}), 7'000);
}

TEST(Wide, GoesThroughTheRow) {
  const Int128 values[] = {0,
                           1,
                           -1,
                           INT64_MAX,
                           INT64_MIN,
                           static_cast<Int128>(INT64_MAX) * 10'000,
                           -static_cast<Int128>(INT64_MAX) * 10'000};
  for (const Int128 value : values) {
    encours::state::v1alpha1::WideNumber row;
    set_wide(value, &row);
    EXPECT_TRUE(from_wide(row) == value);
  }
}

TEST(ShrunkIndex, DrawsTowardsTheSegment) {
  EXPECT_EQ(shrunk_index(5, 9'000, 7'000, 5), 8'000);
  EXPECT_EQ(shrunk_index(1, 9'000, 7'000, 5), 7'333);  // 44000 / 6 = 7333.33
  EXPECT_EQ(shrunk_index(95, 9'000, 7'000, 5), 8'900);
  EXPECT_EQ(shrunk_index(1, 2, 1, 1), 2);  // 1.5, a half upwards.
}

TEST(ShrunkIndex, TakesWhatIsKnown) {
  EXPECT_EQ(shrunk_index(0, std::nullopt, 7'100, 5), 7'100);
  EXPECT_EQ(shrunk_index(3, 6'500, std::nullopt, 5), 6'500);
  EXPECT_EQ(shrunk_index(0, std::nullopt, std::nullopt, 5), std::nullopt);
}

}  // namespace
}  // namespace encours::scoring
