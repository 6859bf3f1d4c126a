// LocalView: the partitions of this process as one query reads them, waited for where it asks.
//
// A query may bring a position: then a partition belongs to the view only once it has passed it,
// and those that have not when the call's time is nearly over are named as missing. Snapshots are
// taken after the wait and kept as long as the view. Made by the thread of the call and used by it
// alone; board, settings and clock belong to the process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/query/standing.h"
#include "common/rpc/guard.h"
#include "common/stream/settings_view.h"
#include "common/stream/task_board.h"

namespace encours::query {

struct ViewSources {
  const stream::TaskBoard& board;
  stream::SettingsView& settings;
  Clock& clock;
  std::int32_t partition_count = 0;
  // The stage that makes the rows (QueryContext).
  std::string stage = {};
  // Of an installation with a key of persons, for a service whose answers name people.
  const Sealer* sealer = nullptr;
};

// Set for a caller whose roles show no more than what they own.
std::optional<std::string> only_owner_of(const rpc::Caller& caller);

// The time by which an answer must be on its way to reach the caller before its deadline.
std::int64_t answer_by_ms(const rpc::Call& call);

// Waits until each partition that runs here has passed the position; false at the deadline or when
// the call ends. An empty position is there at once.
bool wait_for(const ViewSources& sources,
              const std::vector<std::int32_t>& partitions,
              const Position& position,
              std::int64_t deadline_ms,
              const rpc::Call& call);

class LocalView {
 public:
  // Waits for the position until the call's time is nearly over.
  LocalView(const ViewSources& sources,
            const std::vector<std::int32_t>& partitions,
            const Position& position,
            const rpc::Call& call);
  // All that runs here, as far as it is.
  LocalView(const ViewSources& sources, const rpc::Call& call)
      : LocalView(sources, sources.board.running(), {}, call) {}

  const QueryContext& context() const { return context_; }
  // Of the partitions asked for, those that are not here or not yet as far as was asked.
  const std::vector<std::int32_t>& missing() const { return missing_; }

 private:
  std::vector<std::unique_ptr<Snapshot>> snapshots_;
  // Shared with the SettingsView, which replaces its own by a newer one.
  std::shared_ptr<const stream::SettingsTable> settings_;
  QueryContext context_;
  std::vector<std::int32_t> missing_;
};

}  // namespace encours::query
