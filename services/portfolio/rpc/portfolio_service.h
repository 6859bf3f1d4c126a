// PortfolioHandlers: the gRPC face of portfolio. It answers and changes nothing.
//
// Lists and the aged balance are asked of all instances, each for its own partitions, and merged
// here; what concerns one account goes to the owner of its partition. Every answer names its
// position and what it misses. A call that another instance passed on is answered for the
// partitions that are here. All state belongs to the process; handlers run on gRPC's threads.
#pragma once

#include "common/query/ask_all.h"
#include "common/rpc/guard.h"
#include "common/rpc/peers.h"
#include "encours/portfolio/v1alpha1/portfolio.grpc.pb.h"

namespace encours::portfolio {

namespace api = encours::portfolio::v1alpha1;

class PortfolioHandlers final : public api::PortfolioService::Service {
 public:
  PortfolioHandlers(rpc::Guard& guard, rpc::Router& router, query::ViewSources sources)
      : guard_(guard), router_(router), sources_(sources) {}

  grpc::Status ListCustomers(grpc::ServerContext* context,
                             const api::ListCustomersRequest* request,
                             api::ListCustomersResponse* response) override;
  grpc::Status GetCustomer(grpc::ServerContext* context,
                           const api::GetCustomerRequest* request,
                           api::GetCustomerResponse* response) override;
  grpc::Status ListInvoices(grpc::ServerContext* context,
                            const api::ListInvoicesRequest* request,
                            api::ListInvoicesResponse* response) override;
  grpc::Status GetAgedBalance(grpc::ServerContext* context,
                              const api::GetAgedBalanceRequest* request,
                              api::GetAgedBalanceResponse* response) override;
  grpc::Status GetTimeline(grpc::ServerContext* context,
                           const api::GetTimelineRequest* request,
                           api::GetTimelineResponse* response) override;
  grpc::Status GetPosition(grpc::ServerContext* context,
                           const api::GetPositionRequest* request,
                           api::GetPositionResponse* response) override;
  grpc::Status AwaitPosition(grpc::ServerContext* context,
                             const api::AwaitPositionRequest* request,
                             api::AwaitPositionResponse* response) override;

 private:
  // A query that all instances answer in part.
  template <class Query>
  Result<typename Query::Response> ask_all(rpc::Call& call, const typename Query::Request& request);
  // A query about one account: `answer(const query::QueryContext&, const query::PartitionRows&
  // owner)`.
  template <class Response, class Request, class Answer>
  Result<Response> ask_owner(rpc::Call& call, const Request& request, Answer answer);

  Result<api::GetPositionResponse> position(rpc::Call& call,
                                            const api::GetPositionRequest& request);
  Result<api::AwaitPositionResponse> await(rpc::Call& call,
                                           const api::AwaitPositionRequest& request);
  Result<api::AwaitPositionResponse> await_once(rpc::Call& call,
                                                const api::AwaitPositionRequest& request,
                                                std::int64_t deadline_ms);

  rpc::Guard& guard_;
  rpc::Router& router_;
  query::ViewSources sources_;
};

}  // namespace encours::portfolio
