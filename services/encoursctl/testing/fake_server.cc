#include "services/encoursctl/testing/fake_server.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "common/base/check.h"
#include "common/rpc/deadline.h"
#include "common/rpc/status.h"
#include "encours/alerting/v1alpha1/alerting.grpc.pb.h"
#include "encours/dunning/v1alpha1/dunning.grpc.pb.h"
#include "encours/ingestion/v1alpha1/ingestion.grpc.pb.h"
#include "encours/portfolio/v1alpha1/portfolio.grpc.pb.h"
#include "encours/risk/v1alpha1/risk.grpc.pb.h"
#include "encours/scoring/v1alpha1/scoring.grpc.pb.h"
#include "encours/stream/v1alpha1/runtime_service.grpc.pb.h"

namespace encours::ctl::testing {
namespace {

using grpc::ServerContext;

// What all handlers share: the answers, and who called.
class Desk {
 public:
  explicit Desk(const FakeAnswers& answers) : answers_(answers) {}

  const FakeAnswers& answers() const { return answers_; }

  template <class Request, class Response>
  grpc::Status answer(ServerContext* context,
                      const Answer<Request, Response>& with,
                      const Request& request,
                      Response* response) {
    note(*context);
    if (!with) return {grpc::StatusCode::UNIMPLEMENTED, "The fake has no answer."};
    Result<Response> result = with(request);
    if (!result) return rpc::attach(result.failure(), "trace", context);
    *response = std::move(*result);
    return grpc::Status::OK;
  }

  template <class Request, class Response, class Writer>
  grpc::Status stream(ServerContext* context,
                      const Stream<Request, Response>& with,
                      const Request& request,
                      Writer* writer) {
    note(*context);
    if (!with) return {grpc::StatusCode::UNIMPLEMENTED, "The fake has no answer."};
    const Status ended =
        with(request, [&](const Response& message) { return writer->Write(message); });
    return ended ? grpc::Status::OK : rpc::attach(ended.failure(), "trace", context);
  }

  std::vector<std::string> authorizations() {
    const std::lock_guard lock(mutex_);
    return authorizations_;
  }

 private:
  void note(const ServerContext& context) {
    const auto found = context.client_metadata().find("authorization");
    if (found == context.client_metadata().end()) return;
    const std::lock_guard lock(mutex_);
    authorizations_.emplace_back(found->second.data(), found->second.size());
  }

  const FakeAnswers& answers_;
  std::mutex mutex_;
  std::vector<std::string> authorizations_;
};

class FakeIngestion final : public ingestion::IngestionService::Service {
 public:
  explicit FakeIngestion(Desk& desk) : desk_(desk) {}

  grpc::Status AdvanceClock(ServerContext* context,
                            const ingestion::AdvanceClockRequest* request,
                            ingestion::AdvanceClockResponse* response) override {
    return desk_.answer(context, desk_.answers().advance_clock, *request, response);
  }
  grpc::Status OpenTenant(ServerContext* context,
                          const ingestion::OpenTenantRequest* request,
                          ingestion::OpenTenantResponse* response) override {
    return desk_.answer(context, desk_.answers().open_tenant, *request, response);
  }
  grpc::Status ListTenants(ServerContext* context,
                           const ingestion::ListTenantsRequest* request,
                           ingestion::ListTenantsResponse* response) override {
    return desk_.answer(context, desk_.answers().list_tenants, *request, response);
  }
  grpc::Status GoLive(ServerContext* context,
                      const ingestion::GoLiveRequest* request,
                      ingestion::GoLiveResponse* response) override {
    return desk_.answer(context, desk_.answers().go_live, *request, response);
  }
  grpc::Status PublishSetting(ServerContext* context,
                              const ingestion::PublishSettingRequest* request,
                              ingestion::PublishSettingResponse* response) override {
    return desk_.answer(context, desk_.answers().publish_setting, *request, response);
  }
  grpc::Status ListSettings(ServerContext* context,
                            const ingestion::ListSettingsRequest* request,
                            ingestion::ListSettingsResponse* response) override {
    return desk_.answer(context, desk_.answers().list_settings, *request, response);
  }
  grpc::Status ListDeadLetters(ServerContext* context,
                               const ingestion::ListDeadLettersRequest* request,
                               ingestion::ListDeadLettersResponse* response) override {
    return desk_.answer(context, desk_.answers().list_dead_letters, *request, response);
  }
  grpc::Status GetDeadLetter(ServerContext* context,
                             const ingestion::GetDeadLetterRequest* request,
                             ingestion::GetDeadLetterResponse* response) override {
    return desk_.answer(context, desk_.answers().get_dead_letter, *request, response);
  }
  grpc::Status ReplayDeadLetters(ServerContext* context,
                                 const ingestion::ReplayDeadLettersRequest* request,
                                 ingestion::ReplayDeadLettersResponse* response) override {
    return desk_.answer(context, desk_.answers().replay, *request, response);
  }
  grpc::Status ImportFile(ServerContext* context,
                          grpc::ServerReaderWriter<ingestion::ImportFileResponse,
                                                   ingestion::ImportFileRequest>* stream) override {
    ImportedBytes imported;
    for (ingestion::ImportFileRequest part; stream->Read(&part);) {
      if (part.has_header()) imported.header = part.header();
      imported.bytes += part.chunk();
    }
    return desk_.stream(context, desk_.answers().import_file, imported, stream);
  }

 private:
  Desk& desk_;
};

class FakePortfolio final : public portfolio::PortfolioService::Service {
 public:
  explicit FakePortfolio(Desk& desk) : desk_(desk) {}

  grpc::Status ListCustomers(ServerContext* context,
                             const portfolio::ListCustomersRequest* request,
                             portfolio::ListCustomersResponse* response) override {
    return desk_.answer(context, desk_.answers().list_customers, *request, response);
  }
  grpc::Status GetCustomer(ServerContext* context,
                           const portfolio::GetCustomerRequest* request,
                           portfolio::GetCustomerResponse* response) override {
    return desk_.answer(context, desk_.answers().get_customer, *request, response);
  }
  grpc::Status ListInvoices(ServerContext* context,
                            const portfolio::ListInvoicesRequest* request,
                            portfolio::ListInvoicesResponse* response) override {
    return desk_.answer(context, desk_.answers().list_invoices, *request, response);
  }
  grpc::Status GetAgedBalance(ServerContext* context,
                              const portfolio::GetAgedBalanceRequest* request,
                              portfolio::GetAgedBalanceResponse* response) override {
    return desk_.answer(context, desk_.answers().aged_balance, *request, response);
  }
  grpc::Status GetTimeline(ServerContext* context,
                           const portfolio::GetTimelineRequest* request,
                           portfolio::GetTimelineResponse* response) override {
    return desk_.answer(context, desk_.answers().timeline, *request, response);
  }
  grpc::Status AwaitPosition(ServerContext* context,
                             const portfolio::AwaitPositionRequest* request,
                             portfolio::AwaitPositionResponse* response) override {
    return desk_.answer(context, desk_.answers().await_position, *request, response);
  }

 private:
  Desk& desk_;
};

class FakeDunning final : public dunning::DunningService::Service {
 public:
  explicit FakeDunning(Desk& desk) : desk_(desk) {}

  grpc::Status ListActions(ServerContext* context,
                           const dunning::ListActionsRequest* request,
                           dunning::ListActionsResponse* response) override {
    return desk_.answer(context, desk_.answers().list_actions, *request, response);
  }
  grpc::Status PreviewFirstDay(ServerContext* context,
                               const dunning::PreviewFirstDayRequest* request,
                               dunning::PreviewFirstDayResponse* response) override {
    return desk_.answer(context, desk_.answers().preview_first_day, *request, response);
  }

 private:
  Desk& desk_;
};

class FakeAlerting final : public alerting::AlertingService::Service {
 public:
  explicit FakeAlerting(Desk& desk) : desk_(desk) {}

  grpc::Status ListAlerts(ServerContext* context,
                          const alerting::ListAlertsRequest* request,
                          alerting::ListAlertsResponse* response) override {
    return desk_.answer(context, desk_.answers().list_alerts, *request, response);
  }
  grpc::Status AcknowledgeAlert(ServerContext* context,
                                const alerting::AcknowledgeAlertRequest* request,
                                alerting::AcknowledgeAlertResponse* response) override {
    return desk_.answer(context, desk_.answers().acknowledge, *request, response);
  }
  grpc::Status StreamAlerts(ServerContext* context,
                            const alerting::StreamAlertsRequest* request,
                            grpc::ServerWriter<alerting::StreamAlertsResponse>* writer) override {
    return desk_.stream(context, desk_.answers().stream_alerts, *request, writer);
  }

 private:
  Desk& desk_;
};

class FakeRisk final : public risk::RiskService::Service {
 public:
  explicit FakeRisk(Desk& desk) : desk_(desk) {}

  grpc::Status GetRisk(ServerContext* context,
                       const risk::GetRiskRequest* request,
                       risk::GetRiskResponse* response) override {
    return desk_.answer(context, desk_.answers().get_risk, *request, response);
  }
  grpc::Status ListRiskHistory(ServerContext* context,
                               const risk::ListRiskHistoryRequest* request,
                               risk::ListRiskHistoryResponse* response) override {
    return desk_.answer(context, desk_.answers().list_risk_history, *request, response);
  }
  grpc::Status ListMonitored(ServerContext* context,
                             const risk::ListMonitoredRequest* request,
                             risk::ListMonitoredResponse* response) override {
    return desk_.answer(context, desk_.answers().list_monitored, *request, response);
  }
  grpc::Status SetMonitoring(ServerContext* context,
                             const risk::SetMonitoringRequest* request,
                             risk::SetMonitoringResponse* response) override {
    return desk_.answer(context, desk_.answers().set_monitoring, *request, response);
  }
  grpc::Status RefreshRisk(ServerContext* context,
                           const risk::RefreshRiskRequest* request,
                           risk::RefreshRiskResponse* response) override {
    return desk_.answer(context, desk_.answers().refresh_risk, *request, response);
  }

 private:
  Desk& desk_;
};

class FakeScoring final : public scoring::ScoringService::Service {
 public:
  explicit FakeScoring(Desk& desk) : desk_(desk) {}

  grpc::Status ListScores(ServerContext* context,
                          const scoring::ListScoresRequest* request,
                          scoring::ListScoresResponse* response) override {
    return desk_.answer(context, desk_.answers().list_scores, *request, response);
  }
  grpc::Status ExplainScore(ServerContext* context,
                            const scoring::ExplainScoreRequest* request,
                            scoring::ExplainScoreResponse* response) override {
    return desk_.answer(context, desk_.answers().explain_score, *request, response);
  }

 private:
  Desk& desk_;
};

class FakeRuntime final : public runtime::RuntimeService::Service {
 public:
  explicit FakeRuntime(Desk& desk) : desk_(desk) {}

  grpc::Status ListEndpoints(ServerContext* context,
                             const runtime::ListEndpointsRequest* request,
                             runtime::ListEndpointsResponse* response) override {
    return desk_.answer(context, desk_.answers().list_endpoints, *request, response);
  }
  grpc::Status GetStatus(ServerContext* context,
                         const runtime::GetStatusRequest* request,
                         runtime::GetStatusResponse* response) override {
    return desk_.answer(context, desk_.answers().get_status, *request, response);
  }
  grpc::Status DumpTable(ServerContext* context,
                         const runtime::DumpTableRequest* request,
                         grpc::ServerWriter<runtime::DumpTableResponse>* writer) override {
    return desk_.stream(context, desk_.answers().dump_table, *request, writer);
  }
  grpc::Status DumpTopic(ServerContext* context,
                         const runtime::DumpTopicRequest* request,
                         grpc::ServerWriter<runtime::DumpTopicResponse>* writer) override {
    return desk_.stream(context, desk_.answers().dump_topic, *request, writer);
  }
  grpc::Status Verify(ServerContext* context,
                      const runtime::VerifyRequest* request,
                      grpc::ServerWriter<runtime::VerifyResponse>* writer) override {
    return desk_.stream(context, desk_.answers().verify, *request, writer);
  }

 private:
  Desk& desk_;
};

}  // namespace

struct FakeServer::Handlers {
  explicit Handlers(const FakeAnswers& answers) : desk(answers) {}

  Desk desk;
  FakeIngestion ingestion{desk};
  FakePortfolio portfolio{desk};
  FakeScoring scoring{desk};
  FakeAlerting alerting{desk};
  FakeDunning dunning{desk};
  FakeRisk risk{desk};
  FakeRuntime runtime{desk};
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

FakeServer::FakeServer() : handlers_(std::make_unique<Handlers>(answers)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &handlers_->port);
  builder.RegisterService(&handlers_->ingestion);
  builder.RegisterService(&handlers_->portfolio);
  builder.RegisterService(&handlers_->scoring);
  builder.RegisterService(&handlers_->alerting);
  builder.RegisterService(&handlers_->dunning);
  builder.RegisterService(&handlers_->risk);
  builder.RegisterService(&handlers_->runtime);
  handlers_->server = builder.BuildAndStart();
  ENCOURS_CHECK(handlers_->server != nullptr, "the fake server did not start");
}

FakeServer::~FakeServer() { stop(); }

std::string FakeServer::address() const { return "127.0.0.1:" + std::to_string(handlers_->port); }

void FakeServer::stop() {
  if (handlers_->server) handlers_->server->Shutdown(rpc::deadline_in(0));
  handlers_->server.reset();
}

std::vector<std::string> FakeServer::authorizations() { return handlers_->desk.authorizations(); }

}  // namespace encours::ctl::testing
