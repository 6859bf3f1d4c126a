// Stage "identity": an event is taken once. Keyed by (tenant, source, event id).
//
// The first content of an id stands: the same content again changes nothing, another one is a
// conflict and becomes a dead letter. Only the replay of an event that a stage behind this one has
// refused takes the place of what was seen, once for each dead letter. An event that names its
// account goes to its ledger, and what it brings (numbers, ids) is registered; one that names none
// goes to where its reference is known. One row for each event, kept for ever: that is what "once"
// means.
#pragma once

#include "common/stream/decide.h"
#include "encours/state/v1alpha1/ledger.pb.h"

namespace encours::ingestion {

// tenant, "id/SOURCE/ID"
inline constexpr Table<encours::state::v1alpha1::EventSeenRow> kEventSeenTable{
    0x20, "event_seen", "ss"};

class IdentityStage : public stream::Stage {
 public:
  std::string name() const override;
  std::vector<stream::StageInput> inputs() const override;
  std::vector<stream::TickOutput> tick_outputs() const override;
  std::vector<TableInfo> tables() const override;

  Result<stream::Effects> decide(const stream::View& view,
                                 const stream::Record& record,
                                 const stream::Settings& settings) const override;
};

}  // namespace encours::ingestion
