#include "services/dunning/rpc/dunning_service.h"

#include "common/base/hash.h"
#include "common/query/ask_all.h"
#include "common/rpc/status.h"
#include "common/settings/policies.h"

#include "services/dunning/domain/decide.h"
#include "services/dunning/domain/tables.h"
#include "services/dunning/query/action_list.h"
#include "services/dunning/query/first_day.h"

namespace encours::dunning {
namespace {

constexpr const char* kMinPositionClock = "min_position.clock";

}  // namespace

query::ViewSources DunningSources::view() const {
  return {board, settings, clock, partition_count, kDunningStage};
}

grpc::Status DunningHandlers::ListActions(grpc::ServerContext* context,
                                          const v1alpha1::ListActionsRequest* request,
                                          v1alpha1::ListActionsResponse* response) {
  return sources_.guard.unary(
      *context, *request, response, [&](rpc::Call& call) -> Result<v1alpha1::ListActionsResponse> {
        ENCOURS_TRY(
            query::check_position(request->tenant(), request->min_position(), kMinPositionClock));
        return query::ask_all<ActionList>(call, sources_.router, sources_.view(), *request);
      });
}

grpc::Status DunningHandlers::PreviewFirstDay(grpc::ServerContext* context,
                                              const v1alpha1::PreviewFirstDayRequest* request,
                                              v1alpha1::PreviewFirstDayResponse* response) {
  return sources_.guard.unary(
      *context, *request, response,
      [&](rpc::Call& call) -> Result<v1alpha1::PreviewFirstDayResponse> {
        ENCOURS_TRY(
            query::check_position(request->tenant(), request->min_position(), kMinPositionClock));
        return query::ask_all<FirstDay>(call, sources_.router, sources_.view(), *request);
      });
}

grpc::Status DunningHandlers::GetAction(grpc::ServerContext* context,
                                        const v1alpha1::GetActionRequest* request,
                                        v1alpha1::GetActionResponse* response) {
  return sources_.guard.unary(
      *context, *request, response, [&](rpc::Call& call) -> Result<v1alpha1::GetActionResponse> {
        if (request->account().empty()) {
          return refused("missing_field", "account", "Name the account of the action.");
        }
        const std::int32_t partition =
            partition_of(stream::make_key(request->tenant(), request->account()),
                         sources_.partition_count);
        return sources_.router.on_owner<v1alpha1::GetActionResponse>(
            call, partition, *request, [&] { return action_here(partition, *request); });
      });
}

Result<v1alpha1::GetActionResponse> DunningHandlers::action_here(
    std::int32_t partition, const v1alpha1::GetActionRequest& request) {
  const auto snapshot = sources_.board.snapshot(partition);
  if (!snapshot) return rpc::partition_moved();
  const stream::View view(*snapshot, scope_of(request.tenant(), request.account()));
  const auto row = view.get(kActionTable, KeyWriter().text(request.action()));
  ENCOURS_TRY(snapshot->status());
  if (!row) return refused("action_not_found", "action", "There is no such action.");
  v1alpha1::GetActionResponse response;
  *response.mutable_action() = row->action();
  if (!row->action().message_sha256().empty()) {
    ENCOURS_ASSIGN(auto document, sources_.documents.get(row->action().message_sha256()));
    response.set_message(std::move(document.bytes));
  }
  return response;
}

grpc::Status DunningHandlers::GetSending(grpc::ServerContext* context,
                                         const v1alpha1::GetSendingRequest* request,
                                         v1alpha1::GetSendingResponse* response) {
  return sources_.guard.unary(*context, *request, response,
                              [&](rpc::Call&) { return sending(*request); });
}

// Settings are the same on every partition, so any instance knows.
Result<v1alpha1::GetSendingResponse> DunningHandlers::sending(
    const v1alpha1::GetSendingRequest& request) {
  v1alpha1::GetSendingResponse response;
  const auto table = sources_.settings.current();
  const stream::Settings settings(*table, table->last_sequence());
  for (const auto& [name, channel] :
       {std::pair("all", v1alpha1::STEP_CHANNEL_UNSPECIFIED),
        std::pair("email", v1alpha1::STEP_CHANNEL_EMAIL)}) {
    auto& state = *response.add_states();
    state.set_channel(channel);
    const auto* version =
        table->find(request.tenant(), settings::kSendingKind, name, table->last_sequence());
    if (version == nullptr) continue;
    state.set_changed_by(version->actor);
    *state.mutable_changed_at() = version->recorded_at;
    const auto* one = settings.find<v1alpha1::SendingSwitch>(request.tenant(),
                                                             settings::kSendingKind, name);
    if (one == nullptr) continue;
    state.set_suspended(one->suspended());
    state.set_reason(one->reason());
  }
  response.mutable_coverage()->set_partition_count(sources_.partition_count);
  return response;
}

}  // namespace encours::dunning
