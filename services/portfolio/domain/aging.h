// Aging: in which range of days late an open amount stands, and sums of amounts by range.
//
// Age = day - due date. The due date itself is not late: age 0 and below is "not due". Sums are
// exact or refused with the code "amount_out_of_range". Pure.
#pragma once

#include <cstdint>

#include "common/base/result.h"
#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

AgingBucket bucket_of(Date due, Date day);

// Days after the due date; 0 where it is not late.
std::int32_t days_late(Date due, Date day);

// Minor units of one customer in one currency.
struct AgedAmounts {
  std::int64_t not_due = 0;
  std::int64_t d1_30 = 0;
  std::int64_t d31_60 = 0;
  std::int64_t d61_90 = 0;
  std::int64_t d91_120 = 0;
  std::int64_t over_120 = 0;
  // Credit notes and cash that no invoice has taken yet, as a positive number.
  std::int64_t unallocated = 0;

  Status add_open(AgingBucket bucket, std::int64_t minor);
  Status add_unallocated(std::int64_t minor);
  Status add(const AgedAmounts& other);

  bool all_zero() const;
  Result<std::int64_t> overdue() const;
  // What the customer owes: open invoices less what is unallocated.
  Result<std::int64_t> total() const;

  friend bool operator==(const AgedAmounts&, const AgedAmounts&) = default;
};

// The row that answers a query. `customer` is empty for a sum over customers.
Result<api::AgedBalanceRow> aged_balance_row(std::string_view customer,
                                             std::string_view currency,
                                             const AgedAmounts& amounts);

}  // namespace encours::portfolio
