#include "common/rpc/peer_table.h"

#include <set>
#include <utility>

#include "common/base/check.h"

namespace encours::rpc {

PeerTable::PeerTable(PeerTableConfig config, Placement& placement, Clock& clock)
    : config_(std::move(config)), placement_(placement), clock_(clock) {
  ENCOURS_CHECK(config_.partitions > 0, "a table of peers without partitions");
}

std::uint64_t PeerTable::generation() {
  const std::lock_guard lock(mutex_);
  return generation_;
}

Status PeerTable::refresh(std::uint64_t seen) {
  const std::lock_guard one_at_a_time(refresh_mutex_);
  if (generation() != seen) return {};
  const bool recent =
      asked_ms_ && clock_.monotonic_ms() - *asked_ms_ < config_.min_refresh_interval_ms;
  if (recent) return last_;
  auto owners = placement_.owners();
  asked_ms_ = clock_.monotonic_ms();
  last_ = owners ? Status() : Status(owners.failure());
  ENCOURS_TRY(last_);
  std::set<std::string> addresses;
  for (const auto& [partition, address] : *owners) addresses.insert(address);
  const std::lock_guard lock(mutex_);
  owners_ = std::move(owners).value();
  std::erase_if(channels_, [&](const auto& known) { return addresses.count(known.first) == 0; });
  ++generation_;
  return {};
}

Status PeerTable::know() { return generation() == 0 ? refresh(0) : Status(); }

Result<std::map<std::int32_t, std::string>> PeerTable::owners() {
  ENCOURS_TRY(know());
  const std::lock_guard lock(mutex_);
  return owners_;
}

Result<std::optional<Peer>> PeerTable::owner(std::int32_t partition) {
  ENCOURS_TRY(know());
  const std::lock_guard lock(mutex_);
  const auto found = owners_.find(partition);
  // Named as the owner while the partition doesn't run here, we are taking it over or losing it.
  if (found == owners_.end() || found->second == config_.self_address) {
    return std::optional<Peer>();
  }
  auto& channel = channels_[found->second];
  if (!channel) {
    ChannelConfig to = config_.channel;
    to.address = found->second;
    ENCOURS_ASSIGN(channel, open_channel(to));
  }
  return std::optional<Peer>(Peer{found->second, channel});
}

}  // namespace encours::rpc
