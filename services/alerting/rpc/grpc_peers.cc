#include "services/alerting/rpc/grpc_peers.h"

#include <grpcpp/support/client_callback.h>

#include "common/rpc/guard.h"
#include "common/rpc/status.h"
#include "encours/alerting/v1alpha1/alerting.grpc.pb.h"

namespace encours::alerting {
namespace {

constexpr std::int64_t kAskMs = 2'000;

// One call to a peer. It keeps itself alive until gRPC has said its last word; a hold keeps gRPC
// from saying it while next() may still be called.
class PeerCall final : public grpc::ClientReadReactor<v1alpha1::StreamAlertsResponse> {
 public:
  PeerCall(const PeerRequest& request,
           const std::shared_ptr<grpc::Channel>& channel,
           std::shared_ptr<FeedInbox> inbox)
      : stub_(v1alpha1::AlertingService::NewStub(channel)),
        request_(request.request),
        stream_(request.stream),
        inbox_(std::move(inbox)) {
    context_.AddMetadata(rpc::kAuthorizationKey, request.authorization);
    context_.AddMetadata(rpc::kTraceparentKey, TraceContext::start().to_string());
    context_.AddMetadata(rpc::kForwardedKey, "1");
    if (!request.asked.empty()) {
      context_.AddMetadata(rpc::kPartitionsKey, rpc::format_partitions(request.asked));
    }
  }

  // `self` is this; it is let go in OnDone.
  void start(std::shared_ptr<PeerCall> self) {
    self_ = std::move(self);
    stub_->async()->StreamAlerts(&context_, &request_, this);
    AddHold();
    StartCall();
  }
  void next() {
    const std::lock_guard lock(mutex_);
    if (held_) StartRead(&message_);
  }
  void cancel() {
    {
      const std::lock_guard lock(mutex_);
      cancelled_ = true;
    }
    context_.TryCancel();
    let_go();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return let_go();
    {
      const std::lock_guard lock(mutex_);
      if (cancelled_) return;
    }
    inbox_->peer_message(stream_, std::move(message_));
  }
  void OnDone(const grpc::Status& status) override {
    const auto self = std::move(self_);
    bool told = false;
    {
      const std::lock_guard lock(mutex_);
      told = cancelled_;
    }
    if (told) return;
    inbox_->peer_ended(stream_, status.ok() ? Status() : rpc::from_grpc(status, context_));
  }

 private:
  void let_go() {
    {
      const std::lock_guard lock(mutex_);
      if (!held_) return;
      held_ = false;
    }
    RemoveHold();
  }

  grpc::ClientContext context_;
  std::unique_ptr<v1alpha1::AlertingService::Stub> stub_;
  const v1alpha1::StreamAlertsRequest request_;
  const std::uint64_t stream_;
  const std::shared_ptr<FeedInbox> inbox_;
  v1alpha1::StreamAlertsResponse message_;
  std::mutex mutex_;
  bool held_ = true;
  bool cancelled_ = false;
  // Shared with the PeerStream, which may go before gRPC is done.
  std::shared_ptr<PeerCall> self_;
};

class GrpcPeerStream final : public PeerStream {
 public:
  explicit GrpcPeerStream(std::shared_ptr<PeerCall> call) : call_(std::move(call)) {}
  ~GrpcPeerStream() override {
    if (call_) call_->cancel();
  }
  void next() override {
    if (call_) call_->next();
  }

 private:
  // Null where the peer was gone before the call.
  std::shared_ptr<PeerCall> call_;
};

}  // namespace

GrpcPeers::GrpcPeers(rpc::PeerTable& table, Clock& clock)
    : table_(table), clock_(clock), watcher_([this] { watch(); }) {}

GrpcPeers::~GrpcPeers() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  watcher_.join();
}

std::vector<std::string> GrpcPeers::peers() {
  const std::lock_guard lock(mutex_);
  if (!wanted_) {
    wanted_ = true;
    changed_.notify_all();
  }
  std::vector<std::string> addresses;
  for (const auto& [address, channel] : channels_) addresses.push_back(address);
  return addresses;
}

std::unique_ptr<PeerStream> GrpcPeers::open(const PeerRequest& request,
                                            std::shared_ptr<FeedInbox> inbox) {
  std::shared_ptr<grpc::Channel> channel;
  {
    const std::lock_guard lock(mutex_);
    const auto found = channels_.find(request.peer);
    if (found != channels_.end()) channel = found->second;
  }
  if (!channel) {
    inbox->peer_ended(request.stream, rpc::partition_moved());
    return std::make_unique<GrpcPeerStream>(nullptr);
  }
  auto call = std::make_shared<PeerCall>(request, channel, std::move(inbox));
  call->start(call);
  return std::make_unique<GrpcPeerStream>(std::move(call));
}

// Asks while somebody wants to know; each answer is good for a while.
void GrpcPeers::watch() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    changed_.wait(lock, [this] { return stop_ || wanted_; });
    if (stop_) return;
    wanted_ = false;
    lock.unlock();
    auto channels = ask();
    lock.lock();
    // What was known is better than nothing: streams to who is gone fail by themselves.
    if (channels) channels_ = std::move(*channels);
    clock_.wait_until(lock, changed_, clock_.monotonic_ms() + kAskMs, [this] { return stop_; });
  }
}

Result<GrpcPeers::Channels> GrpcPeers::ask() {
  ENCOURS_TRY(table_.refresh(table_.generation()));
  Channels channels;
  for (std::int32_t partition = 0; partition < table_.partitions(); ++partition) {
    ENCOURS_ASSIGN(const auto peer, table_.owner(partition));
    if (peer) channels[peer->address] = peer->channel;
  }
  return channels;
}

}  // namespace encours::alerting
