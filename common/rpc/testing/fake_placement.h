// FakePlacement: who owns which partition, as a test says. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "common/rpc/peers.h"

namespace encours::rpc::testing {

class FakePlacement final : public Placement {
 public:
  Result<std::map<std::int32_t, std::string>> owners() override {
    const std::lock_guard lock(mutex_);
    return owners_;
  }
  void set(std::int32_t partition, const std::string& address) {
    const std::lock_guard lock(mutex_);
    owners_[partition] = address;
  }

 private:
  std::mutex mutex_;
  std::map<std::int32_t, std::string> owners_;
};

}  // namespace encours::rpc::testing
