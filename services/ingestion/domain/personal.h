// Personal fields out of an event and back into it, by the option (personal) of the contracts.
//
// Facts and rows carry ids only. The inbox stage takes the personal fields out of each event; they
// travel beside it, as an event with nothing else set, to the account's partition, where they are
// sealed. Elements of a list keep their place, so that both halves fit together again. Pure, any
// thread; what is personal is read from the descriptors, so a new field needs no change here.
#pragma once

#include <string>
#include <string_view>

#include "encours/erp/v1alpha1/events.pb.h"

namespace encours::ingestion {

using ErpEvent = encours::erp::v1alpha1::ErpEvent;

// Moves the personal fields out of `event`. The bytes of an ErpEvent that holds them alone; empty
// where there are none.
std::string take_personal(ErpEvent* event);

// Puts them back. False, with `event` in an unspecified state, where they don't belong to it.
bool give_personal(std::string_view personal, ErpEvent* event);

}  // namespace encours::ingestion
