// ask_all: a query that all instances answer in part, each for its own partitions, as one answer.
//
// Query is a PagedList or a class of its form: prepare(), settle(), answer(), merge(), kSettles. A
// call that another instance passed on is answered for the partitions that are here. The caller has
// checked the position of the request (check_position). Runs on the thread of the call, which waits
// for the position here while the others wait at theirs.
#pragma once

#include <utility>
#include <vector>

#include "common/query/local_view.h"
#include "common/rpc/peers.h"

namespace encours::query {

// The request as all instances get it.
template <class Query>
Result<typename Query::Request> settle_here(rpc::Call& call,
                                            const ViewSources& sources,
                                            const Query& query,
                                            const typename Query::Request& request) {
  if (!Query::kSettles || call.forwarded()) return request;
  auto settled = query.settle(LocalView(sources, call).context(), request);
  const bool may_come = request.min_position().has_instant();
  if (settled || settled.failure().code != "tenant_not_found" || !may_come) return settled;
  // A tenant that was opened a moment ago: it is known by the time its position is reached. Half of
  // the time is left for those who are asked then.
  const std::int64_t half_ms = sources.clock.monotonic_ms() + call.left_ms() / 2;
  wait_for(sources, sources.board.running(), request.min_position(), half_ms, call);
  return query.settle(LocalView(sources, call).context(), request);
}

// Says why nobody answered where a position was waited for.
inline Error unanswered(Error failure, const Position& min_position) {
  if (failure.code != "partition_unanswered" || !min_position.has_instant()) return failure;
  return error(failure.reaction,
               "position_not_reached",
               "No partition has seen min_position in the time of this call. Ask again.");
}

template <class Query>
Result<typename Query::Response> ask_all(rpc::Call& call,
                                         rpc::Router& router,
                                         const ViewSources& sources,
                                         const typename Query::Request& request) {
  using Response = typename Query::Response;
  const auto only_owner = only_owner_of(call.caller());
  ENCOURS_ASSIGN(const Query query, Query::prepare(request, only_owner));
  ENCOURS_ASSIGN(const auto settled, settle_here(call, sources, query, request));
  const auto local =
      [&](const std::vector<std::int32_t>& partitions) -> Result<rpc::Part<Response>> {
    ENCOURS_ASSIGN(const Query part, Query::prepare(settled, only_owner));
    const LocalView view(sources, partitions, request.min_position(), call);
    ENCOURS_ASSIGN(auto answer, part.answer(view.context()));
    return rpc::Part<Response>{std::move(answer), view.missing()};
  };
  auto gathered = router.gather<Response>(call, settled, local);
  if (!gathered) return unanswered(gathered.failure(), request.min_position());
  return query.merge(std::move(gathered->answers));
}

}  // namespace encours::query
