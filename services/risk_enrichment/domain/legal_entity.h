// Legal entity: the name of the company that owes, as all of risk-enrichment uses it.
//
//   legal_entity := "siren:" nine digits | "entity:" the source's own id
// The ledger gives it; here it is read. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
namespace encours::risk {

// The SIREN of "siren:552032534"; nullopt for other entities.
std::optional<std::string> siren_of(std::string_view legal_entity);

// Refused with "missing_field" or "invalid_legal_entity"; the field is "legal_entity".
Status check_legal_entity(std::string_view legal_entity);

}  // namespace encours::risk
