#include "services/alerting/domain/decide.h"

#include "encours/alerting/v1alpha1/alerting.pb.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "services/alerting/domain/acknowledge.h"
#include "services/alerting/domain/overdue.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {

std::vector<stream::StageInput> AlertingStage::inputs() const {
  return {{"encours.receivables", stream::InputKind::kFacts, {"ledger"}, false},
          {"encours.alerting.commands", stream::InputKind::kCommands, {}, false}};
}

std::vector<stream::TickOutput> AlertingStage::tick_outputs() const {
  return {{kAlertsTopic, false}};
}

std::vector<TableInfo> AlertingStage::tables() const {
  return {kAlertTable.info(),
          kActiveTable.info(),
          kFeedTable.info(),
          kFeedHeadTable.info(),
          kAccountTable.info()};
}

std::string AlertingStage::scope(const stream::Record& record) const {
  return tenant_scope(record.tenant());
}

Result<stream::Effects> AlertingStage::decide(const stream::View& view,
                                              const stream::Record& record,
                                              const stream::Settings& settings) const {
  stream::Effects effects(view);
  switch (record.kind) {
    case stream::RecordKind::kFact: {
      encours::receivables::v1alpha1::ReceivableRecord fact;
      if (!fact.ParseFromString(record.value)) {
        return poison("unreadable_fact", "", "The record is no ReceivableRecord.");
      }
      AlertBook book(view, effects, record, limits_);
      ENCOURS_TRY(apply_receivable(fact, record, settings, book));
      if (fact.has_account_changed()) {
        effects.put(kAccountTable, fact.account_changed(), KeyWriter().text(fact.account()));
      }
      return effects;
    }
    case stream::RecordKind::kCommand: {
      if (record.command.type() != v1alpha1::AcknowledgeAlertRequest::descriptor()->full_name()) {
        return effects;  // Without a reply: the runtime answers that it is unknown.
      }
      AlertBook book(view, effects, record, limits_);
      answer_acknowledge(record, book, effects);
      return effects;
    }
    case stream::RecordKind::kTimer:
      ENCOURS_CHECK(record.timer.kind == kSweepTimer, "this stage sets sweeps only");
      Feed(view, effects, limits_).sweep(record.timer);
      return effects;
    case stream::RecordKind::kRaw:
      break;
  }
  return poison("unexpected_record", "", "This stage reads no tenant's own topic.");
}

}  // namespace encours::alerting
