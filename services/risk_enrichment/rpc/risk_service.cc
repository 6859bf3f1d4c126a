#include "services/risk_enrichment/rpc/risk_service.h"

#include "common/base/hash.h"
#include "common/query/ask_all.h"
#include "common/rpc/command_call.h"
#include "common/rpc/status.h"
#include "services/risk_enrichment/domain/legal_entity.h"
#include "services/risk_enrichment/query/company_list.h"
#include "services/risk_enrichment/query/history.h"

namespace encours::risk {
namespace {

constexpr const char* kMinPositionClock = "min_position.clock";

}  // namespace

template <class Request>
std::int32_t RiskHandlers::partition_of_company(const Request& request) const {
  return partition_of(stream::make_key(request.tenant(), request.legal_entity()),
                      sources_.view.partition_count);
}

template <class Response, class Request, class Answer>
Result<Response> RiskHandlers::ask_owner(rpc::Call& call, const Request& request, Answer answer) {
  ENCOURS_TRY(query::check_position(request.tenant(), request.min_position(), kMinPositionClock));
  ENCOURS_TRY(check_legal_entity(request.legal_entity()));
  const std::int32_t partition = partition_of_company(request);
  return sources_.router.on_owner<Response>(call, partition, request, [&]() -> Result<Response> {
    const query::LocalView view(sources_.view, {partition}, request.min_position(), call);
    if (view.context().partitions.empty()) {
      if (!sources_.view.board.snapshot(partition)) return rpc::partition_moved();
      return error(Reaction::kRetry,
                   "position_not_reached",
                   "The view has not come to the position in time. Ask again in a moment.");
    }
    return answer(view.context(), view.context().partitions.front(), request);
  });
}

template <class Response, class Request>
Result<Response> RiskHandlers::command(rpc::Call& call, const Request& request) {
  // Without a company nobody's partition is meant.
  ENCOURS_TRY(check_legal_entity(request.legal_entity()));
  const std::int32_t partition = partition_of_company(request);
  return sources_.router.on_owner<Response>(call, partition, request, [&]() -> Result<Response> {
    ENCOURS_ASSIGN(auto response,
                   sources_.commands.submit_as<Response>(
                       rpc::command_of(call, request.legal_entity(), request)));
    // Where this partition stands now that the outcome is committed: any later query sees it.
    const auto rows = sources_.view.board.snapshot(partition);
    const auto clock = query::clock_of(*sources_.view.settings.current(), request.tenant());
    if (rows && clock) {
      *response.mutable_position() = query::position_of(
          *clock, query::standing_of(*rows, sources_.view.stage, *clock).handled);
    }
    return response;
  });
}

grpc::Status RiskHandlers::GetRisk(grpc::ServerContext* context,
                                   const api::GetRiskRequest* request,
                                   api::GetRiskResponse* response) {
  return sources_.guard.unary(*context, *request, response, [&](rpc::Call& call) {
    return ask_owner<api::GetRiskResponse>(call, *request, get_risk);
  });
}

grpc::Status RiskHandlers::ListRiskHistory(grpc::ServerContext* context,
                                           const api::ListRiskHistoryRequest* request,
                                           api::ListRiskHistoryResponse* response) {
  return sources_.guard.unary(*context, *request, response, [&](rpc::Call& call) {
    return ask_owner<api::ListRiskHistoryResponse>(call, *request, list_history);
  });
}

grpc::Status RiskHandlers::ListMonitored(grpc::ServerContext* context,
                                         const api::ListMonitoredRequest* request,
                                         api::ListMonitoredResponse* response) {
  return sources_.guard.unary(
      *context, *request, response, [&](rpc::Call& call) -> Result<api::ListMonitoredResponse> {
        ENCOURS_TRY(
            query::check_position(request->tenant(), request->min_position(), kMinPositionClock));
        return query::ask_all<CompanyList>(call, sources_.router, sources_.view, *request);
      });
}

grpc::Status RiskHandlers::SetMonitoring(grpc::ServerContext* context,
                                         const api::SetMonitoringRequest* request,
                                         api::SetMonitoringResponse* response) {
  return sources_.guard.unary(*context, *request, response, [&](rpc::Call& call) {
    return command<api::SetMonitoringResponse>(call, *request);
  });
}

grpc::Status RiskHandlers::RefreshRisk(grpc::ServerContext* context,
                                       const api::RefreshRiskRequest* request,
                                       api::RefreshRiskResponse* response) {
  return sources_.guard.unary(*context, *request, response, [&](rpc::Call& call) {
    return command<api::RefreshRiskResponse>(call, *request);
  });
}

}  // namespace encours::risk
