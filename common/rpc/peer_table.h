// PeerTable: which instance owns which partition, as last heard, and the channels to them.
//
// Placement is asked when somebody first wants to know, and again when refresh() says that what we
// know is stale; many that say so at once cost one question, and the broker is not asked more often
// than a set interval. Channels to instances that are gone are dropped. Safe from any thread;
// Placement and Clock outlive the table.
#pragma once

#include <grpcpp/channel.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/rpc/client.h"
#include "common/time/clock.h"

namespace encours::rpc {

// Partition -> gRPC address "host:port" of the instance that owns it. Asked of the broker, so it
// may take a while; partitions without an owner are left out.
class Placement {
 public:
  virtual ~Placement() = default;
  virtual Result<std::map<std::int32_t, std::string>> owners() = 0;
};

struct PeerTableConfig {
  std::int32_t partitions = 0;
  // Our own address, as Placement would give it.
  std::string self_address;
  // TLS and limits of the channels; its address is not used.
  ChannelConfig channel;
  std::int64_t min_refresh_interval_ms = 250;
};

struct Peer {
  std::string address;
  // Shared by gRPC's own contract: calls in flight keep it.
  std::shared_ptr<grpc::Channel> channel;
};

class PeerTable {
 public:
  PeerTable(PeerTableConfig config, Placement& placement, Clock& clock);

  // The other instance that owns the partition; nullopt where none does.
  Result<std::optional<Peer>> owner(std::int32_t partition);

  // Counts the answers of Placement; 0 before the first.
  std::uint64_t generation();
  // Asks Placement, unless that was done since `seen`, or a moment ago, well or not.
  Status refresh(std::uint64_t seen);

  // All that is known, our own partitions included.
  Result<std::map<std::int32_t, std::string>> owners();

  std::int32_t partitions() const { return config_.partitions; }

 private:
  Status know();

  PeerTableConfig config_;
  Placement& placement_;
  Clock& clock_;
  std::mutex refresh_mutex_;  // Taken before mutex_; held while Placement is asked.
  std::optional<std::int64_t> asked_ms_;
  Status last_;  // How the last question ended.
  std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::map<std::int32_t, std::string> owners_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

}  // namespace encours::rpc
