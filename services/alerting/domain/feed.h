// The feed: every change of an alert under a sequence of its own, per tenant and partition.
//
// A stream's cursor is the last sequence that its reader has handled, so sequences are dense, start
// at 1 and are rows like all others: they move with the partition and are the same after a kill.
// Feed is made for one decision and adds to its Effects. A change is removed once it is older than
// kFeedKept by the tenant's clock and no longer among the newest kFeedFloor; the floor is there
// because an import lets months of a tenant's clock pass in seconds of its readers' time. Pure.
#pragma once

#include <cstdint>

#include "common/stream/decide.h"
#include "encours/alerting/v1alpha1/alerts.pb.h"

namespace encours::alerting {

// Timer of the feed; entity: (day since 1970-01-01 in UTC, sequence to go on from or 0).
inline constexpr std::uint8_t kSweepTimer = 1;

struct FeedLimits {
  Duration kept = std::chrono::hours(30 * 24);
  std::int64_t floor = 100'000;
  // Rows removed by one timer: what a slice of a tick writes stays bounded.
  std::int64_t sweep_rows = 50;
};

class Feed {
 public:
  Feed(const stream::View& view, stream::Effects& effects, const FeedLimits& limits);

  // Gives the change its place and returns it.
  std::int64_t append(const encours::alerting::v1alpha1::Alert& after, Instant recorded_at);

  // The sweep timer has fired.
  void sweep(const stream::TimerFired& timer);

 private:
  std::int64_t first_kept() const;

  const stream::View& view_;
  stream::Effects& effects_;
  const FeedLimits& limits_;
  std::int64_t last_;
};

}  // namespace encours::alerting
