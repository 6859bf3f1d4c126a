#include "services/portfolio/rpc/portfolio_service.h"

#include <algorithm>
#include <utility>

#include "common/base/hash.h"
#include "common/rpc/status.h"
#include "common/stream/record.h"
#include "services/portfolio/query/aged_balance.h"
#include "services/portfolio/query/customers.h"
#include "services/portfolio/query/invoices.h"
#include "services/portfolio/query/timeline.h"

namespace encours::portfolio {
namespace {

// Waiting for an import is the longest question that we answer.
constexpr std::int64_t kMaxAwaitMs = 600'000;
// Between two looks at partitions that nobody owns at the moment.
constexpr std::int64_t kMovingMs = 200;
// What a refused position is called, whatever the request calls it.
constexpr const char* kMinPositionClock = "min_position.clock";

template <class Response>
query::Coverage coverage_of_all(const std::vector<Response>& parts) {
  std::vector<const query::Coverage*> coverage;
  for (const Response& part : parts) coverage.push_back(&part.coverage());
  return query::merge_coverage(coverage);
}

}  // namespace

template <class Query>
Result<typename Query::Response> PortfolioHandlers::ask_all(
    rpc::Call& call, const typename Query::Request& request) {
  ENCOURS_TRY(query::check_position(request.tenant(), request.min_position(), kMinPositionClock));
  return query::ask_all<Query>(call, router_, sources_, request);
}

template <class Response, class Request, class Answer>
Result<Response> PortfolioHandlers::ask_owner(rpc::Call& call,
                                              const Request& request,
                                              Answer answer) {
  ENCOURS_TRY(query::check_position(request.tenant(), request.min_position(), kMinPositionClock));
  const std::int32_t partition =
      partition_of(stream::make_key(request.tenant(), request.account()), sources_.partition_count);
  return router_.on_owner<Response>(call, partition, request, [&]() -> Result<Response> {
    const query::LocalView view(sources_, {partition}, request.min_position(), call);
    if (view.context().partitions.empty()) {
      if (!sources_.board.snapshot(partition)) return rpc::partition_moved();
      return error(Reaction::kRetry,
                   "position_not_reached",
                   "The view has not come to the position in time. Ask again in a moment.");
    }
    return answer(view.context(), view.context().partitions.front());
  });
}

grpc::Status PortfolioHandlers::ListCustomers(grpc::ServerContext* context,
                                              const api::ListCustomersRequest* request,
                                              api::ListCustomersResponse* response) {
  return guard_.unary(*context, *request, response, [&](rpc::Call& call) {
    return ask_all<CustomerList>(call, *request);
  });
}

grpc::Status PortfolioHandlers::ListInvoices(grpc::ServerContext* context,
                                             const api::ListInvoicesRequest* request,
                                             api::ListInvoicesResponse* response) {
  return guard_.unary(*context, *request, response, [&](rpc::Call& call) {
    return ask_all<InvoiceList>(call, *request);
  });
}

grpc::Status PortfolioHandlers::GetAgedBalance(grpc::ServerContext* context,
                                               const api::GetAgedBalanceRequest* request,
                                               api::GetAgedBalanceResponse* response) {
  return guard_.unary(*context, *request, response, [&](rpc::Call& call) {
    return ask_all<AgedBalanceQuery>(call, *request);
  });
}

grpc::Status PortfolioHandlers::GetCustomer(grpc::ServerContext* context,
                                            const api::GetCustomerRequest* request,
                                            api::GetCustomerResponse* response) {
  return guard_.unary(*context, *request, response, [&](rpc::Call& call) {
    return ask_owner<api::GetCustomerResponse>(
        call, *request, [&](const query::QueryContext& view, const query::PartitionRows& owner) {
          return get_customer(view, owner, *request);
        });
  });
}

grpc::Status PortfolioHandlers::GetTimeline(grpc::ServerContext* context,
                                            const api::GetTimelineRequest* request,
                                            api::GetTimelineResponse* response) {
  return guard_.unary(*context, *request, response, [&](rpc::Call& call) {
    return ask_owner<api::GetTimelineResponse>(
        call, *request, [&](const query::QueryContext& view, const query::PartitionRows& owner) {
          return get_timeline(view, owner, *request);
        });
  });
}

grpc::Status PortfolioHandlers::GetPosition(grpc::ServerContext* context,
                                            const api::GetPositionRequest* request,
                                            api::GetPositionResponse* response) {
  return guard_.unary(
      *context, *request, response, [&](rpc::Call& call) { return position(call, *request); });
}

Result<api::GetPositionResponse> PortfolioHandlers::position(
    rpc::Call& call, const api::GetPositionRequest& request) {
  using Response = api::GetPositionResponse;
  const auto local =
      [&](const std::vector<std::int32_t>& partitions) -> Result<rpc::Part<Response>> {
    const query::LocalView view(sources_, partitions, {}, call);
    ENCOURS_ASSIGN(const query::TenantTime time,
                   query::tenant_time(*view.context().settings, request.tenant()));
    rpc::Part<Response> part;
    *part.response.mutable_coverage() = coverage_of(view.context(), time.clock);
    ENCOURS_TRY(check_reads(view.context().partitions));
    part.missing = view.missing();
    return part;
  };
  ENCOURS_ASSIGN(const auto gathered, router_.gather<Response>(call, request, local));
  Response response;
  *response.mutable_coverage() = coverage_of_all(gathered.answers);
  *response.mutable_position() = response.coverage().position();
  return response;
}

grpc::Status PortfolioHandlers::AwaitPosition(grpc::ServerContext* context,
                                              const api::AwaitPositionRequest* request,
                                              api::AwaitPositionResponse* response) {
  rpc::CallOptions options;
  options.max_ms = kMaxAwaitMs;
  return guard_.unary(
      *context,
      *request,
      response,
      [&](rpc::Call& call) { return await(call, *request); },
      options);
}

// Asks all instances until each partition is there. One that moves has nobody for a moment, so a
// gap is asked for again as long as there is time.
Result<api::AwaitPositionResponse> PortfolioHandlers::await(
    rpc::Call& call, const api::AwaitPositionRequest& request) {
  if (request.timeout_ms() < 0) {
    return refused("invalid_timeout", "timeout_ms", "A time to wait is not negative.");
  }
  ENCOURS_TRY(query::check_position(request.tenant(), request.position(), "position.clock"));
  std::int64_t deadline_ms = query::answer_by_ms(call);
  if (request.timeout_ms() > 0) {
    deadline_ms = std::min(deadline_ms, sources_.clock.monotonic_ms() + request.timeout_ms());
  }
  api::AwaitPositionRequest again = request;
  while (true) {
    auto response = await_once(call, again, deadline_ms);
    if (call.forwarded() || (response && response->reached())) return response;
    const std::int64_t now_ms = sources_.clock.monotonic_ms();
    if (now_ms >= deadline_ms || call.stop()) return response;
    if (!response && rpc::status_code_of(response.failure()) != grpc::StatusCode::UNAVAILABLE) {
      return response;
    }
    sources_.clock.sleep_until(std::min(deadline_ms, now_ms + kMovingMs));
    again.set_timeout_ms(
        static_cast<std::int32_t>(std::min<std::int64_t>(deadline_ms - now_ms, kMaxAwaitMs)));
  }
}

Result<api::AwaitPositionResponse> PortfolioHandlers::await_once(
    rpc::Call& call, const api::AwaitPositionRequest& request, std::int64_t deadline_ms) {
  using Response = api::AwaitPositionResponse;
  const auto local =
      [&](const std::vector<std::int32_t>& partitions) -> Result<rpc::Part<Response>> {
    rpc::Part<Response> part;
    part.response.set_reached(
        query::wait_for(sources_, partitions, request.position(), deadline_ms, call));
    const query::LocalView view(sources_, partitions, {}, call);
    *part.response.mutable_coverage() = coverage_of(view.context(), request.position().clock());
    ENCOURS_TRY(check_reads(view.context().partitions));
    part.missing = view.missing();
    return part;
  };
  ENCOURS_ASSIGN(const auto gathered, router_.gather<Response>(call, request, local));
  Response response;
  response.set_reached(gathered.missing.empty());
  for (const Response& part : gathered.answers) {
    if (part.coverage().partition_count() > 0 && !part.reached()) response.set_reached(false);
  }
  *response.mutable_coverage() = coverage_of_all(gathered.answers);
  return response;
}

}  // namespace encours::portfolio
