// RiskHandlers: the gRPC face of risk-enrichment.
//
// A company lives on the partition of (tenant, legal entity): what is asked of it goes to that
// partition's owner, commands too; the list is asked of all instances and merged here. Everything
// goes through the guard. All state belongs to the process; handlers run on gRPC's threads.
#pragma once

#include "common/query/local_view.h"
#include "common/rpc/commands.h"
#include "common/rpc/guard.h"
#include "common/rpc/peers.h"
#include "encours/risk/v1alpha1/risk.grpc.pb.h"
#include "services/risk_enrichment/domain/tables.h"

namespace encours::risk {

// What the handlers are made of; all of it outlives them.
struct RiskSources {
  rpc::Guard& guard;
  rpc::Router& router;
  rpc::CommandGate& commands;
  query::ViewSources view;
};

class RiskHandlers final : public api::RiskService::Service {
 public:
  explicit RiskHandlers(const RiskSources& sources) : sources_(sources) {}

  grpc::Status GetRisk(grpc::ServerContext* context,
                       const api::GetRiskRequest* request,
                       api::GetRiskResponse* response) override;
  grpc::Status ListRiskHistory(grpc::ServerContext* context,
                               const api::ListRiskHistoryRequest* request,
                               api::ListRiskHistoryResponse* response) override;
  grpc::Status ListMonitored(grpc::ServerContext* context,
                             const api::ListMonitoredRequest* request,
                             api::ListMonitoredResponse* response) override;
  grpc::Status SetMonitoring(grpc::ServerContext* context,
                             const api::SetMonitoringRequest* request,
                             api::SetMonitoringResponse* response) override;
  grpc::Status RefreshRisk(grpc::ServerContext* context,
                           const api::RefreshRiskRequest* request,
                           api::RefreshRiskResponse* response) override;

 private:
  template <class Response, class Request, class Answer>
  Result<Response> ask_owner(rpc::Call& call, const Request& request, Answer answer);
  template <class Response, class Request>
  Result<Response> command(rpc::Call& call, const Request& request);
  template <class Request>
  std::int32_t partition_of_company(const Request& request) const;

  RiskSources sources_;
};

}  // namespace encours::risk
