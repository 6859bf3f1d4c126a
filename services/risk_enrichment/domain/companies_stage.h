// Stage "companies": what is known of each company, and whom to ask about it when.
//
// Reads the companies of the accounts (from all partitions), outcomes and commands; writes
// encours.risk, a copy of each fact per linked account, keyed by account. Its scope is the tenant's
// part of the partition, because a new policy or a go-live concerns every company there: a timer
// looks whether either has changed (at the day's instants in events mode, every minute in wall
// mode) and then sets a review for each company, a bounded number at a time. Every record of a
// company is decided on that company alone. Stateless and pure; fails with poison only.
#pragma once

#include "common/stream/decide.h"

namespace encours::risk {

class CompaniesStage final : public stream::Stage {
 public:
  std::string name() const override;
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;
  std::string scope(const stream::Record& record) const override;
  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::risk
