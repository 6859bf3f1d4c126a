// The rows of dunning's store, with their keys. All begin with tenant and account.
#pragma once

#include <vector>

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
// tenant, account, person, record
inline constexpr Table<state::SealedPersonRow> kPersonTable{
    0x36, "person", "ssss", "sealed by random keys; encours.persons is the record"};
// tenant, account, person
inline constexpr Table<encours::stream::v1alpha1::PersonKey> kPersonKeyTable{
    0x37, "known_person_key", "sss", "keys are random"};

}  // namespace encours::dunning
