// Stage "companies": what is known of each company, and whom to ask about it when.
//
// Reads the companies of the accounts (from all partitions), outcomes and commands; writes
// encours.risk, a copy of each fact per linked account, keyed by account. Its scope is the company;
// a new policy or a go-live reaches each company by the runtime's sweep, at the tick from which it
// holds. Stateless and pure; fails with poison only.
#pragma once

#include "common/stream/decide.h"

namespace encours::risk {

class CompaniesStage final : public stream::Stage {
 public:
  std::string name() const override;
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;
  std::vector<std::string> sweep_kinds() const override;
  std::uint8_t sweep_table() const override;
  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::risk
