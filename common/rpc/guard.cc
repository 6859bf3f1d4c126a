#include "common/rpc/guard.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <typeinfo>

#include "common/rpc/status.h"

namespace encours::rpc {
namespace {

constexpr std::size_t kMaxAskedPartitions = 4096;
constexpr std::size_t kMaxRequestIdBytes = 128;

// The one value of a metadata key; nullopt where it stands there more than once.
std::optional<std::string> single_value(const grpc::ServerContextBase& context, const char* key) {
  const auto range = context.client_metadata().equal_range(key);
  if (range.first == range.second) return std::string();
  if (std::next(range.first) != range.second) return std::nullopt;
  return std::string(range.first->second.data(), range.first->second.size());
}

// A span of the caller's trace; of a new one where the header is missing or no good.
TraceContext trace_of(const grpc::ServerContext& context) {
  const auto given = TraceContext::parse(single_value(context, kTraceparentKey).value_or(""));
  return given ? given->child() : TraceContext::start();
}

Status check_request_id(const std::string& request_id) {
  if (request_id.empty()) {
    return refused("request_id_missing",
                   "request_id",
                   "A write needs an id of your choice, the same when you repeat it.");
  }
  const bool plain =
      std::all_of(request_id.begin(), request_id.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!plain || request_id.size() > kMaxRequestIdBytes) {
    return refused("invalid_request_id",
                   "request_id",
                   "A request_id is at most 128 printable ASCII characters without blanks.");
  }
  return {};
}

// Failures that are ours, or of what we stand on: the client sees no message of them, the log does.
bool is_inside(const Error& error) {
  return error.reaction != Reaction::kRefused && error.reaction != Reaction::kPoison;
}

}  // namespace

std::optional<std::vector<std::int32_t>> parse_partitions(std::string_view text) {
  std::vector<std::int32_t> partitions;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::int32_t partition = 0;
    const auto [behind, failure] = std::from_chars(at, end, partition);
    if (failure != std::errc() || partition < 0) return std::nullopt;
    partitions.push_back(partition);
    if (partitions.size() > kMaxAskedPartitions) return std::nullopt;
    at = behind;
    if (at == end) break;
    if (*at != ',' || at + 1 == end) return std::nullopt;
    ++at;
  }
  return partitions;
}

std::string format_partitions(const std::vector<std::int32_t>& partitions) {
  std::string text;
  for (const std::int32_t partition : partitions) {
    if (!text.empty()) text.push_back(',');
    text += std::to_string(partition);
  }
  return text;
}

Call::Call(const Guard& guard, grpc::ServerContext& context) : guard_(&guard), context_(&context) {}

const MethodRule* Call::rule_for(const google::protobuf::Descriptor* request) const {
  return guard_->access_.find(request);
}

std::int64_t Call::left_ms() const {
  if (deadline_ms_ == kNoDeadline) return kNoDeadline;
  return std::max<std::int64_t>(0, deadline_ms_ - guard_->clock_.monotonic_ms());
}

std::optional<Error> Call::stop() const {
  if (context_->IsCancelled()) {
    return error(Reaction::kRetry, "cancelled", "The caller has gone.");
  }
  if (left_ms() == 0) return deadline_exceeded("The time given for this call is over.");
  if (rule_->streams() && guard_->clock_.now() >= caller_.expires_at + guard_->verifier_.skew()) {
    return refused("token_expired", "", "The token has expired. Sign in again.");
  }
  if (rule_->streams() && guard_->draining_) {
    return error(Reaction::kRetry, "shutting_down", "This instance is going down. Call again.");
  }
  return std::nullopt;
}

Guard::Guard(AccessTable access,
             TokenVerifier& verifier,
             Clock& clock,
             Metrics& metrics,
             GuardConfig config,
             Log log)
    : access_(std::move(access)),
      verifier_(verifier),
      clock_(clock),
      metrics_(metrics),
      config_(config),
      log_(std::move(log)) {}

grpc::Status Guard::run(grpc::ServerContext& context,
                        const google::protobuf::Descriptor* request,
                        const CallOptions& options,
                        Handler handler) {
  const std::int64_t started_ms = clock_.monotonic_ms();
  metrics_.started();
  Call call(*this, context);
  call.rule_ = access_.find(request);
  call.trace_ = trace_of(context);
  const TraceScope scope(call.trace_);
  call.forwarded_ = single_value(context, kForwardedKey) == "1";
  if (call.rule_) set_deadline(options, started_ms, &call);
  Status result;
  try {
    result = handle(handler, &call);
  } catch (const std::exception& thrown) {
    // The text of an exception may quote what a user sent, so only its type is kept.
    result = fatal("unexpected_exception", std::string("thrown: ") + typeid(thrown).name());
  }
  report(call, result, started_ms);
  if (result.ok()) return grpc::Status::OK;
  return attach(result.failure(), call.trace_.trace_id_hex(), &context);
}

Result<Caller> Guard::authenticate(const grpc::ServerContextBase& context) {
  const auto authorization = single_value(context, kAuthorizationKey);
  if (!authorization) {
    return refused("token_refused", "", "The call has more than one token.");
  }
  return verifier_.verify_header(*authorization);
}

Result<Caller> Guard::authorize(const grpc::ServerContextBase& context,
                                const google::protobuf::Descriptor* request,
                                const std::optional<std::string>& tenant,
                                EmptyTenant empty) {
  const MethodRule* rule = access_.find(request);
  ENCOURS_ASSIGN(Caller caller, authenticate(context));
  ENCOURS_TRY(check_role(rule, caller));
  ENCOURS_TRY(check_tenant(*rule, caller, tenant, empty));
  return caller;
}

Status Guard::handle(Handler handler, Call* call) {
  ENCOURS_ASSIGN(call->caller_, authenticate(*call->context_));
  ENCOURS_TRY(check_role(call->rule_, call->caller_));
  call->authorization_ = single_value(*call->context_, kAuthorizationKey).value_or("");
  if (call->forwarded_) {
    const auto asked = single_value(*call->context_, kPartitionsKey);
    const auto partitions = asked ? parse_partitions(*asked) : std::nullopt;
    if (!partitions) return refused("invalid_partitions", kPartitionsKey, "No list of numbers.");
    call->asked_partitions_ = *partitions;
  }
  if (const auto stop = call->stop()) return *stop;
  return call->rule_->streams() ? in_stream_slot(handler, call) : handler(*call);
}

Status Guard::in_stream_slot(Handler handler, Call* call) {
  const std::string& subject = call->caller_.subject;
  {
    const std::lock_guard lock(streams_mutex_);
    if (streams_ >= config_.max_streams || streams_of_[subject] >= config_.max_streams_per_caller) {
      if (streams_of_[subject] == 0) streams_of_.erase(subject);
      return error(Reaction::kRetry,
                   "too_many_streams",
                   "Too many streams are open. Close one, or call again later.");
    }
    ++streams_;
    ++streams_of_[subject];
  }
  metrics_.stream_opened();
  struct Leave {
    Guard& guard;
    const std::string& subject;
    ~Leave() {
      guard.metrics_.stream_closed();
      const std::lock_guard lock(guard.streams_mutex_);
      --guard.streams_;
      if (--guard.streams_of_[subject] == 0) guard.streams_of_.erase(subject);
    }
  } leave{*this, subject};
  return handler(*call);
}

Status Guard::admit(const RequestHead& head, const CallOptions& options, Call* call) const {
  ENCOURS_TRY(check_tenant(*call->rule_, call->caller_, head.tenant, options.empty_tenant));
  call->tenant_ = head.tenant.value_or("");
  if (call->rule_->writes && head.request_id) ENCOURS_TRY(check_request_id(*head.request_id));
  return {};
}

void Guard::set_deadline(const CallOptions& options, std::int64_t started_ms, Call* call) const {
  std::int64_t length_ms = remaining_ms(*call->context_);
  std::int64_t max_ms = options.max_ms;
  if (max_ms == 0 && !call->rule_->streams()) {
    max_ms = call->rule_->writes ? config_.max_write_ms : config_.max_query_ms;
  }
  if (max_ms > 0) length_ms = std::min(length_ms, max_ms);
  if (length_ms != kNoDeadline) call->deadline_ms_ = started_ms + length_ms;
}

void Guard::report(const Call& call, const Status& result, std::int64_t started_ms) {
  CallLine line;
  line.method = call.rule_ ? call.rule_->path : "none";
  line.duration_ms = clock_.monotonic_ms() - started_ms;
  line.trace_id = call.trace_.trace_id_hex();
  line.tenant = call.tenant_;
  line.forwarded = call.forwarded_;
  if (!call.caller_.subject.empty()) line.caller_digest = digest_of_subject(call.caller_.subject);
  if (!result.ok()) {
    line.code = status_code_of(result.failure());
    line.error_code = result.failure().code;
    if (is_inside(result.failure())) line.inside = describe(result.failure());
  }
  metrics_.ended(line.method, line.code, line.duration_ms);
  if (log_) log_(line);
}

}  // namespace encours::rpc
