// The rows that the runtime itself keeps in every store (ids 0x01 to 0x1F), with their keys.
#pragma once

#include <vector>

#include "common/state/rows.h"
#include "encours/state/v1alpha1/runtime.pb.h"
#include "encours/stream/v1alpha1/command.pb.h"
#include "encours/stream/v1alpha1/person.pb.h"

namespace encours::stream {

namespace rt = encours::state::v1alpha1;

// sequence
inline constexpr Table<encours::stream::v1alpha1::Setting> kSettingsTable{
    0x01, "settings", "n", "a copy of encours.settings, which is dumped as a topic"};
// stage, clock, input, upstream stage, upstream partition
inline constexpr Table<rt::ChannelRow> kChannelTable{
    0x03, "channel", "ssnsn", "progress of ticks, the same for all runs only at the end"};
// stage, clock
inline constexpr Table<rt::ClockRow> kClockTable{0x04, "clock", "ss",
                                                 "wall ticks are wall times"};
// stage, clock, recorded time, phase (Phase of clock_book.h), rank of the input, order key, id
inline constexpr Table<rt::PendingRow> kPendingTable{
    0x05, "pending", "ssnbnss", "holds log positions; what it becomes is dumped"};
// stage, clock, due, scope, kind, entity
inline constexpr Table<rt::TimerRow> kTimerTable{0x06, "timer", "ssnsbs"};
// stage, scope, kind, entity
inline constexpr Table<rt::TimerRow> kTimerIndexTable{0x07, "timer_index", "ssbs",
                                                      "the same timers in another order"};
// tenant, request id
inline constexpr Table<encours::stream::v1alpha1::CommandOutcome> kOutcomeTable{
    0x08, "outcome", "ss", "callers choose their request ids at random"};
// when it was asked for by the wall, tenant, request id
inline constexpr Table<encours::stream::v1alpha1::CommandOutcome> kOutcomeAgeTable{
    0x09, "outcome_age", "nss", "the same outcomes in order of age"};

// stage, clock, planned at, round, effect id
inline constexpr Table<rt::EffectRow> kEffectTable{0x0A, "effect", "ssnns"};

// stage, clock
inline constexpr Table<rt::SweepRow> kSweepTable{0x0C, "sweep", "ss", "empty between ticks"};

// topic, partition
inline constexpr Table<rt::InputRow> kInputTable{0x0D, "input", "sn", "what stands in the offsets"};

// tenant, account, person
inline constexpr Table<encours::stream::v1alpha1::PersonKey> kPersonKeyTable{
    0x0B, "person_key", "sss", "keys are random"};

inline std::vector<TableInfo> runtime_tables() {
  return {kSettingsTable.info(), kChannelTable.info(), kClockTable.info(),
          kPendingTable.info(),  kTimerTable.info(),   kTimerIndexTable.info(),
          kOutcomeTable.info(),  kOutcomeAgeTable.info(), kEffectTable.info(),
          kSweepTable.info(),   kInputTable.info(),     kPersonKeyTable.info()};
}

}  // namespace encours::stream
