// StoreOpener: where the stores of a runner's partitions come from.
//
// StoresOnDisk keeps one RocksDB database a partition, in <data_dir>/<service>/p-<partition>. The
// simulation has its own (common/sim). open() belongs to the runner's thread.
#pragma once

#include <filesystem>
#include <memory>

#include "common/state/store.h"

namespace encours {

class StoreOpener {
 public:
  virtual ~StoreOpener() = default;
  // Fails while another owner in this process still has the store open.
  virtual Result<std::shared_ptr<Store>> open(const StoreIdentity& identity) = 0;
};

class StoresOnDisk final : public StoreOpener {
 public:
  // `memory` outlives it.
  StoresOnDisk(std::filesystem::path data_dir, const StoreMemory& memory)
      : data_dir_(std::move(data_dir)), memory_(memory) {}

  Result<std::shared_ptr<Store>> open(const StoreIdentity& identity) override;

 private:
  std::filesystem::path data_dir_;
  const StoreMemory& memory_;
};

}  // namespace encours
