#include "tests/perf/elastic/handlers.h"

#include "common/base/hash.h"
#include "common/rpc/peers.h"
#include "common/rpc/status.h"
#include "common/stream/view.h"
#include "tests/perf/baseline/stage.h"

namespace encours::test {
namespace {

using baseline::State;
using elastic::GetStateRequest;
using elastic::GetStateResponse;
using elastic::SumStatesRequest;
using elastic::SumStatesResponse;
using stream::View;

std::string key_of(const std::string& customer) {
  return KeyWriter().byte(kBaselineStates.id).raw(customer).take();
}

Result<GetStateResponse> state_here(const stream::TaskBoard& board, std::int32_t partition,
                                    const std::string& customer) {
  const auto rows = board.snapshot(partition);
  if (!rows) return rpc::partition_moved();
  const auto bytes = rows->get(key_of(customer));
  ENCOURS_TRY(rows->status());
  GetStateResponse response;
  if (!bytes) return response;
  const auto state = View::parse<State>(*bytes);
  response.set_events(state.events());
  response.set_open_cents(state.open_cents());
  response.set_paid_cents(state.paid_cents());
  response.set_open_invoices(state.open_invoices());
  response.set_oldest_due_ms(state.oldest_due_ms());
  return response;
}

void add(const State& state, SumStatesResponse* sum) {
  sum->set_customers(sum->customers() + 1);
  sum->set_events(sum->events() + state.events());
  sum->set_open_cents(sum->open_cents() + state.open_cents());
  sum->set_paid_cents(sum->paid_cents() + state.paid_cents());
}

void add(const SumStatesResponse& part, SumStatesResponse* sum) {
  sum->set_customers(sum->customers() + part.customers());
  sum->set_events(sum->events() + part.events());
  sum->set_open_cents(sum->open_cents() + part.open_cents());
  sum->set_paid_cents(sum->paid_cents() + part.paid_cents());
}

Result<rpc::Part<SumStatesResponse>> sums_here(const stream::TaskBoard& board,
                                               const std::vector<std::int32_t>& partitions,
                                               const std::string& prefix) {
  rpc::Part<SumStatesResponse> part;
  const std::string from = key_of(prefix);
  for (const std::int32_t partition : partitions) {
    const auto rows = board.snapshot(partition);
    if (!rows) {
      part.missing.push_back(partition);
      continue;
    }
    rows->scan(from, after_prefix(from), [&](std::string_view, std::string_view value) {
      add(View::parse<State>(value), &part.response);
      return true;
    });
    ENCOURS_TRY(rows->status());
  }
  return part;
}

}  // namespace

grpc::Status ElasticHandlers::GetState(grpc::ServerContext* context,
                                       const GetStateRequest* request,
                                       GetStateResponse* response) {
  const auto body = [&](rpc::Call& call) -> Result<GetStateResponse> {
    const std::string& customer = request->customer_id();
    const std::int32_t partition = partition_of(customer, parts_.topology.partitions);
    return parts_.router.on_owner<GetStateResponse>(
        call, partition, *request, [&] { return state_here(parts_.board, partition, customer); });
  };
  return parts_.guard.unary(*context, *request, response, body);
}

grpc::Status ElasticHandlers::SumStates(grpc::ServerContext* context,
                                        const SumStatesRequest* request,
                                        SumStatesResponse* response) {
  const auto body = [&](rpc::Call& call) -> Result<SumStatesResponse> {
    ENCOURS_ASSIGN(const auto gathered,
                   parts_.router.gather<SumStatesResponse>(
                       call, *request, [&](const std::vector<std::int32_t>& partitions) {
                         return sums_here(parts_.board, partitions, request->prefix());
                       }));
    SumStatesResponse sum;
    for (const auto& part : gathered.answers) add(part, &sum);
    sum.mutable_missing()->Add(gathered.missing.begin(), gathered.missing.end());
    return sum;
  };
  return parts_.guard.unary(*context, *request, response, body);
}

}  // namespace encours::test
