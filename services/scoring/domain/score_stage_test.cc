// Goal: when a score is computed and from what: facts dated before its day, the mean of the
// midnight before, the newest history. Method: the three stages joined in memory; expected by hand.
#include "services/scoring/domain/facts_test.h"

#include "encours/scoring/v1alpha1/scorecard.pb.h"

namespace encours::scoring::testing {
namespace {

struct ScoreStageTest : ::testing::Test {
  Chain chain;
  const Date day = on("2024-03-10");

  std::vector<api::ScoreComputed> midnight(Date at) {
    chain.tick(during(at, 0));
    return chain.take_scores();
  }
};

TEST_F(ScoreStageTest, AScoreIsComputedAtTheNextMidnight) {
  chain.paid("C-1", "F-1", day, day + 30, 100);
  EXPECT_TRUE(chain.take_scores().empty());
  const auto scores = midnight(day + 31);
  ASSERT_EQ(scores.size(), 1u);
  const auto& score = scores[0].score();
  EXPECT_EQ(score.name(), "tenants/acme/accounts/C-1/score");
  EXPECT_EQ(score.tenant(), "acme");
  EXPECT_EQ(score.account(), "C-1");
  EXPECT_EQ(to_date(score.as_of()), day + 31);
  EXPECT_EQ(stream::to_instant(score.computed_at()), during(day + 31, 0));
  EXPECT_EQ(score.score_hundredths(), 5'000);
  EXPECT_EQ(score.days_beyond_terms_hundredths(), 3'000);
  EXPECT_FALSE(score.has_segment_index_hundredths());
  EXPECT_FALSE(scores[0].has_previous_score_hundredths());
}

TEST_F(ScoreStageTest, AMeanCountsFromTheMidnightAfter) {
  chain.paid("C-1", "F-1", day, day, 100);
  chain.paid("C-2", "F-2", day, day + 30, 100);
  midnight(day + 31);  // Publishes the mean of 80.00 and 50.00: 65.00.
  chain.paid("C-1", "F-3", day + 31, day + 31, 100);
  const auto scores = midnight(day + 32);
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].score().segment_index_hundredths(), 6'500);
  EXPECT_EQ(scores[0].score().score_hundredths(), 6'929);  // (2 * 80 + 5 * 65) / 7
  EXPECT_EQ(scores[0].previous_score_hundredths(), 8'000);
}

TEST_F(ScoreStageTest, OnlyWhatHasChangedIsPublished) {
  chain.paid("C-1", "F-1", day, day, 100);
  EXPECT_EQ(midnight(day + 1).size(), 1u);
  EXPECT_TRUE(midnight(day + 2).empty());
  chain.take(account_changed("C-1", "retail"), during(day + 2));
  chain.take(account_changed("C-1", ""), during(day + 2));
  const auto again = midnight(day + 3);
  ASSERT_EQ(again.size(), 1u);  // The mean is known now, and is its own index.
  EXPECT_EQ(again[0].score().segment_index_hundredths(), 8'000);
}

// In wall mode a record may come while its midnight is not handled yet.
TEST_F(ScoreStageTest, WhatIsRecordedAfterAMidnightIsNotInItsScore) {
  api::HistoryRecord early;
  early.set_account("C-1");
  early.set_sequence(1);
  early.mutable_history()->set_paid_invoice_count(1);
  early.mutable_history()->set_own_index_hundredths(8'000);
  auto late = early;
  late.set_sequence(2);
  late.mutable_history()->set_own_index_hundredths(4'000);
  // Decided directly: the harness fires what is due before a record.
  const auto put = [&](const api::HistoryRecord& body, Instant at) {
    const auto record = StageHarness::fact_record(kTenant, "C-1", at, "r", body);
    const auto effects = chain.score_stage.decide(
        chain.score.view(kTenant, "C-1"), record, stream::Settings(stream::SettingsTable(), 0));
    ASSERT_TRUE(effects.ok());
    EXPECT_EQ(effects->timers.size(), 1u);
    // A tenant without a setting lives in UTC.
    EXPECT_EQ(*effects->timers[0].due,
              at < utc("2024-03-11T00:00:00Z") ? utc("2024-03-11T00:00:00Z")
                                               : utc("2024-03-12T00:00:00Z"));
    EXPECT_EQ(effects->rows.size(), 1u);
  };
  put(early, utc("2024-03-10T23:59:59Z"));
  put(late, utc("2024-03-11T00:00:00Z"));
}

TEST_F(ScoreStageTest, OfOneInstantTheHighestSequenceHolds) {
  for (const int sequence : {2, 1}) {
    api::HistoryRecord record;
    record.set_account("C-1");
    record.set_sequence(sequence);
    record.mutable_history()->set_paid_invoice_count(sequence);
    record.mutable_history()->set_own_index_hundredths(1'000 * sequence);
    ASSERT_TRUE(chain.score
                    .handle(StageHarness::fact_record(
                        kTenant, "C-1", during(day), "r" + std::to_string(sequence), record))
                    .ok());
  }
  const auto scores = midnight(day + 1);
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].score().score_hundredths(), 2'000);
}

TEST_F(ScoreStageTest, TheScorecardIsASetting) {
  api::Scorecard scorecard;
  auto* weight = scorecard.add_weights();
  weight->set_factor("solvency_score");
  weight->set_weight(1);
  chain.score.set_setting(kTenant, "scorecard", "default", scorecard);
  chain.paid("C-1", "F-1", day, day, 100);
  EXPECT_TRUE(midnight(day + 1).empty());
  chain.take(criterion("C-1",
                       encours::risk::v1alpha1::CRITERION_SOLVENCY_SCORE,
                       "altares",
                       42,
                       "2024-03-11",
                       during(day + 1)),
             during(day + 1));
  const auto scores = midnight(day + 2);
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_EQ(scores[0].score().score_hundredths(), 4'200);
  EXPECT_EQ(scores[0].score().settings_version(), 2);
}

// A partition that is fast sends its mean before another has handled the tick.
TEST_F(ScoreStageTest, AMeanThatComesEarlyDoesNotCountAtItsOwnMidnight) {
  const Instant midnight = utc("2024-03-11T00:00:00Z");
  stream::testing::MapRows rows;
  const stream::SettingsTable settings;
  const auto decide = [&](const stream::Record& record) {
    const ScoreStage stage;
    const stream::View view(rows, stage.scope(record));
    auto effects = stage.decide(view, record, stream::Settings(settings, 0));
    EXPECT_TRUE(effects.ok());
    for (const auto& change : effects->row_changes()) rows.apply(change);
    return *effects;
  };
  api::HistoryRecord history;
  history.set_account("C-1");
  history.mutable_history()->set_paid_invoice_count(5);
  history.mutable_history()->set_own_index_hundredths(8'000);
  decide(StageHarness::fact_record(kTenant, "C-1", midnight - Duration(1), "r1", history));
  for (const int days_before : {1, 0}) {
    api::MeanRecord mean;
    mean.set_mean_hundredths(days_before == 1 ? 6'000 : 3'000);
    mean.set_account_count(1);
    decide(StageHarness::fact_record(
        kTenant, "", midnight - std::chrono::hours(24 * days_before), "r2", mean, 1));
  }
  auto timer = StageHarness::fact_record(kTenant, "C-1", midnight, "t", about("C-1"));
  timer.kind = stream::RecordKind::kTimer;
  timer.timer = {1, KeyWriter().number(midnight.unix_micros()).bytes(), midnight};
  const auto effects = decide(timer);
  ASSERT_EQ(effects.facts.size(), 1u);
  api::ScoreRecord score;
  ASSERT_TRUE(score.ParseFromString(effects.facts[0].body));
  EXPECT_EQ(score.score_computed().score().segment_index_hundredths(), 6'000);
}

TEST_F(ScoreStageTest, OldMeansAreForgotten) {
  for (int i = 0; i < 6; ++i) {
    chain.paid("C-1", "F-" + std::to_string(i), day, day + 10 * i, 100);
    midnight(day + 10 * i + 1);
  }
  midnight(day + 100);
  int kept = 0;
  chain.score.view(kTenant, "").scan(kMeanTable, KeyWriter(), [&](auto, const api::MeanRecord&) {
    ++kept;
    return true;
  });
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(chain.score.timer_count(), 0u);
}

TEST_F(ScoreStageTest, MidnightIsTheCreditors) {
  EXPECT_EQ(next_midnight(paris(), utc("2024-03-10T22:59:59Z")), utc("2024-03-10T23:00:00Z"));
  EXPECT_EQ(next_midnight(paris(), utc("2024-03-10T23:00:00Z")), utc("2024-03-11T23:00:00Z"));
  // 2024-03-31 has 23 hours in Paris.
  EXPECT_EQ(next_midnight(paris(), utc("2024-03-31T12:00:00Z")), utc("2024-03-31T22:00:00Z"));
}

}  // namespace
}  // namespace encours::scoring::testing
