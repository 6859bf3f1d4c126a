// AgedAccount: the aged balance of one customer, from its movements in order of key.
//
// Movements of one document follow each other in a store, so only one invoice and one credit are
// open at a time, and an account with a million invoices needs no more memory than one with ten.
// Made for one account and one pair of times; finish() ends it. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "services/portfolio/domain/aging.h"
#include "services/portfolio/domain/as_of.h"

namespace encours::portfolio {

class AgedAccount {
 public:
  explicit AgedAccount(AsOf as_of) : as_of_(as_of), invoice_(as_of), credit_(as_of) {}

  Status add_invoice(std::string_view number, const state::InvoiceMovementRow& movement);
  // `credit` names the payment or credit note; any text that differs between two of them will do.
  Status add_credit(std::string_view currency,
                    std::string_view credit,
                    const state::UnallocatedMovementRow& movement);

  // Amounts by currency, those that are all zero left out.
  Result<std::map<std::string, AgedAmounts>> finish();

 private:
  Status end_invoice();
  Status end_credit();

  AsOf as_of_;
  std::map<std::string, AgedAmounts> by_currency_;
  std::string number_;
  InvoiceAsOf invoice_;
  std::string currency_;
  std::string credit_name_;
  CreditAsOf credit_;
};

}  // namespace encours::portfolio
