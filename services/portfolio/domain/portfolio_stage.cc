#include "services/portfolio/domain/portfolio_stage.h"

#include "services/portfolio/domain/fold.h"

namespace encours::portfolio {
namespace {

constexpr int kReceivablesInput = 0;

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
          {kAlertsTopic, stream::InputKind::kFacts, {"alerting"}, false}};
}

std::vector<TableInfo> PortfolioStage::tables() const {
  return {kCustomerTable.info(),
          kBalanceTable.info(),
          kInvoiceTable.info(),
          kInvoiceMovementTable.info(),
          kUnallocatedMovementTable.info(),
          kTimelineTable.info(),
          kCreditTable.info()};
}

Result<stream::Effects> PortfolioStage::decide(const stream::View& view,
                                               const stream::Record& record,
                                               const stream::Settings&) const {
  ENCOURS_CHECK(record.kind == stream::RecordKind::kFact,
                "portfolio takes no commands and sets no timers");
  if (record.input == kReceivablesInput) {
    ENCOURS_ASSIGN(const ReceivableRecord fact, read<ReceivableRecord>(record));
    return fold_receivable(view, fact);
  }
  ENCOURS_ASSIGN(const AlertRecord change, read<AlertRecord>(record));
  return fold_alert(view, change);
}

}  // namespace encours::portfolio
