#include "services/scoring/domain/score_stage.h"

#include "common/stream/decode.h"
#include "services/scoring/domain/days.h"
#include "services/scoring/domain/read_record.h"
#include "services/scoring/domain/score.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

constexpr int kHistoriesInput = 0;
// Of an account; entity: the midnight.
constexpr std::uint8_t kScoreTimer = 1;
// Of a segment; entity: the midnight of a mean, due when that begins to count.
constexpr std::uint8_t kMeanTimer = 2;

KeyWriter midnight_key(Instant midnight) { return KeyWriter().number(midnight.unix_micros()); }

Result<stream::Effects> take_history(const stream::View& view,
                                     const stream::Record& record,
                                     const Zone& zone) {
  ENCOURS_ASSIGN(auto history, read_account_record<api::HistoryRecord>(record));
  stream::Effects effects(view);
  const Instant midnight = next_midnight(zone, record.at);
  const auto waiting = view.get(kWaitingHistoryTable, midnight_key(midnight));
  if (waiting && waiting->sequence() > history.sequence()) return effects;
  history.clear_envelope();
  effects.put(kWaitingHistoryTable, history, midnight_key(midnight));
  effects.set_timer(kScoreTimer, midnight_key(midnight), midnight);
  return effects;
}

Result<stream::Effects> take_mean(const stream::View& view,
                                  const stream::Record& record,
                                  const Zone& zone) {
  ENCOURS_ASSIGN(auto mean, read_segment_record<api::MeanRecord>(record));
  stream::Effects effects(view);
  const Instant midnight = stream::to_instant(record.envelope.occurred_at());
  mean.clear_envelope();
  effects.put(kMeanTable, mean, midnight_key(midnight));
  effects.set_timer(kMeanTimer, midnight_key(midnight), next_midnight(zone, midnight));
  return effects;
}

// From here on no score reads what was before this mean.
stream::Effects forget_means(const stream::View& view, const stream::Record& record) {
  stream::Effects effects(view);
  const std::int64_t newest = KeyReader(record.timer.entity).number().value_or(0);
  view.scan(kMeanTable, KeyWriter(), [&](std::string_view key, const api::MeanRecord&) {
    const bool older = KeyReader(key).number().value_or(newest) < newest;
    if (older) effects.erase(kMeanTable, KeyWriter(std::string(key)));
    return older;
  });
  return effects;
}

std::optional<std::int64_t> mean_before(const stream::View& view, Instant midnight) {
  std::optional<api::MeanRecord> newest;
  view.scan(kMeanTable, KeyWriter(), [&](std::string_view key, api::MeanRecord mean) {
    if (KeyReader(key).number().value_or(0) >= midnight.unix_micros()) return false;
    newest = std::move(mean);
    return true;
  });
  if (!newest || newest->account_count() == 0) return std::nullopt;
  return newest->mean_hundredths();
}

stream::Effects score(const stream::View& view,
                      const stream::Record& record,
                      const stream::Settings& settings) {
  stream::Effects effects(view);
  const KeyWriter key = midnight_key(record.timer.due);
  const auto history = view.get(kWaitingHistoryTable, key);
  ENCOURS_CHECK(history.has_value(), "a history waits for its midnight");
  effects.erase(kWaitingHistoryTable, key);
  const std::string& tenant = record.tenant();
  const std::string account(stream::entity_of_key(record.key));
  const auto mean = mean_before(view.at(scope_of(tenant, history->segment())), record.timer.due);
  const auto* scorecard = settings.find<api::Scorecard>(tenant, "scorecard", "default");
  auto score = make_score({*history, mean, scorecard});
  if (!score) return effects;
  const auto before = view.get(kScoreTable);
  if (before && same_figures(*before, *score)) return effects;
  score->set_name("tenants/" + tenant + "/accounts/" + account + "/score");
  score->set_tenant(tenant);
  score->set_account(account);
  set_date(zone_of(settings, tenant).local_date(record.timer.due), score->mutable_as_of());
  score->set_settings_version(settings.version_of(tenant, "scorecard", "default"));
  stream::set_timestamp(record.at, score->mutable_computed_at());
  effects.put(kScoreTable, *score);
  api::ScoreRecord fact;
  fact.set_account(account);
  *fact.mutable_score_computed()->mutable_score() = *std::move(score);
  if (before) {
    fact.mutable_score_computed()->set_previous_score_hundredths(before->score_hundredths());
  }
  effects.emit(kScoresTopic, record.key, fact);
  return effects;
}

}  // namespace

std::string ScoreStage::name() const { return kScoreStage; }

std::vector<stream::StageInput> ScoreStage::inputs() const {
  return {{kHistoriesTopic, stream::InputKind::kFacts, {kHistoryStage}, false},
          {kMeansTopic, stream::InputKind::kFacts, {kSegmentStage}, true}};
}

std::vector<stream::TickOutput> ScoreStage::tick_outputs() const { return {{kScoresTopic, false}}; }

std::vector<TableInfo> ScoreStage::tables() const {
  return {kWaitingHistoryTable.info(), kMeanTable.info(), kScoreTable.info()};
}

Result<stream::Effects> ScoreStage::decide(const stream::View& view,
                                           const stream::Record& record,
                                           const stream::Settings& settings) const {
  if (record.kind == stream::RecordKind::kTimer) {
    if (record.timer.kind == kMeanTimer) return forget_means(view, record);
    ENCOURS_CHECK(record.timer.kind == kScoreTimer, "this stage has two kinds of timers");
    return score(view, record, settings);
  }
  ENCOURS_CHECK(record.kind == stream::RecordKind::kFact, "score reads facts and timers only");
  const Zone zone = zone_of(settings, record.tenant());
  if (record.input == kHistoriesInput) return take_history(view, record, zone);
  return take_mean(view, record, zone);
}

}  // namespace encours::scoring
