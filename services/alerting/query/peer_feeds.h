// PeerFeeds: the feeds of partitions that live on other instances, as the feed core sees them.
//
// The core opens a stream to a peer under a number of its own; what the peer says comes back
// through a FeedInbox with that number, one message for each call of next(), so a slow reader holds
// the peer back instead of filling memory here. Destroying a PeerStream cancels it; messages that
// were on their way may still arrive and are ignored. Called by the thread of the core; a FeedInbox
// may be called from any thread and is shared because it outlives streams that end late.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "encours/alerting/v1alpha1/alerting.pb.h"

namespace encours::alerting {

class FeedInbox {
 public:
  virtual ~FeedInbox() = default;
  virtual void peer_message(std::uint64_t stream, v1alpha1::StreamAlertsResponse message) = 0;
  // The last word of a stream that was not cancelled.
  virtual void peer_ended(std::uint64_t stream, Status status) = 0;
};

class PeerStream {
 public:
  virtual ~PeerStream() = default;
  // The next message may come.
  virtual void next() = 0;
};

struct PeerRequest {
  std::string peer;
  std::uint64_t stream = 0;
  v1alpha1::StreamAlertsRequest request;
  // The partitions that the peer must own; empty: all that it owns.
  std::vector<std::int32_t> asked;
  // The token of a reader for whom it is asked.
  std::string authorization;
};

class PeerFeeds {
 public:
  virtual ~PeerFeeds() = default;

  // Addresses of the other instances of this service, as known now. Never waits.
  virtual std::vector<std::string> peers() = 0;

  // The peer answers for itself and passes the call on to nobody.
  virtual std::unique_ptr<PeerStream> open(const PeerRequest& request,
                                           std::shared_ptr<FeedInbox> inbox) = 0;
};

}  // namespace encours::alerting
