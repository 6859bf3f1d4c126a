// The command AcknowledgeAlert: a person takes note of one alert.
//
// Idempotent: an alert that is acknowledged, or over by itself in the meantime, is answered as it
// stands and nothing changes. Refusals name the field: the alert and its account must be given and
// known together. Pure; the answer goes into the Effects.
#pragma once

#include "services/alerting/domain/alert_book.h"

namespace encours::alerting {

void answer_acknowledge(const stream::Record& record, AlertBook& book, stream::Effects& effects);

}  // namespace encours::alerting
