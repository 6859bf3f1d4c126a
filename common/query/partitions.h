// What a query reads: snapshots of the partitions that are here, and who is asking.
//
// A query is a pure function of this and of its request: it holds no lock, starts no thread and
// reads no clock. Snapshots are read-only and belong to the caller, who looks at their status when
// the query is done (check_reads): a read that failed must not pass for an empty table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/persons/sealer.h"
#include "common/state/store.h"
#include "common/stream/settings.h"

namespace encours::query {

struct PartitionRows {
  std::int32_t partition = 0;
  const Snapshot* rows = nullptr;
};

struct QueryContext {
  std::vector<PartitionRows> partitions;
  // Of the whole installation.
  std::int32_t partition_count = 0;
  // The stage that makes the rows: its clock says how far a partition has come.
  std::string stage;
  const stream::SettingsTable* settings = nullptr;
  // Set for callers who may see only what belongs to this owner.
  std::optional<std::string> only_owner;
  // Opens names for those who ask; null where the installation has no key of persons.
  const Sealer* sealer = nullptr;
};

inline Status check_reads(const std::vector<PartitionRows>& partitions) {
  for (const PartitionRows& one : partitions) ENCOURS_TRY(one.rows->status());
  return {};
}

}  // namespace encours::query
