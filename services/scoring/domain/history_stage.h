// Stage "history": follows each account's invoices until they are settled, and sums up how it pays.
//
// Reads encours.receivables and encours.risk; publishes encours.scoring.histories (all figures of
// an account, on the same partition, after a change) and encours.scoring.contributions (what its
// segment's sum must move by, with the segment when the account leaves it). A fact about money that
// is dated after the creditor's day waits for 08:00 of its own day: at any instant a history holds
// facts dated up to that day and no other, so the score of the next 00:00 holds facts dated before
// its day. The due date and amount of an invoice hold from the day on which they were recorded.
// Stateless and pure as every Stage; fails with poison only.
#pragma once

#include "common/stream/decide.h"

namespace encours::scoring {

// Entity: the day.
inline constexpr std::uint8_t kWaitingTimer = 1;

class HistoryStage final : public stream::Stage {
 public:
  std::string name() const override;
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;
  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::scoring
