// The rows of dunning's store, with their keys. All begin with tenant and account.
#pragma once

#include <vector>

#include "common/stream/kept_persons.h"
#include "common/stream/view.h"
#include "encours/state/v1alpha1/dunning.pb.h"

namespace encours::dunning {

namespace state = encours::state::v1alpha1;

// tenant, account
inline constexpr Table<state::DunnedAccountRow> kAccountTable{0x30, "account", "ss"};
// tenant, account, number
inline constexpr Table<state::DunnedInvoiceRow> kInvoiceTable{0x31, "invoice", "sss"};
// tenant, account, currency, number
inline constexpr Table<state::DueInvoiceRow> kDueTable{0x32, "due_invoice", "ssss"};
// tenant, account, id
inline constexpr Table<state::ActionRow> kActionTable{0x33, "action", "sss"};
// tenant, account, id
inline constexpr Table<state::WaitingActionRow> kWaitingTable{0x34, "waiting_action", "sss"};
// tenant, account, currency
inline constexpr Table<state::DunningCaseRow> kCaseTable{0x35, "case", "sss"};
inline constexpr auto kPersons = stream::person_tables(0x36, 0x37);

}  // namespace encours::dunning
