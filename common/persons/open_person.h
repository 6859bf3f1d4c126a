// open_person(): what is kept of a person (common/stream/kept_persons.h), opened for a reader.
//
// Nullopt where nothing is kept or its key is gone, so an erased person reads like one who was
// never named. Error "sealed_data" where the bytes, the key and the scope do not belong together.
// The view is of the account's scope; any thread.
#pragma once

#include <optional>

#include "common/persons/sealer.h"
#include "common/stream/kept_persons.h"
#include "encours/erp/v1alpha1/events.pb.h"

namespace encours {

// Master data: those of `person.person`, or of the account itself where that is empty.
Result<std::optional<encours::erp::v1alpha1::ErpEvent>> open_person(
    const stream::View& view, const stream::PersonTables& tables, const Sealer& sealer,
    const PersonScope& person);

}  // namespace encours
