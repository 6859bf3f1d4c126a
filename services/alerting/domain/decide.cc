#include "services/alerting/domain/decide.h"

#include "encours/alerting/v1alpha1/alerting.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/scoring/v1alpha1/scores.pb.h"
#include "services/alerting/domain/acknowledge.h"
#include "services/alerting/domain/dates.h"
#include "services/alerting/domain/limit.h"
#include "services/alerting/domain/overdue.h"
#include "services/alerting/domain/score_drop.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {
namespace {

constexpr int kScoresInput = 2;

}  // namespace

std::vector<stream::StageInput> AlertingStage::inputs() const {
  return {{"encours.receivables", stream::InputKind::kFacts, {"ledger"}, false},
          {"encours.alerting.commands", stream::InputKind::kCommands, {}, false},
          {"encours.scores", stream::InputKind::kFacts, {"score"}, false}};
}

std::vector<stream::TickOutput> AlertingStage::tick_outputs() const {
  return {{kAlertsTopic, false}};
}

std::vector<TableInfo> AlertingStage::tables() const {
  return {kAlertTable.info(),
          kActiveTable.info(),
          kFeedTable.info(),
          kFeedHeadTable.info(),
          kAccountTable.info(),
          kLimitTable.info(),
          kExposureTable.info(),
          kScoreStandingTable.info()};
}

std::string AlertingStage::scope(const stream::Record& record) const {
  return tenant_scope(record.tenant());
}

Status AlertingStage::take_fact(const stream::View& view,
                                const stream::Record& record,
                                const stream::Settings& settings,
                                stream::Effects& effects) const {
  encours::receivables::v1alpha1::ReceivableRecord fact;
  if (!fact.ParseFromString(record.value)) {
    return poison("unreadable_fact", "", "The record is no ReceivableRecord.");
  }
  AlertBook book(view, effects, record, limits_);
  ENCOURS_TRY(apply_receivable(fact, record, settings, book));
  const Zone zone = zone_of(settings, record.tenant());
  ENCOURS_TRY(LimitWatch(view, effects, record, fact.account(), zone).take(fact, book));
  if (fact.has_account_changed()) {
    effects.put(kAccountTable, fact.account_changed(), KeyWriter().text(fact.account()));
  }
  return {};
}

Status AlertingStage::take_score(const stream::View& view,
                                 const stream::Record& record,
                                 stream::Effects& effects) const {
  encours::scoring::v1alpha1::ScoreRecord fact;
  if (!fact.ParseFromString(record.value)) {
    return poison("unreadable_fact", "", "The record is no ScoreRecord.");
  }
  const auto& score = fact.score_computed().score();
  if (fact.account().empty() || fact.account() != stream::entity_of_key(record.key) ||
      fact.account() != score.account()) {
    return poison("account_mismatch", "account", "The score and its key name different accounts.");
  }
  AlertBook book(view, effects, record, limits_);
  return apply_score(view, effects, record, score, book);
}

Status AlertingStage::fire(const stream::View& view,
                           const stream::Record& record,
                           const stream::Settings& settings,
                           stream::Effects& effects) const {
  if (record.timer.kind == kSweepTimer) {
    Feed(view, effects, limits_).sweep(record.timer);
    return {};
  }
  ENCOURS_CHECK(record.timer.kind == kLimitTimer, "this stage has two kinds of timers");
  const auto account = KeyReader(record.timer.entity).text();
  ENCOURS_CHECK(account.has_value(), "a timer of a limit names its account");
  const Zone zone = zone_of(settings, record.tenant());
  AlertBook book(view, effects, record, limits_);
  LimitWatch(view, effects, record, *account, zone).fire(zone.local_date(record.timer.due), book);
  return {};
}

Result<stream::Effects> AlertingStage::decide(const stream::View& view,
                                              const stream::Record& record,
                                              const stream::Settings& settings) const {
  stream::Effects effects(view);
  switch (record.kind) {
    case stream::RecordKind::kFact:
      ENCOURS_TRY(record.input == kScoresInput ? take_score(view, record, effects)
                                               : take_fact(view, record, settings, effects));
      return effects;
    case stream::RecordKind::kCommand: {
      if (record.command.type() != v1alpha1::AcknowledgeAlertRequest::descriptor()->full_name()) {
        return effects;  // Without a reply: the runtime answers that it is unknown.
      }
      AlertBook book(view, effects, record, limits_);
      answer_acknowledge(record, book, effects);
      return effects;
    }
    case stream::RecordKind::kTimer:
      ENCOURS_TRY(fire(view, record, settings, effects));
      return effects;
    case stream::RecordKind::kRaw:
    case stream::RecordKind::kOutcome:
    case stream::RecordKind::kSweep:
      break;
  }
  return poison("unexpected_record", "", "This stage reads no tenant's own topic.");
}

}  // namespace encours::alerting
