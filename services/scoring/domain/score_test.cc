// Goal: a score is the weighted mean of what is known, and its parts sum to it. Method: histories
// and scorecards in one line each; expected figures are written by hand.
#include "services/scoring/domain/score.h"

#include <gtest/gtest.h>

namespace encours::scoring {
namespace {

namespace api = encours::scoring::v1alpha1;

api::HistoryRecord history(std::int64_t count, std::optional<std::int64_t> own) {
  api::HistoryRecord record;
  record.mutable_history()->set_paid_invoice_count(count);
  if (own) record.mutable_history()->set_own_index_hundredths(*own);
  return record;
}

api::Scorecard card(std::initializer_list<std::pair<const char*, int>> weights, int shrinkage = 0) {
  api::Scorecard scorecard;
  for (const auto& [factor, weight] : weights) {
    auto* one = scorecard.add_weights();
    one->set_factor(factor);
    one->set_weight(weight);
  }
  scorecard.set_shrinkage_count(shrinkage);
  return scorecard;
}

TEST(Score, WithoutAScorecardIsTheShrunkIndex) {
  const auto score = make_score({history(5, 9'000), 7'000, nullptr});
  ASSERT_TRUE(score);
  EXPECT_EQ(score->score_hundredths(), 8'000);
  EXPECT_EQ(score->payment_index_hundredths(), 8'000);
  EXPECT_EQ(score->own_index_hundredths(), 9'000);
  EXPECT_EQ(score->segment_index_hundredths(), 7'000);
  EXPECT_EQ(score->paid_invoice_count(), 5);
  ASSERT_EQ(score->factors_size(), 1);
  EXPECT_EQ(score->factors(0).name(), "payment_index");
  EXPECT_EQ(score->factors(0).weight_millionths(), 1'000'000);
  EXPECT_EQ(score->factors(0).contribution_hundredths(), 8'000);
}

TEST(Score, TheScorecardSaysHowMuchTheSegmentWeighs) {
  const auto scorecard = card({{"payment_index", 1}}, 15);
  EXPECT_EQ(make_score({history(5, 9'000), 7'000, &scorecard})->score_hundredths(), 7'500);
}

TEST(Score, ContributionsGoToTheLargestRemaindersFirst) {
  auto known = history(10, 8'001);
  known.mutable_solvency_score()->set_value(61);
  known.mutable_solvency_score()->set_provider("altares");
  known.mutable_solvency_score()->set_as_of("2024-03-05");
  known.mutable_external_payment_index()->set_value(71);
  const auto scorecard =
      card({{"payment_index", 1}, {"solvency_score", 1}, {"external_payment_index", 1}});
  const auto score = make_score({known, std::nullopt, &scorecard});
  // (8001 + 6100 + 7100) / 3 = 7067.0; thirds: 2667.0, 2033.33, 2366.67.
  EXPECT_EQ(score->score_hundredths(), 7'067);
  ASSERT_EQ(score->factors_size(), 3);
  EXPECT_EQ(score->factors(0).name(), "payment_index");
  EXPECT_EQ(score->factors(0).contribution_hundredths(), 2'667);
  EXPECT_EQ(score->factors(1).name(), "external_payment_index");
  EXPECT_EQ(score->factors(1).contribution_hundredths(), 2'367);
  EXPECT_EQ(score->factors(2).contribution_hundredths(), 2'033);
  EXPECT_EQ(score->factors(2).provider(), "altares");
  EXPECT_EQ(score->factors(2).as_of().day(), 5);
  // A third of a million each, and the rest to the first of the names.
  EXPECT_EQ(score->factors(1).weight_millionths(), 333'334);
  EXPECT_EQ(score->factors(0).weight_millionths(), 333'333);
}

TEST(Score, WhatIsMissingIsNoZero) {
  const auto scorecard = card({{"payment_index", 6}, {"solvency_score", 3}, {"made_up", 9}});
  const auto without = make_score({history(3, 6'000), std::nullopt, &scorecard});
  EXPECT_EQ(without->score_hundredths(), 6'000);
  EXPECT_EQ(without->factors(0).weight_millionths(), 1'000'000);
  auto with = history(3, 6'000);
  with.mutable_solvency_score()->set_value(0);
  EXPECT_EQ(make_score({with, std::nullopt, &scorecard})->score_hundredths(), 4'000);
}

TEST(Score, NothingKnownIsNoScore) {
  EXPECT_FALSE(make_score({history(0, std::nullopt), std::nullopt, nullptr}));
  const auto scorecard = card({{"solvency_score", 1}});
  EXPECT_FALSE(make_score({history(4, 8'000), 7'000, &scorecard}));
}

TEST(Score, ANewCustomerIsTakenToPayLikeItsSegment) {
  const auto score = make_score({history(0, std::nullopt), 7'100, nullptr});
  EXPECT_EQ(score->score_hundredths(), 7'100);
  EXPECT_FALSE(score->has_own_index_hundredths());
}

TEST(Score, FiguresAreComparedWithoutTimes) {
  auto left = *make_score({history(4, 8'000), std::nullopt, nullptr});
  auto right = left;
  right.mutable_as_of()->set_year(2030);
  right.set_settings_version(9);
  right.mutable_computed_at()->set_seconds(7);
  EXPECT_TRUE(same_figures(left, right));
  right.set_paid_invoice_count(5);
  EXPECT_FALSE(same_figures(left, right));
}

}  // namespace
}  // namespace encours::scoring
