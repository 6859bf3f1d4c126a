#include "common/query/local_view.h"

#include <algorithm>

namespace encours::query {
namespace {

// How often a waiting call looks whether its client is still there.
constexpr std::int64_t kLookMs = 500;
// Kept back from a deadline for the way home.
constexpr std::int64_t kMaxReserveMs = 500;

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

std::int64_t answer_by_ms(const rpc::Call& call) {
  if (call.deadline_ms() == rpc::kNoDeadline) return rpc::kNoDeadline;
  return call.deadline_ms() - std::min(call.left_ms() / 5, kMaxReserveMs);
}

bool wait_for(const ViewSources& sources,
              const std::vector<std::int32_t>& partitions,
              const Position& position,
              std::int64_t deadline_ms,
              const rpc::Call& call) {
  if (position.clock().empty() || !position.has_instant()) return true;
  const auto there = [&] {
    return std::all_of(partitions.begin(), partitions.end(), [&](std::int32_t partition) {
      const auto snapshot = sources.board.snapshot(partition);
      return !snapshot || has_reached(*snapshot, sources.stage, position);
    });
  };
  while (!call.stop()) {
    const std::int64_t now_ms = sources.clock.monotonic_ms();
    if (sources.board.wait_until(std::min(deadline_ms, now_ms + kLookMs), there)) return true;
    if (sources.clock.monotonic_ms() >= deadline_ms) return false;
  }
  return false;
}

LocalView::LocalView(const ViewSources& sources,
                     const std::vector<std::int32_t>& partitions,
                     const Position& position,
                     const rpc::Call& call) {
  wait_for(sources, partitions, position, answer_by_ms(call), call);
  for (const std::int32_t partition : partitions) {
    auto snapshot = sources.board.snapshot(partition);
    if (!snapshot || !has_reached(*snapshot, sources.stage, position)) {
      missing_.push_back(partition);
      continue;
    }
    context_.partitions.push_back({partition, snapshot.get()});
    snapshots_.push_back(std::move(snapshot));
  }
  settings_ = sources.settings.current();
  context_.settings = settings_.get();
  context_.partition_count = sources.partition_count;
  context_.stage = sources.stage;
  context_.sealer = sources.sealer;
  context_.only_owner = only_owner_of(call.caller());
}

}  // namespace encours::query
