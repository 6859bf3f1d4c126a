// DunningHandlers: the gRPC face of dunning. Lists and previews are asked of all instances; one
// action goes to the owner of its account. Handlers run on gRPC's threads; all state belongs to
// the process.
#pragma once

#include "common/documents/document_store.h"
#include "common/query/local_view.h"
#include "common/rpc/guard.h"
#include "common/rpc/peers.h"
#include "encours/dunning/v1alpha1/dunning.grpc.pb.h"

namespace encours::dunning {

// What the handlers are made of; all of it outlives them.
struct DunningSources {
  rpc::Guard& guard;
  rpc::Router& router;
  stream::TaskBoard& board;
  stream::SettingsView& settings;
  DocumentStore& documents;
  Clock& clock;
  std::int32_t partition_count = 0;

  query::ViewSources view() const;
};

class DunningHandlers final : public v1alpha1::DunningService::Service {
 public:
  explicit DunningHandlers(const DunningSources& sources) : sources_(sources) {}

  grpc::Status ListActions(grpc::ServerContext* context,
                           const v1alpha1::ListActionsRequest* request,
                           v1alpha1::ListActionsResponse* response) override;
  grpc::Status GetAction(grpc::ServerContext* context, const v1alpha1::GetActionRequest* request,
                         v1alpha1::GetActionResponse* response) override;
  grpc::Status PreviewFirstDay(grpc::ServerContext* context,
                               const v1alpha1::PreviewFirstDayRequest* request,
                               v1alpha1::PreviewFirstDayResponse* response) override;
  grpc::Status GetSending(grpc::ServerContext* context,
                          const v1alpha1::GetSendingRequest* request,
                          v1alpha1::GetSendingResponse* response) override;

 private:
  Result<v1alpha1::GetActionResponse> action_here(std::int32_t partition,
                                                  const v1alpha1::GetActionRequest& request);
  Result<v1alpha1::GetSendingResponse> sending(const v1alpha1::GetSendingRequest& request);

  DunningSources sources_;
};

}  // namespace encours::dunning
