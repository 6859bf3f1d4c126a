#include "services/alerting/rpc/stream_door.h"

#include <iterator>
#include <optional>

#include "common/rpc/status.h"

namespace encours::alerting {
namespace {

// The one value of a metadata key; nullopt where it stands there more than once.
std::optional<std::string> single_value(const grpc::CallbackServerContext& context,
                                        const char* key) {
  const auto range = context.client_metadata().equal_range(key);
  if (range.first == range.second) return std::string();
  if (std::next(range.first) != range.second) return std::nullopt;
  return std::string(range.first->second.data(), range.first->second.size());
}

const google::protobuf::Descriptor* request_type() {
  return v1alpha1::StreamAlertsRequest::descriptor();
}

}  // namespace

StreamDoor::StreamDoor(const rpc::Guard& guard,
                       Metrics& metrics,
                       StreamLimits limits,
                       rpc::Guard::Log log)
    : guard_(guard),
      metrics_(metrics),
      limits_(limits),
      log_(std::move(log)) {}

Status StreamDoor::open(const grpc::CallbackServerContext& context,
                        const v1alpha1::StreamAlertsRequest& request,
                        StreamCall* call) {
  call->opened_ms = guard_.clock().monotonic_ms();
  metrics_.started();
  const auto trace = TraceContext::parse(single_value(context, rpc::kTraceparentKey).value_or(""));
  call->trace = trace ? trace->child() : TraceContext::start();
  return admit(context, request, call);
}

Status StreamDoor::admit(const grpc::CallbackServerContext& context,
                         const v1alpha1::StreamAlertsRequest& request,
                         StreamCall* call) {
  const auto authorization = single_value(context, rpc::kAuthorizationKey);
  if (!authorization) {
    return refused("token_refused", "", "The call has more than one token.");
  }
  ENCOURS_ASSIGN(call->caller, guard_.verifier().verify_header(*authorization));
  call->authorization = *authorization;
  call->expires_at = call->caller.expires_at + guard_.verifier().skew();
  const rpc::MethodRule* rule = guard_.access().find(request_type());
  ENCOURS_TRY(rpc::check_role(rule, call->caller));
  call->forwarded = single_value(context, rpc::kForwardedKey) == "1";
  if (call->forwarded) {
    const auto asked = single_value(context, rpc::kPartitionsKey);
    const auto partitions = asked ? rpc::parse_partitions(*asked) : std::nullopt;
    if (!partitions)
      return refused("invalid_partitions", rpc::kPartitionsKey, "No list of numbers.");
    call->asked_partitions = *partitions;
  }
  ENCOURS_TRY(rpc::check_tenant(*rule, call->caller, request.tenant(), rpc::EmptyTenant::kRefused));
  call->tenant = request.tenant();
  if (guard_.draining()) {
    return error(Reaction::kRetry, "shutting_down", "This instance is going down. Call again.");
  }
  return take_slot(call);
}

Status StreamDoor::take_slot(StreamCall* call) {
  const std::lock_guard lock(mutex_);
  const auto found = streams_of_.find(call->caller.subject);
  OfCaller of_caller = found == streams_of_.end() ? OfCaller() : found->second;
  const int open = call->forwarded ? of_caller.forwarded++ : of_caller.own++;
  const int limit =
      call->forwarded ? limits_.max_forwarded_per_caller : limits_.max_streams_per_caller;
  if (streams_ >= limits_.max_streams || open >= limit) {
    return error(Reaction::kRetry,
                 "too_many_streams",
                 "Too many streams are open. Close one, or call again later.");
  }
  ++streams_;
  streams_of_[call->caller.subject] = of_caller;
  call->let_in = true;
  metrics_.stream_opened();
  return {};
}

void StreamDoor::closed(const StreamCall& call, const Status& ended) {
  if (call.let_in) {
    metrics_.stream_closed();
    const std::lock_guard lock(mutex_);
    --streams_;
    OfCaller& of_caller = streams_of_.at(call.caller.subject);
    --(call.forwarded ? of_caller.forwarded : of_caller.own);
    if (of_caller.own + of_caller.forwarded == 0) streams_of_.erase(call.caller.subject);
  }
  rpc::CallLine line;
  const rpc::MethodRule* rule = guard_.access().find(request_type());
  line.method = rule ? rule->path : "none";
  line.duration_ms = guard_.clock().monotonic_ms() - call.opened_ms;
  line.trace_id = call.trace.trace_id_hex();
  line.tenant = call.tenant;
  line.forwarded = call.forwarded;
  if (!call.caller.subject.empty())
    line.caller_digest = rpc::digest_of_subject(call.caller.subject);
  if (!ended.ok()) {
    line.code = rpc::status_code_of(ended.failure());
    line.error_code = ended.failure().code;
  }
  metrics_.ended(line.method, line.code, line.duration_ms);
  if (log_) log_(line);
}

grpc::Status status_for(const Status& ended,
                        const StreamCall& call,
                        grpc::CallbackServerContext* context) {
  if (ended.ok()) return grpc::Status::OK;
  // Codes and fields of ours are plain words, as metadata must be.
  context->AddTrailingMetadata(rpc::kErrorCodeKey, ended.failure().code);
  if (!ended.failure().field.empty()) {
    context->AddTrailingMetadata(rpc::kErrorFieldKey, ended.failure().field);
  }
  context->AddTrailingMetadata(rpc::kTraceIdKey, call.trace.trace_id_hex());
  return rpc::to_grpc(ended.failure(), call.trace.trace_id_hex());
}

}  // namespace encours::alerting
