#include "common/state/stores.h"

namespace encours {

Result<std::shared_ptr<Store>> StoresOnDisk::open(const StoreIdentity& identity) {
  const auto dir = data_dir_ / identity.service / ("p-" + std::to_string(identity.partition));
  ENCOURS_ASSIGN(auto store, Store::open(dir, identity, memory_));
  return std::shared_ptr<Store>(std::move(store));
}

}  // namespace encours
