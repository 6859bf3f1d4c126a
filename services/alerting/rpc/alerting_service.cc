#include "services/alerting/rpc/alerting_service.h"

#include "common/base/hash.h"
#include "common/query/ask_all.h"
#include "common/rpc/command_call.h"
#include "common/rpc/status.h"
#include "services/alerting/domain/decide.h"
#include "services/alerting/query/alert_list.h"
#include "services/alerting/rpc/alert_stream.h"

namespace encours::alerting {
namespace {

using v1alpha1::AcknowledgeAlertRequest;
using v1alpha1::AcknowledgeAlertResponse;
using v1alpha1::ListAlertsRequest;
using v1alpha1::ListAlertsResponse;

FeedOptions with_drain(FeedOptions options, const rpc::Guard& guard) {
  options.draining = [&guard] { return guard.draining(); };
  return options;
}

}  // namespace

query::ViewSources AlertingSources::view() const {
  return {board, settings, clock, partition_count, kStageName};
}

grpc::Status AlertingHandlers::ListAlerts(grpc::ServerContext* context,
                                          const ListAlertsRequest* request,
                                          ListAlertsResponse* response) {
  return sources_.guard.unary(
      *context, *request, response, [&](rpc::Call& call) -> Result<ListAlertsResponse> {
        ENCOURS_TRY(query::check_position(
            request->tenant(), request->min_position(), "min_position.clock"));
        return query::ask_all<AlertList>(call, sources_.router, sources_.view(), *request);
      });
}

grpc::Status AlertingHandlers::AcknowledgeAlert(grpc::ServerContext* context,
                                                const AcknowledgeAlertRequest* request,
                                                AcknowledgeAlertResponse* response) {
  return sources_.guard.unary(
      *context, *request, response, [&](rpc::Call& call) { return acknowledge(call, *request); });
}

Result<AcknowledgeAlertResponse> AlertingHandlers::acknowledge(
    rpc::Call& call, const AcknowledgeAlertRequest& request) {
  // Without an account nobody's partition is meant.
  if (request.account().empty()) {
    return refused("missing_field", "account", "Name the account that the alert is about.");
  }
  const std::int32_t partition =
      partition_of(stream::make_key(request.tenant(), request.account()), sources_.partition_count);
  return sources_.router.on_owner<AcknowledgeAlertResponse>(
      call, partition, request, [&] { return acknowledge_here(call, partition, request); });
}

Result<AcknowledgeAlertResponse> AlertingHandlers::acknowledge_here(
    rpc::Call& call, std::int32_t partition, const AcknowledgeAlertRequest& request) {
  ENCOURS_ASSIGN(auto response,
                 sources_.commands.submit_as<AcknowledgeAlertResponse>(
                     rpc::command_of(call, request.account(), request)));
  // Where this partition stands now that the outcome is committed: any later list sees it.
  const auto rows = sources_.board.snapshot(partition);
  const auto clock = query::clock_of(*sources_.settings.current(), request.tenant());
  if (rows && clock) {
    *response.mutable_position() =
        query::position_of(*clock, query::standing_of(*rows, kStageName, *clock).handled);
  }
  return response;
}

grpc::ServerWriteReactor<v1alpha1::StreamAlertsResponse>* AlertingHandlers::StreamAlerts(
    grpc::CallbackServerContext* context, const v1alpha1::StreamAlertsRequest* request) {
  // gRPC tells it when to delete itself.
  return new AlertStream(door_, hub_, sources_.partition_count, context, *request);
}

AlertingApi::AlertingApi(const AlertingSources& sources,
                         const FeedOptions& options,
                         StreamLimits limits)
    : door_(sources.guard, sources.metrics, limits),
      peers_(sources.router.peers(), sources.clock),
      hub_(with_drain(options, sources.guard), sources.board, peers_, sources.clock),
      handlers_(sources, door_, hub_) {
  export_counts(sources.metrics);
}

void AlertingApi::export_counts(Metrics& metrics) {
  Gauge readers =
      metrics.gauges("encours_alert_streams", "Streams of alerts that are open.").with({});
  Gauge mirrors = metrics
                      .gauges("encours_alert_mirrors",
                              "Streams from other instances, one for each tenant and instance.")
                      .with({});
  Counter messages = metrics
                         .counters("encours_alert_messages_sent_total",
                                   "Messages sent on streams, heartbeats included.")
                         .with({});
  Counter alerts =
      metrics.counters("encours_alerts_sent_total", "Alerts sent on streams.").with({});
  Counter reads = metrics
                      .counters("encours_alert_catch_up_reads_total",
                                "Batches read from a store for readers that had fallen behind.")
                      .with({});
  Counter pages = metrics
                      .counters("encours_alert_pages_fetched_total",
                                "Pages asked of other instances for readers that had fallen "
                                "behind.")
                      .with({});
  Counter failures = metrics
                         .counters("encours_alert_mirror_failures_total",
                                   "Streams from other instances that broke.")
                         .with({});
  on_scrape_ = metrics.on_scrape([=, this]() mutable {
    const FeedCounts now = hub_.counts();
    readers.set(static_cast<double>(now.readers));
    mirrors.set(static_cast<double>(now.mirrors));
    messages.add(static_cast<double>(now.messages - told_.messages));
    alerts.add(static_cast<double>(now.alerts - told_.alerts));
    reads.add(static_cast<double>(now.store_reads - told_.store_reads));
    pages.add(static_cast<double>(now.pages_fetched - told_.pages_fetched));
    failures.add(static_cast<double>(now.mirror_failures - told_.mirror_failures));
    told_ = now;
  });
}

}  // namespace encours::alerting
