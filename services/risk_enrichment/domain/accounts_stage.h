// Stage "accounts": which company each account points to.
//
// Reads encours.receivables on the account's partition, keeps the company of the account, and tells
// the companies, which are keyed anew: AccountUnlinked to the old one, AccountLinked to the new one
// (encours.risk-enrichment.companies). Facts that change neither say nothing. Stateless and pure as
// every Stage; fails with poison only.
#pragma once

#include "common/stream/decide.h"

namespace encours::risk {

class AccountsStage final : public stream::Stage {
 public:
  std::string name() const override;
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;
  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::risk
