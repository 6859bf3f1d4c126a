// AlertingHandlers: the gRPC face of alerting.
//
// Lists are asked of all instances, each for its own partitions, and merged here; an
// acknowledgement goes to the owner of the alert's account and becomes a command; a stream follows
// the feed and holds no thread. Everything but streams goes through the guard; streams have a door
// that asks the same (stream_door.h). All state belongs to the process; handlers run on gRPC's
// threads. AlertingApi puts the parts together in the order in which they must go.
#pragma once

#include <memory>

#include "common/query/local_view.h"
#include "common/rpc/commands.h"
#include "common/rpc/guard.h"
#include "common/rpc/peers.h"
#include "common/stream/settings_view.h"
#include "encours/alerting/v1alpha1/alerting.grpc.pb.h"
#include "services/alerting/query/feed_hub.h"
#include "services/alerting/rpc/grpc_peers.h"
#include "services/alerting/rpc/stream_door.h"

namespace encours::alerting {

// What the handlers are made of; all of it outlives them.
struct AlertingSources {
  rpc::Guard& guard;
  rpc::Router& router;
  rpc::CommandGate& commands;
  stream::TaskBoard& board;
  stream::SettingsView& settings;
  Clock& clock;
  Metrics& metrics;
  std::int32_t partition_count = 0;

  query::ViewSources view() const;
};

// Unary methods are served by threads, the stream by callbacks.
using AlertingBase =
    v1alpha1::AlertingService::WithCallbackMethod_StreamAlerts<v1alpha1::AlertingService::Service>;

class AlertingHandlers final : public AlertingBase {
 public:
  AlertingHandlers(const AlertingSources& sources, StreamDoor& door, FeedHub& hub)
      : sources_(sources), door_(door), hub_(hub) {}

  grpc::Status ListAlerts(grpc::ServerContext* context,
                          const v1alpha1::ListAlertsRequest* request,
                          v1alpha1::ListAlertsResponse* response) override;
  grpc::Status AcknowledgeAlert(grpc::ServerContext* context,
                                const v1alpha1::AcknowledgeAlertRequest* request,
                                v1alpha1::AcknowledgeAlertResponse* response) override;
  grpc::ServerWriteReactor<v1alpha1::StreamAlertsResponse>* StreamAlerts(
      grpc::CallbackServerContext* context, const v1alpha1::StreamAlertsRequest* request) override;

 private:
  Result<v1alpha1::AcknowledgeAlertResponse> acknowledge(
      rpc::Call& call, const v1alpha1::AcknowledgeAlertRequest& request);
  Result<v1alpha1::AcknowledgeAlertResponse> acknowledge_here(
      rpc::Call& call, std::int32_t partition, const v1alpha1::AcknowledgeAlertRequest& request);

  AlertingSources sources_;
  StreamDoor& door_;
  FeedHub& hub_;
};

// All that serves alerts in a process; streams end when it goes, so the server goes first.
class AlertingApi {
 public:
  AlertingApi(const AlertingSources& sources, const FeedOptions& options, StreamLimits limits);

  AlertingHandlers& handlers() { return handlers_; }
  FeedHub& hub() { return hub_; }

 private:
  void export_counts(Metrics& metrics);

  StreamDoor door_;
  GrpcPeers peers_;
  FeedHub hub_;
  AlertingHandlers handlers_;
  // What was last told of the counters; used by the scraping thread.
  FeedCounts told_;
  Metrics::Hook on_scrape_;
};

}  // namespace encours::alerting
