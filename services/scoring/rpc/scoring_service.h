// ScoringHandlers: the gRPC face of scoring. It answers and changes nothing.
//
// Lists are asked of all instances, each for its own partitions, and merged here; what concerns one
// account goes to the owner of its partition. Every answer names its position and what it misses.
// All state belongs to the process; handlers run on gRPC's threads.
#pragma once

#include "common/query/local_view.h"
#include "common/rpc/guard.h"
#include "common/rpc/peers.h"
#include "encours/scoring/v1alpha1/scoring.grpc.pb.h"

namespace encours::scoring {

class ScoringHandlers final : public encours::scoring::v1alpha1::ScoringService::Service {
 public:
  using ListRequest = encours::scoring::v1alpha1::ListScoresRequest;
  using ListResponse = encours::scoring::v1alpha1::ListScoresResponse;
  using ExplainRequest = encours::scoring::v1alpha1::ExplainScoreRequest;
  using ExplainResponse = encours::scoring::v1alpha1::ExplainScoreResponse;

  ScoringHandlers(rpc::Guard& guard, rpc::Router& router, query::ViewSources sources)
      : guard_(guard), router_(router), sources_(sources) {}

  grpc::Status ListScores(grpc::ServerContext* context,
                          const ListRequest* request,
                          ListResponse* response) override;
  grpc::Status ExplainScore(grpc::ServerContext* context,
                            const ExplainRequest* request,
                            ExplainResponse* response) override;

 private:
  Result<ExplainResponse> explain(rpc::Call& call, const ExplainRequest& request);

  rpc::Guard& guard_;
  rpc::Router& router_;
  query::ViewSources sources_;
};

}  // namespace encours::scoring
