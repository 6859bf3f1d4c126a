// The gRPC service that every process has: endpoints, status, dump and verify of its partitions.
//
// Dumps and checks read snapshots and committed records; they never touch what the runners own.
// Handlers run on gRPC's threads; streams end early when their caller goes away.
#pragma once

#include "common/kafka/admin.h"
#include "common/rpc/guard.h"
#include "common/service/service_shell.h"
#include "encours/stream/v1alpha1/runtime_service.grpc.pb.h"

namespace encours {

class RuntimeHandlers final : public encours::stream::v1alpha1::RuntimeService::Service {
 public:
  RuntimeHandlers(ServiceParts& parts, LedgerCheck ledger_check);

  grpc::Status ListEndpoints(grpc::ServerContext* context,
                             const encours::stream::v1alpha1::ListEndpointsRequest* request,
                             encours::stream::v1alpha1::ListEndpointsResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context,
                         const encours::stream::v1alpha1::GetStatusRequest* request,
                         encours::stream::v1alpha1::GetStatusResponse* response) override;
  grpc::Status DumpTable(
      grpc::ServerContext* context, const encours::stream::v1alpha1::DumpTableRequest* request,
      grpc::ServerWriter<encours::stream::v1alpha1::DumpTableResponse>* writer) override;
  grpc::Status DumpTopic(
      grpc::ServerContext* context, const encours::stream::v1alpha1::DumpTopicRequest* request,
      grpc::ServerWriter<encours::stream::v1alpha1::DumpTopicResponse>* writer) override;
  grpc::Status Verify(
      grpc::ServerContext* context, const encours::stream::v1alpha1::VerifyRequest* request,
      grpc::ServerWriter<encours::stream::v1alpha1::VerifyResponse>* writer) override;

 private:
  Result<encours::stream::v1alpha1::GetStatusResponse> status();
  void add_clocks(std::int32_t partition, encours::stream::v1alpha1::TaskStatus* task);

  ServiceParts& parts_;
  LedgerCheck ledger_check_;
  Instant started_at_;
};

}  // namespace encours
