// LedgerStage: the last stage of ingestion, the receivables ledger of each account.
//
// It reads events that are keyed by their account and have passed identity and reference, keeps
// the rows of model.h, and publishes each change as a fact with the account's balance after it.
// Like every stage it holds no state between calls and is called by its partition's thread.
#pragma once

#include <string>
#include <vector>

#include "common/stream/decide.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion::ledger {

class LedgerStage final : public stream::Stage {
 public:
  std::string name() const override { return kLedgerStage; }
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;
  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::ingestion::ledger

namespace encours::ingestion {
using ledger::LedgerStage;
}  // namespace encours::ingestion
