// Master data of an account: who it is, whom to write to, and the limit that it has.
#pragma once

#include <optional>

#include "deploy/sample/desk.h"

namespace encours::sample {

erp::CustomerUpserted customer_of(const Account& account);

// The customer as it was known first, what changes by chance, and its limits.
void introduce(const Options& options, Desk* desk);

// The customer and its later versions, in the order of their days; after all else of the account.
void send_customer(Desk* desk);

// A limit of the account as of `day`; an amount below zero takes it away.
struct Limit {
  Date day;
  std::int64_t minor = -1;
  const char* reason = "";
  std::optional<Date> until = std::nullopt;
  std::optional<Date> review = std::nullopt;
  // Over all accounts of the company, instead of this one.
  bool of_company = false;
};
void set_limit(Desk* desk, const Limit& limit);

// What the account owes when business is as usual; limits are set by it.
std::int64_t usual_exposure(const Account& account);

}  // namespace encours::sample
