// When what becomes of an invoice can be read in the topics: ledger, alert, message planned,
// claimed, sent. A reader of committed records only, as every consumer is.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/kafka/settings.h"
#include "tests/perf/erp_load.h"

namespace encours::perf {

// Notes moments until `stopping`; a thread of its own. Moments: "ledger", "planned", "claimed",
// "sent" by invoice; "alert" by account ("L17" of invoice P-17).
Status note_topics(const kafka::KafkaSettings& settings, const std::atomic<bool>& stopping,
                   const Note& note);

}  // namespace encours::perf
