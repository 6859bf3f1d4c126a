// FakeServer: a real gRPC server in this process whose answers a test sets.
//
// It has the methods of all services that encoursctl calls, on a free port of the loopback. A
// method without an answer is UNIMPLEMENTED; a failure leaves as our servers send it (code and
// field in the metadata). Answers run on gRPC's threads, one call at a time in these tests. Stopped
// when it is destroyed, or by stop().
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "encours/alerting/v1alpha1/alerting.pb.h"
#include "encours/dunning/v1alpha1/dunning.pb.h"
#include "encours/ingestion/v1alpha1/ingestion.pb.h"
#include "encours/portfolio/v1alpha1/portfolio.pb.h"
#include "encours/risk/v1alpha1/risk.pb.h"
#include "encours/scoring/v1alpha1/scoring.pb.h"
#include "encours/stream/v1alpha1/runtime_service.pb.h"

namespace encours::ctl::testing {

namespace alerting = encours::alerting::v1alpha1;
namespace dunning = encours::dunning::v1alpha1;
namespace ingestion = encours::ingestion::v1alpha1;
namespace portfolio = encours::portfolio::v1alpha1;
namespace risk = encours::risk::v1alpha1;
namespace runtime = encours::stream::v1alpha1;
namespace scoring = encours::scoring::v1alpha1;

template <class Request, class Response>
using Answer = std::function<Result<Response>(const Request&)>;
// Writes any number of messages; false from `write` means that the caller is gone.
template <class Request, class Response>
using Stream =
    std::function<Status(const Request&, const std::function<bool(const Response&)>& write)>;

// What came in by ImportFile before it is answered.
struct ImportedBytes {
  ingestion::ImportHeader header;
  std::string bytes;
};

struct FakeAnswers {
  Answer<ingestion::AdvanceClockRequest, ingestion::AdvanceClockResponse> advance_clock;
  Answer<ingestion::OpenTenantRequest, ingestion::OpenTenantResponse> open_tenant;
  Answer<ingestion::ListTenantsRequest, ingestion::ListTenantsResponse> list_tenants;
  Answer<ingestion::GoLiveRequest, ingestion::GoLiveResponse> go_live;
  Answer<ingestion::ListDeadLettersRequest, ingestion::ListDeadLettersResponse> list_dead_letters;
  Answer<ingestion::GetDeadLetterRequest, ingestion::GetDeadLetterResponse> get_dead_letter;
  Answer<ingestion::ReplayDeadLettersRequest, ingestion::ReplayDeadLettersResponse> replay;
  Answer<ingestion::PublishSettingRequest, ingestion::PublishSettingResponse> publish_setting;
  Answer<ingestion::ListSettingsRequest, ingestion::ListSettingsResponse> list_settings;
  Stream<ImportedBytes, ingestion::ImportFileResponse> import_file;

  Answer<dunning::ListActionsRequest, dunning::ListActionsResponse> list_actions;
  Answer<dunning::PreviewFirstDayRequest, dunning::PreviewFirstDayResponse> preview_first_day;

  Answer<portfolio::ListCustomersRequest, portfolio::ListCustomersResponse> list_customers;
  Answer<portfolio::GetCustomerRequest, portfolio::GetCustomerResponse> get_customer;
  Answer<portfolio::ListInvoicesRequest, portfolio::ListInvoicesResponse> list_invoices;
  Answer<portfolio::GetAgedBalanceRequest, portfolio::GetAgedBalanceResponse> aged_balance;
  Answer<portfolio::GetTimelineRequest, portfolio::GetTimelineResponse> timeline;
  Answer<portfolio::AwaitPositionRequest, portfolio::AwaitPositionResponse> await_position;

  Answer<alerting::ListAlertsRequest, alerting::ListAlertsResponse> list_alerts;
  Answer<alerting::AcknowledgeAlertRequest, alerting::AcknowledgeAlertResponse> acknowledge;
  Stream<alerting::StreamAlertsRequest, alerting::StreamAlertsResponse> stream_alerts;

  Answer<risk::GetRiskRequest, risk::GetRiskResponse> get_risk;
  Answer<risk::ListRiskHistoryRequest, risk::ListRiskHistoryResponse> list_risk_history;
  Answer<risk::ListMonitoredRequest, risk::ListMonitoredResponse> list_monitored;
  Answer<risk::SetMonitoringRequest, risk::SetMonitoringResponse> set_monitoring;
  Answer<risk::RefreshRiskRequest, risk::RefreshRiskResponse> refresh_risk;
  Answer<scoring::ListScoresRequest, scoring::ListScoresResponse> list_scores;
  Answer<scoring::ExplainScoreRequest, scoring::ExplainScoreResponse> explain_score;

  Answer<runtime::ListEndpointsRequest, runtime::ListEndpointsResponse> list_endpoints;
  Answer<runtime::GetStatusRequest, runtime::GetStatusResponse> get_status;
  Stream<runtime::DumpTableRequest, runtime::DumpTableResponse> dump_table;
  Stream<runtime::DumpTopicRequest, runtime::DumpTopicResponse> dump_topic;
  Stream<runtime::VerifyRequest, runtime::VerifyResponse> verify;
};

class FakeServer {
 public:
  FakeServer();
  ~FakeServer();

  // Set before the command runs.
  FakeAnswers answers;

  std::string address() const;
  void stop();
  // The metadata "authorization" of each call so far.
  std::vector<std::string> authorizations();

 private:
  struct Handlers;
  std::unique_ptr<Handlers> handlers_;
};

}  // namespace encours::ctl::testing
