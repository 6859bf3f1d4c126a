// Goal: for every history, mean and scorecard a score is the sum of its contributions, each less
// than a hundredth from its exact share, and weights are a whole. Method: RapidCheck; exact shares
// by cross-multiplication. RC_PARAMS="seed=..." repeats a run.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>

#include "services/scoring/domain/score.h"

namespace encours::scoring {
namespace {

namespace api = encours::scoring::v1alpha1;

void add_weight(const char* factor, api::Scorecard* scorecard) {
  auto* one = scorecard->add_weights();
  one->set_factor(factor);
  one->set_weight(*rc::gen::inRange(0, 100));
}

api::HistoryRecord any_history() {
  api::HistoryRecord history;
  if (*rc::gen::arbitrary<bool>()) {
    history.mutable_history()->set_paid_invoice_count(*rc::gen::inRange<std::int64_t>(1, 1'000));
    history.mutable_history()->set_own_index_hundredths(
        *rc::gen::inRange<std::int64_t>(2'000, 10'001));
  }
  if (*rc::gen::arbitrary<bool>()) {
    history.mutable_solvency_score()->set_value(*rc::gen::inRange<std::int64_t>(0, 101));
  }
  if (*rc::gen::arbitrary<bool>()) {
    history.mutable_external_payment_index()->set_value(*rc::gen::inRange<std::int64_t>(0, 101));
  }
  return history;
}

RC_GTEST_PROP(ScoreProperty, ContributionsSumToTheScore, ()) {
  const auto history = any_history();
  api::Scorecard scorecard;
  for (const char* factor : {"solvency_score", "payment_index", "external_payment_index"}) {
    add_weight(factor, &scorecard);
  }
  std::optional<std::int64_t> mean;
  if (*rc::gen::arbitrary<bool>()) mean = *rc::gen::inRange<std::int64_t>(2'000, 10'001);
  const auto score = make_score({history, mean, &scorecard});
  if (!score) {
    RC_SUCCEED("nothing known");
    return;
  }
  std::map<std::string, std::int64_t> weights;
  for (const auto& one : scorecard.weights()) weights[one.factor()] = one.weight();
  std::int64_t whole = 0;
  for (const auto& factor : score->factors()) whole += weights[factor.name()];
  std::int64_t contributions = 0;
  std::int64_t millionths = 0;
  std::int64_t last = INT64_MAX;
  for (const auto& factor : score->factors()) {
    contributions += factor.contribution_hundredths();
    millionths += factor.weight_millionths();
    const std::int64_t weight = weights[factor.name()];
    RC_ASSERT(weight > 0);
    RC_ASSERT(std::llabs(factor.contribution_hundredths() * whole -
                         weight * factor.value_hundredths()) < whole);
    RC_ASSERT(std::llabs(factor.weight_millionths() * whole - weight * 1'000'000) < whole);
    RC_ASSERT(factor.contribution_hundredths() <= last);
    last = factor.contribution_hundredths();
  }
  RC_ASSERT(contributions == score->score_hundredths());
  RC_ASSERT(millionths == 1'000'000);
  RC_ASSERT(score->score_hundredths() >= 0 && score->score_hundredths() <= 10'000);
}

}  // namespace
}  // namespace encours::scoring
