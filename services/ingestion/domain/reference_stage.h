// Stage "reference": who owns a number, an id, a structured reference. Keyed by (tenant, kind,
// reference in its normal form).
//
// It keeps the owners that events have registered, and finds the account of an event that names
// none. A reference that nobody owns yet is waited for: the event is parked under it, for seven
// days and with at most 1,000 others, then money goes to the suspense account and anything else to
// the dead letters. No row holds personal data: those of a parked event are sealed at once, under
// the suspense account.
#pragma once

#include "common/stream/decide.h"
#include "encours/state/v1alpha1/ledger.pb.h"
#include "encours/state/v1alpha1/lookup.pb.h"

namespace encours::ingestion {

// tenant, "kind/reference", account, entity
inline constexpr Table<encours::state::v1alpha1::ReferenceRow> kReferenceTable{
    0x24, "reference", "ssss"};
// tenant, "kind/reference", recorded time, order key, id
inline constexpr Table<encours::state::v1alpha1::ParkedEventRow> kParkedLookupTable{
    0x25, "parked_lookup", "ssnss"};
// tenant, "kind/reference"
inline constexpr Table<encours::state::v1alpha1::ReferenceStandRow> kReferenceStandTable{
    0x26, "reference_stand", "ss"};

inline constexpr int kMaxWaitingPerReference = 1000;
// As long as the topics between the stages keep an event.
inline constexpr Duration kWaitsAtMost = std::chrono::hours(7 * 24);
// Its entity is the rest of the parked event's key.
inline constexpr std::uint8_t kParkedTimer = 1;

class ReferenceStage : public stream::Stage {
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
