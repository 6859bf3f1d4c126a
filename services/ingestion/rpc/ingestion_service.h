// The gRPC face of ingestion: doors, clock, tenants, settings, dead letters.
//
// A handler checks, appends to the inbox or submits a command, and answers once that is durable;
// what the stages make of it is theirs. Handlers run on gRPC's threads and share no state but the
// parts they are given. Split by what they serve: publish.cc, import.cc, control.cc, letters.cc.
#pragma once

#include "common/rpc/guard.h"
#include "common/service/service_shell.h"
#include "encours/ingestion/v1alpha1/ingestion.grpc.pb.h"
#include "encours/state/v1alpha1/letters.pb.h"
#include "services/ingestion/doors/inbox_log.h"
#include "services/ingestion/doors/tenants.h"

namespace encours::ingestion {

namespace api = encours::ingestion::v1alpha1;
using encours::common::v1alpha1::Position;

class IngestionHandlers final : public api::IngestionService::Service {
 public:
  IngestionHandlers(ServiceParts& parts, std::string clock_mode_of_new_tenants);

  grpc::Status PublishEvents(grpc::ServerContext*, const api::PublishEventsRequest*,
                             api::PublishEventsResponse*) override;
  grpc::Status StreamEvents(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<api::StreamEventsResponse, api::StreamEventsRequest>*) override;
  grpc::Status ImportFile(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<api::ImportFileResponse, api::ImportFileRequest>*) override;
  grpc::Status AdvanceClock(grpc::ServerContext*, const api::AdvanceClockRequest*,
                            api::AdvanceClockResponse*) override;
  grpc::Status OpenTenant(grpc::ServerContext*, const api::OpenTenantRequest*,
                          api::OpenTenantResponse*) override;
  grpc::Status ListTenants(grpc::ServerContext*, const api::ListTenantsRequest*,
                           api::ListTenantsResponse*) override;
  grpc::Status GoLive(grpc::ServerContext*, const api::GoLiveRequest*,
                      api::GoLiveResponse*) override;
  grpc::Status PublishSetting(grpc::ServerContext*, const api::PublishSettingRequest*,
                              api::PublishSettingResponse*) override;
  grpc::Status ListSettings(grpc::ServerContext*, const api::ListSettingsRequest*,
                            api::ListSettingsResponse*) override;
  grpc::Status ListDeadLetters(grpc::ServerContext*, const api::ListDeadLettersRequest*,
                               api::ListDeadLettersResponse*) override;
  grpc::Status GetDeadLetter(grpc::ServerContext*, const api::GetDeadLetterRequest*,
                             api::GetDeadLetterResponse*) override;
  grpc::Status ReplayDeadLetters(grpc::ServerContext*, const api::ReplayDeadLettersRequest*,
                                 api::ReplayDeadLettersResponse*) override;

 private:
  using ImportStream =
      grpc::ServerReaderWriter<api::ImportFileResponse, api::ImportFileRequest>;
  using EventStream =
      grpc::ServerReaderWriter<api::StreamEventsResponse, api::StreamEventsRequest>;

  // Takes one event into the inbox, or says at once why it will be refused; refused ones go to the
  // inbox too, so that they are kept.
  Result<api::EventResult> take_event(rpc::Call& call, const DoorTenant& tenant, InboxLog& inbox,
                                      const encours::erp::v1alpha1::ErpEvent& event,
                                      std::int64_t index);
  // `taken` is how many events went to the inbox, also where the stream broke off.
  Status take_stream(rpc::Call& call, const DoorTenant& tenant,
                     const api::StreamEventsRequest& first, EventStream* stream,
                     std::int64_t* taken);
  Status import_file(rpc::Call& call, const api::ImportFileRequest& first, ImportStream* stream);
  Result<std::string> publish_mapping(rpc::Call& call, const std::string& yaml,
                                      std::vector<Error>* errors);
  // Ends an import: ticks of the days that it covers (events mode) or one of now. The position is
  // empty where the clock has never ticked and nothing was taken.
  Result<Position> close_with_ticks(rpc::Call& call, const std::string& request_id,
                                    const DoorTenant& tenant, InboxLog& inbox,
                                    std::optional<Date> first, std::optional<Date> last);
  Status audit(rpc::Call& call, const std::string& action, const std::string& target,
               const std::string& request_id, const std::string& digest, std::int64_t records);
  // A tick behind what was just written, for those who wait to see it.
  Result<Position> flush(rpc::Call& call, const std::string& request_id, const DoorTenant& tenant,
                         InboxLog& inbox);
  Result<Position> wall_flush(const DoorTenant& tenant, InboxLog& inbox);
  Result<Position> advance(rpc::Call& call, const api::AdvanceClockRequest& request);
  Result<api::ListDeadLettersResponse> list_letters(rpc::Call& call,
                                                    const api::ListDeadLettersRequest& request);
  // A dead letter of a partition that is here, with the whole of its original where that is kept.
  Result<encours::state::v1alpha1::DeadLetterRow> letter_here(std::int32_t partition,
                                                              const std::string& tenant,
                                                              const std::string& id,
                                                              const std::string& field);
  Result<std::vector<std::string>> chosen_ids(rpc::Call& call,
                                              const api::ReplayDeadLettersRequest& request);
  Result<api::ReplayDeadLettersResponse> replay_one(
      rpc::Call& call, const api::ReplayDeadLettersRequest& request);

  ServiceParts& parts_;
  Tenants tenants_;
};

}  // namespace encours::ingestion
