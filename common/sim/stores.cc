#include "common/sim/stores.h"

namespace encours::sim {

Status SimStore::write(const std::vector<RowChange>& changes, std::int64_t next,
                       std::int64_t applied_at_us) {
  // Outside of any fiber a test reads and writes what a run has left behind.
  if (scheduler_.running() != nullptr) scheduler_.spend(scheduler_.random().between(0, 1));
  ENCOURS_TRY(MemoryStore::write(changes, next, applied_at_us));
  if (scheduler_.running() != nullptr) scheduler_.spend(0);
  return {};
}

Result<std::shared_ptr<Store>> SimStores::open(const StoreIdentity& identity) {
  auto& store = stores_[identity.partition];
  if (store && store.use_count() > 1) {
    return error(Reaction::kRetry, "store_locked", "The store is open elsewhere.");
  }
  if (!store) store = std::make_shared<SimStore>(scheduler_);
  return std::shared_ptr<Store>(store);
}

std::shared_ptr<SimStore> SimStores::find(std::int32_t partition) const {
  const auto found = stores_.find(partition);
  return found == stores_.end() ? nullptr : found->second;
}

}  // namespace encours::sim
