#include "services/portfolio/domain/aging.h"

#include <algorithm>

#include "common/money/money.h"

namespace encours::portfolio {
namespace {

Status add_to(std::int64_t& sum, std::int64_t minor) {
  ENCOURS_ASSIGN(sum, add_minor(sum, minor));
  return {};
}

}  // namespace

AgingBucket bucket_of(Date due, Date day) {
  const std::int32_t age = day - due;
  if (age <= 0) return AgingBucket::AGING_BUCKET_NOT_DUE;
  if (age <= 30) return AgingBucket::AGING_BUCKET_1_30;
  if (age <= 60) return AgingBucket::AGING_BUCKET_31_60;
  if (age <= 90) return AgingBucket::AGING_BUCKET_61_90;
  if (age <= 120) return AgingBucket::AGING_BUCKET_91_120;
  return AgingBucket::AGING_BUCKET_OVER_120;
}

std::int32_t days_late(Date due, Date day) { return std::max<std::int32_t>(0, day - due); }

Status AgedAmounts::add_open(AgingBucket bucket, std::int64_t minor) {
  switch (bucket) {
    case AgingBucket::AGING_BUCKET_1_30:
      return add_to(d1_30, minor);
    case AgingBucket::AGING_BUCKET_31_60:
      return add_to(d31_60, minor);
    case AgingBucket::AGING_BUCKET_61_90:
      return add_to(d61_90, minor);
    case AgingBucket::AGING_BUCKET_91_120:
      return add_to(d91_120, minor);
    case AgingBucket::AGING_BUCKET_OVER_120:
      return add_to(over_120, minor);
    default:
      return add_to(not_due, minor);
  }
}

Status AgedAmounts::add_unallocated(std::int64_t minor) { return add_to(unallocated, minor); }

Status AgedAmounts::add(const AgedAmounts& other) {
  ENCOURS_TRY(add_to(not_due, other.not_due));
  ENCOURS_TRY(add_to(d1_30, other.d1_30));
  ENCOURS_TRY(add_to(d31_60, other.d31_60));
  ENCOURS_TRY(add_to(d61_90, other.d61_90));
  ENCOURS_TRY(add_to(d91_120, other.d91_120));
  ENCOURS_TRY(add_to(over_120, other.over_120));
  return add_to(unallocated, other.unallocated);
}

bool AgedAmounts::all_zero() const { return *this == AgedAmounts(); }

Result<std::int64_t> AgedAmounts::overdue() const {
  std::int64_t sum = 0;
  for (const std::int64_t part : {d1_30, d31_60, d61_90, d91_120, over_120}) {
    ENCOURS_TRY(add_to(sum, part));
  }
  return sum;
}

Result<std::int64_t> AgedAmounts::total() const {
  ENCOURS_ASSIGN(std::int64_t sum, overdue());
  ENCOURS_TRY(add_to(sum, not_due));
  return subtract_minor(sum, unallocated);
}

Result<api::AgedBalanceRow> aged_balance_row(std::string_view customer,
                                             std::string_view currency,
                                             const AgedAmounts& amounts) {
  api::AgedBalanceRow row;
  row.set_customer_id(std::string(customer));
  row.set_currency_code(std::string(currency));
  ENCOURS_ASSIGN(const std::int64_t total, amounts.total());
  ENCOURS_ASSIGN(const std::int64_t over_90, add_minor(amounts.d91_120, amounts.over_120));
  row.set_total(total);
  row.set_not_due(amounts.not_due);
  row.set_d1_30(amounts.d1_30);
  row.set_d31_60(amounts.d31_60);
  row.set_d61_90(amounts.d61_90);
  row.set_over_90(over_90);
  row.set_d91_120(amounts.d91_120);
  row.set_over_120(amounts.over_120);
  row.set_unallocated(amounts.unallocated);
  return row;
}

}  // namespace encours::portfolio
