// Stage: what a service gives to the runtime. The business of a stage is one pure function.
//
// decide() has no I/O, no clock, no randomness and no threads: the same arguments give the same
// Effects, byte for byte. The shell offers the rows of one scope as `view` and stages the Effects
// in one Kafka transaction. It fails only with poison, a record that no retry can accept: that
// goes to the dead letters in the same transaction. Stages live as long as the process and are
// called by the thread of the partition's runner; they hold no state between calls.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/state/rows.h"
#include "common/stream/effects.h"
#include "common/stream/record.h"
#include "common/stream/settings.h"
#include "common/stream/view.h"

namespace encours::stream {

enum class InputKind {
  kFacts,      // Internal topic: envelope and ticks.
  kTenantRaw,  // The pattern encours.erp.<tenant>: bytes of outside, no ticks.
  kCommands,   // encours.<service>.commands.
  kOutcomes,   // encours.<service>.outcomes: what the outside has answered.
  kPlain,      // A topic of others, with neither envelopes nor ticks: decided as it comes.
};

struct StageInput {
  std::string topic;
  InputKind kind = InputKind::kFacts;
  // Stages that forward ticks into this topic; empty: it carries none.
  std::vector<std::string> tick_stages = {};
  // True where each of those stages writes from every partition (the record was keyed anew), so
  // that a tick has passed only when all partitions have forwarded it.
  bool from_all_partitions = false;
  // True where no decision depends on the order of records: they are handled as they come, also in
  // events mode, and ticks only say how far the input has come.
  bool in_order_of_arrival = false;
};

struct TickOutput {
  std::string topic;
  // True where readers are keyed differently: the tick goes to every partition.
  bool to_all_partitions = false;
};

class Stage {
 public:
  virtual ~Stage() = default;

  virtual std::string name() const = 0;
  // In order of rank: it breaks ties of recorded time.
  virtual std::vector<StageInput> inputs() const = 0;
  virtual std::vector<TickOutput> tick_outputs() const { return {}; }
  virtual std::vector<TableInfo> tables() const = 0;

  // Which commands of the service's command topic are this stage's, by their message type.
  virtual bool takes_command(std::string_view /*type*/) const { return true; }

  // Kinds of settings whose change each scope of a tenant has to hear of, at the tick from which
  // the change holds: the scopes that have a row in `sweep_table()`.
  virtual std::vector<std::string> sweep_kinds() const { return {}; }
  virtual std::uint8_t sweep_table() const { return 0; }

  // Scope of the rows that a record may touch. Default: its key "tenant/entity".
  virtual std::string scope(const Record& record) const;

  virtual Result<Effects> decide(const View& view, const Record& record,
                                 const Settings& settings) const = 0;
};

}  // namespace encours::stream
