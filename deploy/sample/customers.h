// Master data of an account: who it is, whom to write to, and the limit that it has.
#pragma once

#include <optional>

#include "deploy/sample/desk.h"

namespace encours::sample {

erp::CustomerUpserted customer_of(const Account& account);

// The customer as it was known first, its later versions and its limits.
void introduce(const Options& options, Desk* desk);

// A version of the customer with what `change` makes of it; versions are counted by the caller.
void update_customer(Desk* desk, int version, Date day,
                     const std::function<void(erp::CustomerUpserted*)>& change);

// A limit of the account as of `day`; an amount below zero takes it away. `until` may be unset.
void set_limit(Desk* desk, Date day, std::int64_t minor, const char* reason,
               std::optional<Date> until = std::nullopt,
               std::optional<Date> review = std::nullopt);

// What the account owes when business is as usual; limits are set by it.
std::int64_t usual_exposure(const Account& account);

}  // namespace encours::sample
