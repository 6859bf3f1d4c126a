#include "services/scoring/domain/segment_stage.h"

#include "services/scoring/domain/days.h"
#include "services/scoring/domain/index.h"
#include "services/scoring/domain/read_record.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

// One per segment; its entity is empty.
constexpr std::uint8_t kPublishTimer = 1;

Result<stream::Effects> add(const stream::View& view,
                            const stream::Record& record,
                            const Zone& zone) {
  ENCOURS_ASSIGN(const auto difference, read_segment_record<api::ContributionRecord>(record));
  auto row = view.get(kSegmentTable).value_or(state::SegmentRow());
  row.set_account_count(row.account_count() + difference.account_count_delta());
  row.set_index_sum_hundredths(row.index_sum_hundredths() +
                               difference.index_sum_delta_hundredths());
  stream::Effects effects(view);
  effects.put(kSegmentTable, row);
  effects.set_timer(kPublishTimer, KeyWriter(), next_midnight(zone, record.at));
  return effects;
}

stream::Effects publish(const stream::View& view, const stream::Record& record) {
  stream::Effects effects(view);
  auto row = view.get(kSegmentTable).value_or(state::SegmentRow());
  const std::int64_t count = row.account_count();
  ENCOURS_CHECK(count >= 0, "an account leaves its segment's sum once");
  const std::int64_t mean = count == 0 ? 0 : rounded_quotient(row.index_sum_hundredths(), count);
  if (mean == row.published_mean_hundredths() && count == row.published_account_count()) {
    return effects;
  }
  row.set_published_mean_hundredths(mean);
  row.set_published_account_count(count);
  effects.put(kSegmentTable, row);
  api::MeanRecord fact;
  fact.set_segment(std::string(stream::entity_of_key(record.key)));
  fact.set_mean_hundredths(mean);
  fact.set_account_count(count);
  effects.emit(kMeansTopic, record.key, fact).to_all_partitions = true;
  return effects;
}

}  // namespace

std::string SegmentStage::name() const { return kSegmentStage; }

std::vector<stream::StageInput> SegmentStage::inputs() const {
  return {{kContributionsTopic, stream::InputKind::kFacts, {kHistoryStage}, true}};
}

std::vector<stream::TickOutput> SegmentStage::tick_outputs() const { return {{kMeansTopic, true}}; }

std::vector<TableInfo> SegmentStage::tables() const { return {kSegmentTable.info()}; }

Result<stream::Effects> SegmentStage::decide(const stream::View& view,
                                             const stream::Record& record,
                                             const stream::Settings& settings) const {
  if (record.kind == stream::RecordKind::kTimer) {
    ENCOURS_CHECK(record.timer.kind == kPublishTimer, "this stage has one kind of timer");
    return publish(view, record);
  }
  ENCOURS_CHECK(record.kind == stream::RecordKind::kFact, "segment reads facts and timers only");
  return add(view, record, zone_of(settings, record.tenant()));
}

}  // namespace encours::scoring
