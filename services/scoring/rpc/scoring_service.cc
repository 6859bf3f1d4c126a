#include "services/scoring/rpc/scoring_service.h"

#include "common/base/hash.h"
#include "common/query/ask_all.h"
#include "common/stream/record.h"
#include "services/scoring/query/explain.h"
#include "services/scoring/query/score_list.h"

namespace encours::scoring {

grpc::Status ScoringHandlers::ListScores(grpc::ServerContext* context,
                                         const ListRequest* request,
                                         ListResponse* response) {
  return guard_.unary(*context, *request, response, [&](rpc::Call& call) -> Result<ListResponse> {
    ENCOURS_TRY(
        query::check_position(request->tenant(), request->min_position(), "min_position.clock"));
    return query::ask_all<ScoreList>(call, router_, sources_, *request);
  });
}

grpc::Status ScoringHandlers::ExplainScore(grpc::ServerContext* context,
                                           const ExplainRequest* request,
                                           ExplainResponse* response) {
  return guard_.unary(
      *context, *request, response, [&](rpc::Call& call) { return explain(call, *request); });
}

Result<ScoringHandlers::ExplainResponse> ScoringHandlers::explain(rpc::Call& call,
                                                                  const ExplainRequest& request) {
  if (request.account().empty()) {
    return refused("missing_field", "account", "Name the account whose score is to be explained.");
  }
  ENCOURS_TRY(
      query::check_position(request.tenant(), request.min_position(), "min_position.clock"));
  const std::int32_t partition =
      partition_of(stream::make_key(request.tenant(), request.account()), sources_.partition_count);
  return router_.on_owner<ExplainResponse>(
      call, partition, request, [&]() -> Result<ExplainResponse> {
        const query::LocalView view(sources_, {partition}, request.min_position(), call);
        if (view.context().partitions.empty()) {
          if (!sources_.board.snapshot(partition)) return rpc::partition_moved();
          return error(Reaction::kRetry,
                       "position_not_reached",
                       "The view has not come to the position in time. Ask again in a moment.");
        }
        return explain_score(view.context(), view.context().partitions.front(), request);
      });
}

}  // namespace encours::scoring
