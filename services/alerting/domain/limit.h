// The rule "limit exceeded": an account's exposure has risen above its internal limit.
//
// Exposure = outstanding + not invoiced + term paper, in the limit's own currency; what the account
// owes in other currencies is not added: amounts of two currencies have no sum. One alert is raised
// when the exposure is above a limit that holds, and ends when it is back within it (within_limit)
// or when another limit, or none, holds (limit_changed); above the new limit as well, another alert
// begins. A limit holds from its first day, or from the day on which it was recorded where that is
// later, to its last day or until another begins; both are timers at 00:00 of the creditor's day.
// Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/time/civil.h"
#include "encours/receivables/v1alpha1/facts.pb.h"
#include "encours/state/v1alpha1/alerting.pb.h"
#include "services/alerting/domain/alert_book.h"

namespace encours::alerting {

inline constexpr const char* kLimitRule = "limit_exceeded";

// Timer of an account's limits; entity: the account.
inline constexpr std::uint8_t kLimitTimer = 2;

// Made for one decision about one account.
class LimitWatch {
 public:
  LimitWatch(const stream::View& view,
             stream::Effects& effects,
             const stream::Record& record,
             std::string account,
             const Zone& zone);

  // Poison where the limit can't be one, or the sums fit no amount.
  Status take(const encours::receivables::v1alpha1::ReceivableRecord& fact, AlertBook& book);
  // A limit begins or ends on this day.
  void fire(Date day, AlertBook& book);

 private:
  Status take_limit(const encours::receivables::v1alpha1::InternalLimitChanged& limit);
  // False where nothing has changed.
  Result<bool> take_balance(const encours::receivables::v1alpha1::AccountBalance& balance);
  void judge(AlertBook& book);
  // The limit that holds; what is over is forgotten, and what comes next gets its timer.
  std::optional<encours::common::v1alpha1::Money> limit_today();
  void raise(const encours::common::v1alpha1::Money& limit, std::int64_t exposure, AlertBook& book);
  std::int64_t exposure_in(const std::string& currency) const;

  const stream::View& view_;
  stream::Effects& effects_;
  const stream::Record& record_;
  std::string account_;
  const Zone& zone_;
  Date today_;
  // By first day, as they stand after what this decision has taken.
  std::map<std::int64_t, encours::state::v1alpha1::LimitRow> limits_;
  std::map<std::string, std::int64_t> exposures_;
};

}  // namespace encours::alerting
