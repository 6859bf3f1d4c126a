// AlertStream: one open StreamAlerts call, between gRPC's callbacks and the feed hub.
//
// It holds no thread. The hub gives it one message at a time (send), gRPC says when that is
// written (OnWriteDone), and the hub hears of it (sent). It ends in one of two ways: the hub ends
// it, or the client goes (OnCancel), which the hub is told and then ends it too; so Finish is
// called once, when no write is under way. It deletes itself in OnDone, gRPC's last word. Callbacks
// come from gRPC's threads, send() and end() from the hub's; nobody is called under the mutex but
// StartWrite.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <mutex>
#include <optional>

#include "services/alerting/query/feed_hub.h"
#include "services/alerting/rpc/stream_door.h"

namespace encours::alerting {

class AlertStream final : public grpc::ServerWriteReactor<v1alpha1::StreamAlertsResponse>,
                          public FeedSink {
 public:
  // Door and hub outlive the server, and so this. The stream begins, or is refused.
  AlertStream(StreamDoor& door,
              FeedHub& hub,
              std::int32_t partitions,
              grpc::CallbackServerContext* context,
              const v1alpha1::StreamAlertsRequest& request);

  void send(v1alpha1::StreamAlertsResponse message) override;
  void end(Status status) override;

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  Status begin(const v1alpha1::StreamAlertsRequest& request, std::int32_t partitions);
  void finish();

  StreamDoor& door_;
  FeedHub& hub_;
  grpc::CallbackServerContext* context_;
  std::uint64_t id_;
  StreamCall call_;

  std::mutex mutex_;
  v1alpha1::StreamAlertsResponse message_;
  bool writing_ = false;
  // Why it ends, once the hub has said so.
  std::optional<Status> ended_;
};

}  // namespace encours::alerting
