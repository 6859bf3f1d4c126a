#include "services/scoring/domain/history_stage.h"

#include "services/scoring/domain/days.h"
#include "services/scoring/domain/payer.h"
#include "services/scoring/domain/read_record.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

namespace receivables = encours::receivables::v1alpha1;
namespace risk = encours::risk::v1alpha1;

constexpr int kReceivablesInput = 0;

Status take_receivable(const stream::Record& record, const Zone& zone, Payer& payer) {
  ENCOURS_ASSIGN(const auto fact, read_account_record<receivables::ReceivableRecord>(record));
  const auto day = effective_day(fact);
  if (day && *day > zone.local_date(record.at)) {
    payer.wait(fact, *day);
    return {};
  }
  return payer.apply(fact);
}

Status take_risk(const stream::Record& record, Payer& payer) {
  ENCOURS_ASSIGN(const auto fact, read_account_record<risk::RiskRecord>(record));
  if (!fact.has_criterion_changed()) return {};
  return payer.apply(fact.criterion_changed());
}

}  // namespace

std::string HistoryStage::name() const { return kHistoryStage; }

std::vector<stream::StageInput> HistoryStage::inputs() const {
  return {{kReceivablesTopic, stream::InputKind::kFacts, {"ledger"}, false},
          {kRiskTopic, stream::InputKind::kFacts, {"companies"}, true}};
}

std::vector<stream::TickOutput> HistoryStage::tick_outputs() const {
  return {{kHistoriesTopic, false}, {kContributionsTopic, true}};
}

std::vector<TableInfo> HistoryStage::tables() const {
  return {kPayerTable.info(),
          kPayerCurrencyTable.info(),
          kInvoiceTable.info(),
          kPaidDaysTable.info(),
          kWaitingFactTable.info(),
          kOutsideTable.info()};
}

Result<stream::Effects> HistoryStage::decide(const stream::View& view,
                                             const stream::Record& record,
                                             const stream::Settings& settings) const {
  const Zone zone = zone_of(settings, record.tenant());
  Payer payer(view, record, zone);
  if (record.kind == stream::RecordKind::kTimer) {
    ENCOURS_CHECK(record.timer.kind == kWaitingTimer, "this stage has one kind of timer");
    const auto day = KeyReader(record.timer.entity).number();
    ENCOURS_CHECK(day.has_value(), "a timer names its day");
    ENCOURS_TRY(payer.release(Date::from_days(*day)));
    return std::move(payer).finish();
  }
  ENCOURS_CHECK(record.kind == stream::RecordKind::kFact, "history reads facts and timers only");
  ENCOURS_TRY(record.input == kReceivablesInput ? take_receivable(record, zone, payer)
                                                : take_risk(record, payer));
  return std::move(payer).finish();
}

}  // namespace encours::scoring
