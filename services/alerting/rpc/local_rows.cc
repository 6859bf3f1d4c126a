#include "services/alerting/rpc/local_rows.h"

#include <algorithm>

namespace encours::alerting {
namespace {

// How often a waiting call looks whether its client is still there.
constexpr std::int64_t kLookMs = 500;
// Kept back from a deadline for the way home.
constexpr std::int64_t kMaxReserveMs = 500;

std::int64_t answer_by_ms(const rpc::Call& call) {
  if (call.deadline_ms() == rpc::kNoDeadline) return rpc::kNoDeadline;
  return call.deadline_ms() - std::min(call.left_ms() / 5, kMaxReserveMs);
}

void wait_for(const stream::TaskBoard& board,
              Clock& clock,
              const std::vector<std::int32_t>& partitions,
              const Position& position,
              const rpc::Call& call) {
  if (position.clock().empty() || !position.has_instant()) return;
  const auto there = [&] {
    return std::all_of(partitions.begin(), partitions.end(), [&](std::int32_t partition) {
      const auto rows = board.snapshot(partition);
      return !rows || has_reached(*rows, position);
    });
  };
  const std::int64_t deadline_ms = answer_by_ms(call);
  while (!call.stop() && clock.monotonic_ms() < deadline_ms) {
    if (board.wait_until(std::min(deadline_ms, clock.monotonic_ms() + kLookMs), there)) return;
  }
}

}  // namespace

std::optional<std::string> only_owner_of(const rpc::Caller& caller) {
  constexpr rpc::Role kSeeAll[] = {rpc::Role::ROLE_ADMIN,
                                   rpc::Role::ROLE_CREDIT_MANAGER,
                                   rpc::Role::ROLE_COLLECTOR,
                                   rpc::Role::ROLE_AUDITOR,
                                   rpc::Role::ROLE_CFO,
                                   rpc::Role::ROLE_SERVICE};
  for (const rpc::Role role : kSeeAll) {
    if (caller.roles.count(role) > 0) return std::nullopt;
  }
  return caller.subject;
}

LocalRows::LocalRows(const stream::TaskBoard& board,
                     Clock& clock,
                     const std::vector<std::int32_t>& partitions,
                     const Position& position,
                     const rpc::Call& call) {
  wait_for(board, clock, partitions, position, call);
  for (const std::int32_t partition : partitions) {
    auto snapshot = board.snapshot(partition);
    if (!snapshot || !has_reached(*snapshot, position)) {
      missing_.push_back(partition);
      continue;
    }
    rows_.push_back(snapshot.get());
    snapshots_.push_back(std::move(snapshot));
  }
}

std::optional<Instant> LocalRows::handled(const std::string& clock) const {
  std::optional<Instant> least;
  bool first = true;
  for (const Snapshot* rows : rows_) {
    const auto handled = handled_tick(*rows, clock);
    // An unset value is less than any that is set.
    least = first ? handled : std::min(least, handled);
    first = false;
  }
  return least;
}

}  // namespace encours::alerting
