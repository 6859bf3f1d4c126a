// Legal entity: the name of the company that owes, as all of risk-enrichment uses it.
//
//   legal_entity := "siren:" nine digits | "entity:" the source's own id
// A SIREN wins, because providers know it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "encours/receivables/v1alpha1/facts.pb.h"

namespace encours::risk {

// Empty where the account names no company.
std::string legal_entity_of(const encours::receivables::v1alpha1::AccountChanged& account);

// The SIREN of "siren:552032534"; nullopt for other entities.
std::optional<std::string> siren_of(std::string_view legal_entity);

// Refused with "missing_field" or "invalid_legal_entity"; the field is "legal_entity".
Status check_legal_entity(std::string_view legal_entity);

}  // namespace encours::risk
