#include "services/portfolio/domain/portfolio_stage.h"

#include "services/portfolio/domain/fold.h"

namespace encours::portfolio {
namespace {

// Places in inputs().
enum Input {
  kReceivablesInput,
  kAlertsInput,
  kRiskInput,
  kScoresInput,
  kDunningInput,
  kPersonsInput,
  kPersonKeysInput
};

bool is_of_person(const stream::Record& record) {
  return record.input == kPersonsInput || record.input == kPersonKeysInput;
}

// A tenant without a known zone lives in UTC.
Zone zone_of(const stream::Settings& settings, const std::string& tenant) {
  const auto* setting = settings.tenant(tenant);
  if (setting == nullptr) return Zone();
  const auto zone = Zone::load(setting->time_zone());
  return zone.ok() ? *zone : Zone();
}

// Body and key must name the same account, else a row would be filed where nobody looks for it.
template <class Message>
Result<Message> read(const stream::Record& record) {
  Message message;
  if (!message.ParseFromString(record.value)) {
    return poison("unreadable_record", "", "The record is not what its topic holds.");
  }
  if (message.account() != stream::entity_of_key(record.key) ||
      record.tenant() != stream::tenant_of_key(record.key)) {
    return poison("key_mismatch", "account", "Tenant or account is another than the key says.");
  }
  return message;
}

}  // namespace

std::vector<stream::StageInput> PortfolioStage::inputs() const {
  return {{kReceivablesTopic, stream::InputKind::kFacts, {"ledger"}, false},
          {kAlertsTopic, stream::InputKind::kFacts, {"alerting"}, false},
          {kRiskTopic, stream::InputKind::kFacts, {"companies"}, true},
          {kScoresTopic, stream::InputKind::kFacts, {"score"}, false},
          {kDunningTopic, stream::InputKind::kFacts, {"dunning"}, false},
          stream::person_inputs()[0],
          stream::person_inputs()[1]};
}

std::vector<TableInfo> PortfolioStage::tables() const {
  return {kCustomerTable.info(),
          kBalanceTable.info(),
          kInvoiceTable.info(),
          kInvoiceMovementTable.info(),
          kUnallocatedMovementTable.info(),
          kTimelineTable.info(),
          kCreditTable.info(),
          kLimitTable.info(),
          kRiskTable.info(),
          kScoreTable.info(),
          kDunningTable.info(),
          kActionTable.info(),
          kPersons.persons.info(),
          kPersons.keys.info()};
}

std::string PortfolioStage::scope(const stream::Record& record) const {
  if (is_of_person(record)) {
    const auto scope = stream::scope_of_person(record, record.input == kPersonKeysInput);
    if (scope) return *scope;
  }
  return Stage::scope(record);
}

Result<stream::Effects> PortfolioStage::decide(const stream::View& view,
                                               const stream::Record& record,
                                               const stream::Settings& settings) const {
  ENCOURS_CHECK(record.kind == stream::RecordKind::kFact,
                "portfolio takes no commands and sets no timers");
  const Zone zone = zone_of(settings, record.tenant());
  switch (record.input) {
    case kReceivablesInput: {
      ENCOURS_ASSIGN(const auto fact, read<ReceivableRecord>(record));
      return fold_receivable(view, fact, zone);
    }
    case kAlertsInput: {
      ENCOURS_ASSIGN(const auto change, read<AlertRecord>(record));
      return fold_alert(view, change);
    }
    case kRiskInput: {
      ENCOURS_ASSIGN(const auto fact, read<RiskRecord>(record));
      return fold_risk(view, fact, zone);
    }
    case kScoresInput: {
      ENCOURS_ASSIGN(const auto fact, read<ScoreRecord>(record));
      return fold_score(view, fact);
    }
    case kDunningInput: {
      ENCOURS_ASSIGN(const auto fact, read<DunningRecord>(record));
      return fold_dunning(view, fact, zone);
    }
    default:
      ENCOURS_CHECK(is_of_person(record), "this stage has seven inputs");
      return stream::keep_person(view,
                                 record,
                                 record.input == kPersonKeysInput,
                                 kPersons,
                                 stream::KeptPersons::kAccounts);
  }
}

}  // namespace encours::portfolio
