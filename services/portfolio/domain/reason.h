// Why: one sentence for each fact and decision, for people.
//
// A sentence says what happened, to what, how much and from which day, in that record's own words:
// it never looks at other rows, so it is the same in every answer. No personal data: facts have
// none. Pure.
#pragma once

#include <string>

#include "services/portfolio/domain/model.h"

namespace encours::portfolio {

std::string reason_of(const ReceivableRecord& record);
std::string reason_of(const AlertRecord& record);
// Of at most 140 characters, whatever the names in them (reason_outside.cc).
std::string reason_of(const RiskRecord& record);
std::string reason_of(const ScoreRecord& record);
std::string reason_of(const DunningRecord& record);

// "1681.98 EUR"; the bare minor units of a currency that this build does not know.
std::string amount_text(const ProtoMoney& amount);
// "2026-01-31"; "an unknown day" where it is none.
std::string date_text(const ProtoDate& date);
// "66.67" for 6,667.
std::string hundredths_text(std::int64_t value);

}  // namespace encours::portfolio
