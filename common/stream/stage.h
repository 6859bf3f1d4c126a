// stage: Effects -> rows in the overlay and records for the transaction. Fourth verb of the path.
//
// Nothing here is visible to anybody before commit; on any failure the caller drops overlay and
// producer together. Envelopes, ids and partitions are made here and nowhere else. Used by the
// thread of the task.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/state/overlay.h"
#include "common/stream/decide.h"
#include "common/stream/effect_book.h"
#include "common/stream/log.h"
#include "common/stream/tick_merger.h"
#include "common/stream/topology.h"

namespace encours {
class DocumentStore;
class Sealer;
}

namespace encours::stream {

// No row is larger: a row is one entity, never a list that grows.
inline constexpr std::size_t kMaxRowBytes = 64 * 1024;
// No fact is larger, unless its topic takes more (Topology::large_topics). Its envelope and headers
// have a room of their own in that.
inline constexpr std::size_t kMaxFactBytes = 1024 * 1024;
inline constexpr std::size_t kEnvelopeBytes = 16 * 1024;
// Originals of dead letters above this go to the document store, and the row keeps their head.
inline constexpr std::size_t kMaxInlineOriginalBytes = 16 * 1024;
inline constexpr std::size_t kOversizeHeadBytes = 4 * 1024;
inline constexpr Duration kOutcomeKept = std::chrono::hours(7 * 24);

// Whether effects may leave the system at all, and for whom (design: effects and replay).
enum class EffectsMode {
  kLive,            // A tenant's effects leave from its go-live instant on.
  kRebuild,         // No outbox exists: all is derived state only.
  kSimulatorsOnly,  // Events mode: the run talks to its own simulators.
};

// The outcome of a command, to be handed to the caller that waits once the commit is done.
struct DecidedCommand {
  std::string tenant;
  std::string request_id;
  encours::stream::v1alpha1::CommandOutcome outcome;
};

struct StageContext {
  const Topology& topology;
  std::int32_t partition;
  Overlay& overlay;
  TickMerger& sink;
  DocumentStore& documents;
  // Null where no stage of the service emits personal data.
  const Sealer* sealer;
  // Where the stage's effects are kept in order.
  EffectBook& effects;
  // Where the timers that are left begin.
  ScanStart& timers;
};

struct StagedCounts {
  std::uint64_t facts = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t effects = 0;
};

// Stages all effects of one decision. `clock` is the clock of the record's tenant: its timers
// live under it. Adds the outcome of a command to `decided`.
Status stage_effects(const StageContext& context, const Stage& stage, const std::string& clock,
                     const Record& record, const Settings& settings, Effects effects,
                     std::vector<DecidedCommand>* decided, StagedCounts* counts);

// Writes a tick to the outputs of a stage.
Status forward_tick(const StageContext& context, const Stage& stage, const std::string& clock,
                    Instant instant, std::int64_t settings_version);

// Keeps what was refused: a record of encours.dead-letters, from which ingestion makes the rows
// that people work with.
Status stage_refusal(const StageContext& context, const Stage& stage, const Record& record,
                     const Refusal& refusal, std::size_t ordinal);

// Digest by which a repeated request id is told from a reused one.
std::string command_digest(const encours::stream::v1alpha1::Command& command);
std::string outcome_key(const std::string& tenant, const std::string& request_id);

}  // namespace encours::stream
