// Goal: which provider's figure stands in a history. Method: changes in order; the figure that the
// last history says is written by hand.
#include "services/scoring/domain/facts_test.h"

namespace encours::scoring::testing {
namespace {

namespace risk = encours::risk::v1alpha1;

struct Outside : ::testing::Test {
  Chain chain;
  const Instant noon = during(on("2024-03-10"));

  void say(const std::string& provider,
           std::int64_t value,
           const std::string& as_of,
           risk::Criterion what = risk::CRITERION_SOLVENCY_SCORE) {
    chain.take(criterion("C-1", what, provider, value, as_of, noon), noon);
  }
  const api::HistoryRecord& last() const { return chain.histories().back(); }
};

TEST_F(Outside, TheNewestFigureCounts) {
  say("altares", 60, "2024-03-01");
  say("ellisphere", 40, "2024-03-05");
  EXPECT_EQ(last().solvency_score().value(), 40);
  EXPECT_EQ(last().solvency_score().provider(), "ellisphere");
  EXPECT_EQ(last().solvency_score().as_of(), "2024-03-05");
  say("altares", 65, "2024-03-07");
  EXPECT_EQ(last().solvency_score().value(), 65);
  say("altares", -1, "");
  EXPECT_EQ(last().solvency_score().value(), 40);
  say("ellisphere", -1, "");
  EXPECT_FALSE(last().has_solvency_score());
}

TEST_F(Outside, WithoutADateOrAheadOfItTheDayOfFetchingHolds) {
  say("altares", 60, "");
  EXPECT_EQ(last().solvency_score().as_of(), "2024-03-10");
  say("altares", 61, "2024-05-01");
  EXPECT_EQ(last().solvency_score().as_of(), "2024-03-10");
}

TEST_F(Outside, CriteriaStandSideBySide) {
  say("altares", 60, "2024-03-01");
  say("altares", 75, "2024-03-02", risk::CRITERION_PAYMENT_INDEX);
  EXPECT_EQ(last().solvency_score().value(), 60);
  EXPECT_EQ(last().external_payment_index().value(), 75);
}

TEST_F(Outside, OtherCriteriaTellNothing) {
  RiskRecord record;
  record.set_account("C-1");
  record.mutable_fetch_ended()->set_outcome(risk::FETCH_OUTCOME_FAILED);
  chain.take(record, noon);
  record.mutable_criterion_changed()->set_criterion(risk::CRITERION_INSOLVENCY);
  record.mutable_criterion_changed()->mutable_new_value()->set_code("liquidation");
  chain.take(record, noon);
  EXPECT_TRUE(chain.histories().empty());
}

TEST_F(Outside, AFigureOutOfRangeIsPoison) {
  const auto record = StageHarness::fact_record(
      kTenant,
      "C-1",
      noon,
      "r",
      criterion("C-1", risk::CRITERION_SOLVENCY_SCORE, "altares", 101, "", noon),
      1);
  EXPECT_EQ(chain.history.handle(record).failure().code, "figure_out_of_range");
}

}  // namespace
}  // namespace encours::scoring::testing
