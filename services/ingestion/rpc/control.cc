#include <set>

#include "common/base/hash.h"
#include "common/stream/effects.h"
#include "services/ingestion/domain/decode/mapping.h"
#include "services/ingestion/doors/clock_writer.h"
#include "services/ingestion/doors/control.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion {
namespace {

using encours::stream::v1alpha1::AuditEntry;
using stream::TenantSetting;

bool may_set_all(const rpc::Caller& caller) {
  return caller.roles.contains(rpc::Role::ROLE_ADMIN) ||
         caller.roles.contains(rpc::Role::ROLE_CREDIT_MANAGER);
}

}  // namespace

IngestionHandlers::IngestionHandlers(ServiceParts& parts, std::string clock_mode_of_new_tenants)
    : parts_(parts), tenants_(parts, std::move(clock_mode_of_new_tenants)) {}

grpc::Status IngestionHandlers::OpenTenant(grpc::ServerContext* context,
                                           const api::OpenTenantRequest* request,
                                           api::OpenTenantResponse* response) {
  return parts_.guard.unary(*context, *request, response, [&](rpc::Call& call) {
    return control<api::OpenTenantRequest, api::OpenTenantResponse>(parts_, call, *request);
  });
}

grpc::Status IngestionHandlers::GoLive(grpc::ServerContext* context,
                                       const api::GoLiveRequest* request,
                                       api::GoLiveResponse* response) {
  return parts_.guard.unary(*context, *request, response, [&](rpc::Call& call) {
    return control<api::GoLiveRequest, api::GoLiveResponse>(parts_, call, *request);
  });
}

grpc::Status IngestionHandlers::PublishSetting(grpc::ServerContext* context,
                                               const api::PublishSettingRequest* request,
                                               api::PublishSettingResponse* response) {
  rpc::CallOptions options;
  options.empty_tenant = rpc::EmptyTenant::kInstallation;
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) -> Result<api::PublishSettingResponse> {
    if (request->kind() != kMappingKind && !may_set_all(call.caller())) {
      return error(Reaction::kRefused, "permission_denied",
                   "An ERP may publish mappings only; settings are for those who manage credit.");
    }
    return control<api::PublishSettingRequest, api::PublishSettingResponse>(parts_, call, *request);
  }, options);
}

grpc::Status IngestionHandlers::ListTenants(grpc::ServerContext* context,
                                            const api::ListTenantsRequest* request,
                                            api::ListTenantsResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) -> Result<api::ListTenantsResponse> {
    const auto table = parts_.settings.current();
    const stream::Settings settings(*table, table->last_sequence());
    api::ListTenantsResponse out;
    for (const auto& name : settings.tenants()) {
      if (name <= request->page_token() || !call.caller().may_see(name)) continue;
      if (request->page_size() > 0 && out.tenants_size() == request->page_size()) {
        out.set_next_page_token(out.tenants(out.tenants_size() - 1).tenant());
        break;
      }
      auto* tenant = out.add_tenants();
      tenant->set_tenant(name);
      const TenantSetting* setting = settings.tenant(name);
      *tenant->mutable_setting() = *setting;
      const bool events = setting->clock_mode() == TenantSetting::CLOCK_MODE_EVENTS;
      const Instant last = last_tick_of(
          parts_.board, events ? stream::kTenantClockPrefix + name : stream::kWallClock);
      if (last > Instant::min()) stream::set_timestamp(last, tenant->mutable_last_tick());
    }
    return out;
  });
}

grpc::Status IngestionHandlers::ListSettings(grpc::ServerContext* context,
                                             const api::ListSettingsRequest* request,
                                             api::ListSettingsResponse* response) {
  rpc::CallOptions options;
  options.empty_tenant = rpc::EmptyTenant::kInstallation;
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) -> Result<api::ListSettingsResponse> {
    const auto table = parts_.settings.current();
    std::vector<std::string> kinds = {request->kind()};
    if (request->kind().empty()) kinds = {"tenant", "mapping"};
    api::ListSettingsResponse out;
    for (const auto& kind : kinds) {
      for (const auto& name : table->names(call.tenant(), kind, table->last_sequence())) {
        if (!request->name().empty() && name != request->name()) continue;
        const auto* version = table->find(call.tenant(), kind, name, table->last_sequence());
        auto* one = out.add_settings();
        one->set_tenant(call.tenant());
        one->set_kind(kind);
        one->set_name(name);
        one->set_sequence(version->sequence);
        one->set_current(true);
        if (version->value) one->set_type(version->value->GetTypeName());
        if (request->with_bodies() && version->value) {
          one->set_body(stream::Effects::serialise(*version->value));
        }
      }
    }
    return out;
  }, options);
}

// Every write through a door is in the audit topic; commands are written there by the runtime.
Status IngestionHandlers::audit(rpc::Call& call, const std::string& action,
                                const std::string& target, const std::string& request_id,
                                const std::string& digest, std::int64_t records) {
  AuditEntry entry;
  auto* envelope = entry.mutable_envelope();
  envelope->set_tenant(call.tenant());
  envelope->set_id(stable_id({call.tenant(), "audit", action, target, request_id}));
  envelope->set_actor(call.caller().actor());
  stream::set_timestamp(parts_.clock.now(), envelope->mutable_recorded_at());
  entry.set_action(action);
  entry.set_target(target);
  entry.set_request_id(request_id);
  entry.set_content_sha256(digest);
  entry.set_record_count(records);
  stream::Outgoing out;
  out.topic = stream::kAuditTopic;
  out.key = stream::make_key(call.tenant(), request_id);
  out.partition = partition_of(out.key, parts_.topology.partitions);
  out.value = stream::Effects::serialise(entry);
  const auto appended = parts_.appender.append_and_wait(std::move(out));
  if (!appended) return appended.failure();
  return {};
}

}  // namespace encours::ingestion
