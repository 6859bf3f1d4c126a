// ElasticHandlers: queries of the state that the baseline's stage keeps, from any instance.
//
// One customer is asked of the owner of its partition, sums of all instances. Handlers run on
// gRPC's threads and read snapshots; the parts of the process outlive them.
#pragma once

#include "common/service/service_shell.h"
#include "elastic.grpc.pb.h"

namespace encours::test {

class ElasticHandlers final : public elastic::ElasticService::Service {
 public:
  explicit ElasticHandlers(ServiceParts& parts) : parts_(parts) {}

  grpc::Status GetState(grpc::ServerContext* context, const elastic::GetStateRequest* request,
                        elastic::GetStateResponse* response) override;
  grpc::Status SumStates(grpc::ServerContext* context, const elastic::SumStatesRequest* request,
                         elastic::SumStatesResponse* response) override;

 private:
  ServiceParts& parts_;
};

}  // namespace encours::test
