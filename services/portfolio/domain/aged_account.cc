#include "services/portfolio/domain/aged_account.h"

namespace encours::portfolio {

Status AgedAccount::add_invoice(std::string_view number,
                                const state::InvoiceMovementRow& movement) {
  if (number != number_) {
    ENCOURS_TRY(end_invoice());
    number_ = number;
  }
  invoice_.add(movement);
  return {};
}

Status AgedAccount::add_credit(std::string_view currency,
                               std::string_view credit,
                               const state::UnallocatedMovementRow& movement) {
  if (currency != currency_ || credit != credit_name_) {
    ENCOURS_TRY(end_credit());
    currency_ = currency;
    credit_name_ = credit;
  }
  credit_.add(movement);
  return {};
}

Status AgedAccount::end_invoice() {
  ENCOURS_ASSIGN(const auto open, invoice_.open());
  const auto due = invoice_.due_date();
  const AgingBucket bucket = due ? bucket_of(*due, as_of_.day) : AgingBucket::AGING_BUCKET_NOT_DUE;
  for (const OpenAmount& amount : open) {
    ENCOURS_TRY(by_currency_[amount.currency].add_open(bucket, amount.minor));
  }
  invoice_ = InvoiceAsOf(as_of_);
  return {};
}

Status AgedAccount::end_credit() {
  ENCOURS_ASSIGN(const std::int64_t unallocated, credit_.unallocated());
  if (unallocated != 0) ENCOURS_TRY(by_currency_[currency_].add_unallocated(unallocated));
  credit_ = CreditAsOf(as_of_);
  return {};
}

Result<std::map<std::string, AgedAmounts>> AgedAccount::finish() {
  ENCOURS_TRY(end_invoice());
  ENCOURS_TRY(end_credit());
  std::erase_if(by_currency_, [](const auto& entry) { return entry.second.all_zero(); });
  return std::move(by_currency_);
}

}  // namespace encours::portfolio
