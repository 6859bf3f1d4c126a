#include <set>

#include "common/base/hash.h"
#include "common/query/page_token.h"
#include "common/query/paged_list.h"
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

Result<api::ListSettingsResponse> list_settings(const stream::SettingsTable& table,
                                                const std::string& tenant,
                                                const api::ListSettingsRequest& request) {
  ENCOURS_ASSIGN(const std::size_t size,
                 query::page_size_of(request.page_size(), query::kUsualListSize,
                                     query::kLargestListSize));
  const std::string digest = query::digest_of({"settings", tenant, request.kind(), request.name(),
                                               request.history() ? "history" : "in force"});
  ENCOURS_ASSIGN(query::PageToken token, query::decode_page_token(request.page_token(), digest));
  const std::string after = token.after;
  api::ListSettingsResponse out;
  table.each(tenant, [&](const std::string& kind, const std::string& name,
                         const stream::SettingsTable::Version& version) {
    if (!request.kind().empty() && kind != request.kind()) return;
    if (!request.name().empty() && name != request.name()) return;
    const bool last = table.find(tenant, kind, name, table.last_sequence()) == &version;
    const bool in_force = last && !version.removed;
    if (!in_force && !request.history()) return;
    const std::string key = KeyWriter().text(kind).text(name).number(version.sequence).take();
    if (key <= after) return;
    if (static_cast<std::size_t>(out.settings_size()) == size) {
      if (out.next_page_token().empty()) out.set_next_page_token(token.encode());
      return;
    }
    token.after = key;
    auto* one = out.add_settings();
    one->set_tenant(tenant);
    one->set_kind(kind);
    one->set_name(name);
    one->set_sequence(version.sequence);
    one->set_type(version.type);
    one->set_removed(version.removed);
    *one->mutable_recorded_at() = version.recorded_at;
    one->set_actor(version.actor);
    one->set_current(in_force);
    if (request.with_bodies() && version.value) {
      one->set_body(stream::Effects::serialise(*version.value));
    }
  });
  return out;
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
    return list_settings(*table, call.tenant(), *request);
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
