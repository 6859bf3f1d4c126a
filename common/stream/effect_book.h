// EffectBook: the effects of one stage that wait for an outcome, and whose turn it is.
//
// In events mode a tick goes on only when every effect that was planned before it has its outcome,
// and the outcomes are decided in an order that does not depend on when they came: by planned
// instant, round and id, a group (one instant, one round) only once all of it has come. What an
// outcome plans is of the next round. So the next thing to do follows from the rows alone, however
// the work is cut into transactions. Rows are in the overlay; what is remembered here only spares
// looking twice, and forget() drops it after an aborted transaction. One thread: the task's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/state/overlay.h"
#include "common/stream/decode.h"
#include "common/stream/runtime_tables.h"
#include "common/stream/scan_start.h"
#include "encours/stream/v1alpha1/effect.pb.h"

namespace encours::stream {

using EffectOutcome = encours::stream::v1alpha1::EffectOutcome;

// Where an effect stands in the order.
struct EffectPlace {
  Instant planned_at;
  std::int32_t round = 0;
  std::string id;
};

std::string effect_key(const std::string& stage, const std::string& clock,
                       const EffectPlace& place);

class EffectBook {
 public:
  EffectBook(std::string stage, Overlay& overlay) : stage_(std::move(stage)), overlay_(overlay) {}

  struct Turn {
    std::string key;
    EffectPlace place;
    rt::EffectRow row;
  };
  // The first effect of a clock that was planned at or before `until`, if its group is complete.
  // Nullopt where there is none; then blocked() tells whether one is waited for.
  std::optional<Turn> next(const std::string& clock, Instant until);
  // An effect of the clock is waited for: nothing moves before its outcome comes.
  bool blocked(const std::string& clock) const { return blocked_.count(clock) > 0; }

  // The effect of this outcome, as it stands. A rebuild in wall time knows it by its id alone: its
  // own planned instant may be some milliseconds off.
  std::optional<Turn> find(const std::string& clock, const EffectOutcome& outcome,
                           bool by_id_alone) const;

  // A row has come under this key: its group may be incomplete again.
  void planned(const std::string& clock, const std::string& key);

  // Keeps an outcome for its turn. An outcome whose effect is not known is kept too where it may be
  // planned later (`early`): a rebuild reads outcomes before what plans them.
  void keep(const std::string& clock, const EffectOutcome& outcome, bool early);

  void forget();

 private:
  struct Checked {
    std::string group;  // Key prefix of the group that was looked at last.
    std::string from;   // Before this key all of it have outcomes; empty: all have.
  };
  bool complete(const std::string& clock, const std::string& group);

  std::string stage_;
  Overlay& overlay_;
  ScanStart start_;
  std::map<std::string, Checked> checked_;
  std::map<std::string, std::string> blocked_;  // Clock -> key of the effect waited for.
};

}  // namespace encours::stream
