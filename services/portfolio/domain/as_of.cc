#include "services/portfolio/domain/as_of.h"

#include <algorithm>

#include "common/money/money.h"
#include "common/stream/decode.h"

namespace encours::portfolio {
namespace {

// A row without a date counts on every day: money must not vanish from the sums.
Date date_of(const ProtoDate& date) { return to_date(date).value_or(Date::min()); }

Date not_before(Date date, const std::optional<Date>& earliest) {
  return earliest ? std::max(date, *earliest) : date;
}

}  // namespace

bool AsOf::knows(const Timestamp& recorded_at) const {
  return !known_at || stream::to_instant(recorded_at) <= *known_at;
}

void InvoiceAsOf::add(const state::InvoiceMovementRow& row) {
  if (!as_of_.knows(row.recorded_at())) return;
  const bool own = row.kind() == state::MOVEMENT_KIND_INVOICE;
  const Date date = date_of(row.date());
  if (own && row.has_due_date()) {
    due_ = to_date(row.due_date());
    issued_ = date;
  }
  movements_.push_back({date, own, row.currency_code(), row.delta_minor()});
}

Result<std::vector<OpenAmount>> InvoiceAsOf::open() const {
  std::vector<OpenAmount> sums;
  for (const Movement& movement : movements_) {
    const Date counts_from = movement.own ? movement.date : not_before(movement.date, issued_);
    if (counts_from > as_of_.day) continue;
    auto sum = std::find_if(sums.begin(), sums.end(), [&](const OpenAmount& one) {
      return one.currency == movement.currency;
    });
    if (sum == sums.end()) sum = sums.insert(sums.end(), OpenAmount{movement.currency, 0});
    ENCOURS_ASSIGN(sum->minor, add_minor(sum->minor, movement.delta_minor));
  }
  return sums;
}

void CreditAsOf::add(const state::UnallocatedMovementRow& row) {
  if (!as_of_.knows(row.recorded_at())) return;
  const bool own =
      row.kind() == state::MOVEMENT_KIND_PAYMENT || row.kind() == state::MOVEMENT_KIND_CREDIT_NOTE;
  const Date date = date_of(row.date());
  if (own) dated_ = date;
  movements_.push_back({date, own, row.delta_minor()});
}

Result<std::int64_t> CreditAsOf::unallocated() const {
  std::int64_t sum = 0;
  for (const Movement& movement : movements_) {
    const Date counts_from = movement.own ? movement.date : not_before(movement.date, dated_);
    if (counts_from > as_of_.day) continue;
    ENCOURS_ASSIGN(sum, add_minor(sum, movement.delta_minor));
  }
  return sum;
}

}  // namespace encours::portfolio
