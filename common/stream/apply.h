// apply: committed changes enter the stores, each with its changelog position. Last verb.
//
// Called after a successful commit and only then: RocksDB never holds what Kafka has not
// committed. A failed write is final for the process: it leaves, and the restore of the next start
// replays this one transaction from the changelog.
#pragma once

#include <vector>

#include "common/stream/commit.h"

namespace encours::stream {

Status apply(const std::vector<Task*>& tasks, const Committer& committer, Clock& clock);

}  // namespace encours::stream
