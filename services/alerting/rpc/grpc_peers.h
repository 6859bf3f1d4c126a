// GrpcPeers: streams of alerts from the other instances, over gRPC.
//
// Who the other instances are is asked of the router's table by a thread of its own, every two
// seconds while anybody follows alerts, because the answer comes from the broker and may take a
// while. A stream is one callback call without a thread; it carries the token of a reader and says
// that it was passed on, so the peer answers for itself. Made before the feed hub, outlives it.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/rpc/peer_table.h"
#include "services/alerting/query/peer_feeds.h"

namespace encours::alerting {

class GrpcPeers final : public PeerFeeds {
 public:
  // Table and clock outlive it.
  GrpcPeers(rpc::PeerTable& table, Clock& clock);
  ~GrpcPeers() override;

  std::vector<std::string> peers() override;
  std::unique_ptr<PeerStream> open(const PeerRequest& request,
                                   std::shared_ptr<FeedInbox> inbox) override;

 private:
  // Shared by gRPC's own contract: calls in flight keep it.
  using Channels = std::map<std::string, std::shared_ptr<grpc::Channel>>;

  void watch();
  Result<Channels> ask();

  rpc::PeerTable& table_;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Channels channels_;
  bool wanted_ = false;
  bool stop_ = false;
  std::thread watcher_;
};

}  // namespace encours::alerting
