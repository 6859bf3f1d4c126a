#include <algorithm>

#include "common/base/hash.h"
#include "common/stream/effects.h"
#include "services/ingestion/domain/decode/decode_input.h"
#include "services/ingestion/doors/clock_writer.h"
#include "services/ingestion/rpc/ingestion_service.h"

namespace encours::ingestion {
namespace {

using encours::erp::v1alpha1::ErpEvent;

constexpr int kMaxBatch = 1000;

InboxRecord inbox_record(rpc::Call& call, const DoorTenant& tenant, const ErpEvent& event,
                         Instant now) {
  InboxRecord out;
  out.set_door(api::DOOR_GRPC);
  out.set_content_type(kProtobufType);
  out.set_original(stream::Effects::serialise(event));
  out.set_proved_tenant(tenant.name);
  auto* envelope = out.mutable_envelope();
  envelope->set_tenant(tenant.name);
  // The content is part of the id: a second event with the same id is a record of its own, and
  // the identity stage says what it is.
  envelope->set_id(stable_id(
      {tenant.name, "grpc", event.source(), event.id(), sha256_hex(out.original())}));
  envelope->set_actor(call.caller().actor());
  envelope->set_settings_version(tenant.settings_version());
  stream::set_timestamp(now, envelope->mutable_occurred_at());
  return out;
}

// A wall tick from now on stands behind what is durable now. A tenant in events mode has no such
// tick until somebody moves its clock.
template <class Response>
void set_position_of_now(const DoorTenant& tenant, Clock& clock, Response* response) {
  if (tenant.in_events_mode()) return;
  response->mutable_position()->set_clock(tenant.clock);
  stream::set_timestamp(clock.now(), response->mutable_position()->mutable_instant());
}

}  // namespace

Result<api::EventResult> IngestionHandlers::take_event(rpc::Call& call, const DoorTenant& tenant,
                                                       InboxLog& inbox, const ErpEvent& event,
                                                       std::int64_t index) {
  const InboxRecord record = inbox_record(call, tenant, event, parts_.clock.now());
  const stream::Settings settings(*tenant.settings, tenant.settings_version());
  const DecodedInput decoded = decode_input(record, settings);
  api::EventResult result;
  result.set_index(index);
  result.set_source(event.source());
  result.set_id(event.id());
  if (decoded.errors.empty()) {
    result.mutable_accepted()->set_record_id(record.envelope().id());
  } else {
    const Error& why = decoded.errors.front();
    result.mutable_refused()->set_code(why.code);
    result.mutable_refused()->set_field(why.field);
    result.mutable_refused()->set_message(why.message);
  }
  ENCOURS_TRY(inbox.append(record));
  return result;
}

grpc::Status IngestionHandlers::PublishEvents(grpc::ServerContext* context,
                                              const api::PublishEventsRequest* request,
                                              api::PublishEventsResponse* response) {
  return parts_.guard.unary(*context, *request, response,
                            [&](rpc::Call& call) -> Result<api::PublishEventsResponse> {
    if (request->events_size() == 0) {
      return refused("missing_field", "events", "Send at least one event.");
    }
    if (request->events_size() > kMaxBatch) {
      return refused("too_many_events", "events", "Send at most 1,000 events in one call.");
    }
    ENCOURS_ASSIGN(const DoorTenant tenant, tenants_.find_or_open(call));
    InboxLog inbox(parts_.appender, parts_.topology.partitions);
    api::PublishEventsResponse out;
    for (int i = 0; i < request->events_size(); ++i) {
      ENCOURS_ASSIGN(*out.add_results(), take_event(call, tenant, inbox, request->events(i), i));
    }
    ENCOURS_TRY(inbox.settle());
    ENCOURS_TRY(audit(call, "publish", "encours.inbox", request->request_id(),
                      sha256_hex(stream::Effects::serialise(*request)), request->events_size()));
    const bool any = std::any_of(out.results().begin(), out.results().end(),
                                 [](const auto& result) { return result.has_accepted(); });
    if (any) set_position_of_now(tenant, parts_.clock, &out);
    return out;
  });
}

grpc::Status IngestionHandlers::StreamEvents(grpc::ServerContext* context, EventStream* stream) {
  return parts_.guard.client_stream<api::StreamEventsRequest>(
      *context, stream, [](const api::StreamEventsRequest& first) { return first.tenant(); },
      [&](rpc::Call& call, const api::StreamEventsRequest& first) -> Status {
        ENCOURS_ASSIGN(const DoorTenant tenant, tenants_.find_or_open(call));
        std::int64_t taken = 0;
        const Status ended = take_stream(call, tenant, first, stream, &taken);
        // A stream that broke off has written too.
        if (taken > 0) {
          ENCOURS_TRY(audit(call, "publish", "encours.inbox", first.request_id(), "", taken));
        }
        return ended;
      });
}

Status IngestionHandlers::take_stream(rpc::Call& call, const DoorTenant& tenant,
                                      const api::StreamEventsRequest& first, EventStream* stream,
                                      std::int64_t* taken) {
  InboxLog inbox(parts_.appender, parts_.topology.partitions);
  api::StreamEventsRequest next = first;
  do {
    if (const auto stop = call.stop()) return *stop;
    api::StreamEventsResponse response;
    ENCOURS_ASSIGN(*response.mutable_result(),
                   take_event(call, tenant, inbox, next.event(), *taken));
    ++*taken;
    // A result goes out only once its record is durable.
    ENCOURS_TRY(inbox.settle());
    if (response.result().has_accepted()) set_position_of_now(tenant, parts_.clock, &response);
    if (!stream->Write(response)) return error(Reaction::kRetry, "caller_gone", "");
  } while (stream->Read(&next));
  return {};
}

}  // namespace encours::ingestion
