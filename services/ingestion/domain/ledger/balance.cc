#include "services/ingestion/domain/ledger/balance.h"

#include "common/base/check.h"
#include "common/money/decimal.h"

namespace encours::ingestion::ledger {
namespace {

using namespace encours::receivables::v1alpha1;  // NOLINT: the names of the six buckets.

std::int64_t moved(std::int64_t sum, std::int64_t difference) {
  std::int64_t result = 0;
  ENCOURS_CHECK(!__builtin_add_overflow(sum, difference, &result), "a sum fits int64");
  ENCOURS_CHECK(result >= 0, "a sum kept by difference is never negative");
  return result;
}

}  // namespace

std::int64_t bucket_sum(const AccountBalance& balance, AgingBucket bucket) {
  switch (bucket) {
    case AGING_BUCKET_NOT_DUE:
      return balance.not_due();
    case AGING_BUCKET_1_30:
      return balance.overdue_1_30();
    case AGING_BUCKET_31_60:
      return balance.overdue_31_60();
    case AGING_BUCKET_61_90:
      return balance.overdue_61_90();
    case AGING_BUCKET_91_120:
      return balance.overdue_91_120();
    case AGING_BUCKET_OVER_120:
      return balance.overdue_over_120();
    default:
      ENCOURS_CHECK(false, "an invoice that is counted has a bucket");
      return 0;
  }
}

void move_bucket(AccountBalance& balance, AgingBucket bucket, std::int64_t difference_minor) {
  const std::int64_t sum = moved(bucket_sum(balance, bucket), difference_minor);
  switch (bucket) {
    case AGING_BUCKET_NOT_DUE:
      return balance.set_not_due(sum);
    case AGING_BUCKET_1_30:
      return balance.set_overdue_1_30(sum);
    case AGING_BUCKET_31_60:
      return balance.set_overdue_31_60(sum);
    case AGING_BUCKET_61_90:
      return balance.set_overdue_61_90(sum);
    case AGING_BUCKET_91_120:
      return balance.set_overdue_91_120(sum);
    default:
      return balance.set_overdue_over_120(sum);
  }
}

void move_unallocated(AccountBalance& balance, EndKind origin, std::int64_t difference_minor) {
  ENCOURS_CHECK(origin != EndKind::kInvoice, "an invoice holds no money");
  if (origin == EndKind::kPayment) {
    balance.set_unallocated_cash(moved(balance.unallocated_cash(), difference_minor));
  } else {
    balance.set_unallocated_credit_notes(
        moved(balance.unallocated_credit_notes(), difference_minor));
  }
}

void move_open(AccountBalance& balance, InvoiceRow& invoice, std::int64_t difference_minor) {
  auto& row = *invoice.mutable_invoice();
  const std::int64_t before = row.open_amount_minor();
  const std::int64_t after = moved(before, difference_minor);
  ENCOURS_CHECK(after <= row.gross_amount_minor(), "no more is open than was invoiced");
  move_bucket(balance, row.counted_bucket(), difference_minor);
  row.set_open_amount_minor(after);
  if (before == 0 && after > 0) {
    balance.set_open_invoice_count(moved(balance.open_invoice_count(), 1));
  } else if (before > 0 && after == 0) {
    balance.set_open_invoice_count(moved(balance.open_invoice_count(), -1));
  }
}

void rebucket(AccountBalance& balance, InvoiceRow& invoice, AgingBucket to) {
  auto& row = *invoice.mutable_invoice();
  move_bucket(balance, row.counted_bucket(), -row.open_amount_minor());
  move_bucket(balance, to, row.open_amount_minor());
  row.set_counted_bucket(to);
}

Status need_headroom(const AccountBalance* balance, std::int64_t amount_minor, const char* field) {
  if (balance == nullptr) return {};
  Int128 sum = amount_minor;
  sum += balance->unallocated_cash();
  sum += balance->unallocated_credit_notes();
  for (int bucket = AGING_BUCKET_NOT_DUE; bucket <= AGING_BUCKET_OVER_120; ++bucket) {
    sum += bucket_sum(*balance, static_cast<AgingBucket>(bucket));
  }
  if (sum > kMaxBalanceMinor) {
    return refused("amount_out_of_range", field, "The account's balance would leave its range.");
  }
  return {};
}

}  // namespace encours::ingestion::ledger
