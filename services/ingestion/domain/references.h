// What an event says about whose it is: its account, the references that it brings into the world,
// and the one by which its account can be found.
//
// A reference that an event brings is registered, so that later events may name it instead of the
// account: an invoice its number, a payment its id. Names are as written; they are compared in
// their normal form (identifiers.h). Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "encours/erp/v1alpha1/events.pb.h"
#include "encours/ingestion/v1alpha1/inbox.pb.h"

namespace encours::ingestion {

using ErpEvent = encours::erp::v1alpha1::ErpEvent;
using ReferenceKind = encours::ingestion::v1alpha1::ReferenceKind;

struct Reference {
  ReferenceKind kind = encours::ingestion::v1alpha1::REFERENCE_KIND_UNSPECIFIED;
  std::string name;
  // Number or id of what carries it; empty for the customer.
  std::string entity;

  friend bool operator==(const Reference&, const Reference&) = default;
};

// Empty where the event names none.
const std::string& account_of(const ErpEvent& event);

std::vector<Reference> references_brought_by(const ErpEvent& event);

// The reference to ask for the account of an event that names none; nothing where there is none.
//
// It is one, the surest: an invoice before a payer's own reference. To ask for another one after
// it, the answer would have to go round to the topic that it came from, and a topic that carries
// ticks must be part of no cycle.
std::optional<Reference> reference_to_ask(const ErpEvent& event);

}  // namespace encours::ingestion
