// SimStores: the disk of an instance: its stores outlive its processes, until they are wiped.
//
// A write is atomic and takes its time: a process may be killed before it or after it, never
// within. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "common/sim/scheduler.h"
#include "common/state/stores.h"
#include "common/stream/testing/memory_store.h"

namespace encours::sim {

class SimStore final : public stream::testing::MemoryStore {
 public:
  explicit SimStore(Scheduler& scheduler) : scheduler_(scheduler) {}
  Status write(const std::vector<RowChange>& changes, std::int64_t next,
               std::int64_t applied_at_us) override;

 private:
  Scheduler& scheduler_;
};

class SimStores final : public StoreOpener {
 public:
  explicit SimStores(Scheduler& scheduler) : scheduler_(scheduler) {}

  Result<std::shared_ptr<Store>> open(const StoreIdentity& identity) override;
  void wipe() { stores_.clear(); }
  // Null where there never was one.
  std::shared_ptr<SimStore> find(std::int32_t partition) const;
  bool empty() const { return stores_.empty(); }

 private:
  Scheduler& scheduler_;
  std::map<std::int32_t, std::shared_ptr<SimStore>> stores_;
};

}  // namespace encours::sim
