// LettersStage: the dead letters of all services, one row each, and their replay.
//
// Refused records come in by encours.dead-letters, keyed by (tenant, id), whoever refused them. A
// replay is a command on the letter's own partition: in one transaction the letter is marked and
// its record stands in the inbox again, so it is replayed once or not at all. What it puts into the
// inbox is placed in time by the first stage, like any record of a door. Letters are handled as
// they come; the ledger's ticks say how far they are complete, since what the stages before it
// refuse is committed before the tick that the ledger passes on. A position of the stage means
// that: whoever waits for one sees all letters of the stages up to the ledger; what other services
// refuse comes when it comes.
#pragma once

#include "common/stream/decide.h"
#include "encours/state/v1alpha1/letters.pb.h"
#include "services/ingestion/domain/topics.h"

namespace encours::ingestion {

// tenant, id
inline constexpr Table<encours::state::v1alpha1::DeadLetterRow> kLetters{0x28, "dead_letter", "ss"};

class LettersStage final : public stream::Stage {
 public:
  std::string name() const override { return kLettersStage; }
  std::vector<stream::StageInput> inputs() const override;
  bool takes_command(std::string_view type) const override;
  std::vector<TableInfo> tables() const override { return {kLetters.info()}; }

  Result<stream::Effects> decide(const stream::View& view, const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::ingestion
