// Guard: the one way by which a call reaches its handler. What is not asked of it isn't answered.
//
// A handler is one line, `return guard.unary(*context, *request, response, body);`. Before `body`
// runs, the guard has found the rule by the request's type, checked the token, the role, the tenant
// that the request names, the request_id of a write, and set the deadline; after it, it turns the
// Result into a status, counts and logs. A body that throws is an INTERNAL error of ours. Made once
// by main, before the server; safe from any thread; outlives all handlers. drain() tells open
// streams to end.
#pragma once

#include <absl/functional/function_ref.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/observe/metrics.h"
#include "common/observe/trace.h"
#include "common/rpc/access.h"
#include "common/rpc/deadline.h"
#include "common/rpc/identity.h"
#include "common/rpc/observe.h"

namespace encours::rpc {

// Said by an instance that passes a call on; such a call is never passed on again.
inline constexpr const char* kForwardedKey = "encours-forwarded";
// The partitions that the other instance is asked for, "0,3,5", and those that it could not answer.
inline constexpr const char* kPartitionsKey = "encours-partitions";
inline constexpr const char* kMissingPartitionsKey = "encours-missing-partitions";
inline constexpr const char* kAuthorizationKey = "authorization";
inline constexpr const char* kTraceparentKey = "traceparent";

struct GuardConfig {
  // The longest that a query or a write may take, whatever the client asks.
  std::int64_t max_query_ms = 5'000;
  std::int64_t max_write_ms = 30'000;
  // A stream holds a thread: so many are open at most, over all and for one caller.
  int max_streams = 256;
  int max_streams_per_caller = 32;
};

struct CallOptions {
  EmptyTenant empty_tenant = EmptyTenant::kRefused;
  // 0: that of the config, and none for streams.
  std::int64_t max_ms = 0;
};

class Guard;

// One call that has been let in; lives as long as its handler.
class Call {
 public:
  const MethodRule& rule() const { return *rule_; }
  // The method that takes requests of this type: what a handler asks of other instances need not be
  // what it was asked itself. Null where this server has none.
  const MethodRule* rule_for(const google::protobuf::Descriptor* request) const;
  const Caller& caller() const { return caller_; }
  // Checked against the caller; empty where the request names none.
  const std::string& tenant() const { return tenant_; }
  const TraceContext& trace() const { return trace_; }
  // True when another instance passed it on: answer it here or not at all.
  bool forwarded() const { return forwarded_; }
  // The partitions that instance asks for; empty: all that are here.
  const std::vector<std::int32_t>& asked_partitions() const { return asked_partitions_; }
  // As the metadata "authorization" had it.
  const std::string& authorization() const { return authorization_; }
  grpc::ServerContext& context() const { return *context_; }

  // On the guard's Clock; kNoDeadline for a stream without one.
  std::int64_t deadline_ms() const { return deadline_ms_; }
  std::int64_t left_ms() const;
  // Why the handler should end now: the client is gone, the time is over, the token has expired,
  // or the server is going down. Streams ask between two messages.
  std::optional<Error> stop() const;

 private:
  friend class Guard;
  Call(const Guard& guard, grpc::ServerContext& context);

  const Guard* guard_;
  grpc::ServerContext* context_;
  const MethodRule* rule_ = nullptr;
  Caller caller_;
  std::string tenant_;
  TraceContext trace_;
  bool forwarded_ = false;
  std::vector<std::int32_t> asked_partitions_;
  std::string authorization_;
  std::int64_t deadline_ms_ = kNoDeadline;
};

class Guard {
 public:
  using Log = std::function<void(const CallLine&)>;

  // `log` gets a line per call; the others outlive the guard.
  Guard(AccessTable access,
        TokenVerifier& verifier,
        Clock& clock,
        Metrics& metrics,
        GuardConfig config = {},
        Log log = write_line);

  // `body(Call&) -> Result<Response>`.
  template <class Request, class Response, class Body>
  grpc::Status unary(grpc::ServerContext& context,
                     const Request& request,
                     Response* response,
                     Body body,
                     CallOptions options = {}) {
    return run(context, Request::descriptor(), options, [&](Call& call) -> Status {
      ENCOURS_TRY(admit(head_of(request), options, &call));
      ENCOURS_ASSIGN(*response, body(call));
      return {};
    });
  }

  // One request, many answers, which `body(Call&) -> Status` writes.
  template <class Request, class Body>
  grpc::Status server_stream(grpc::ServerContext& context,
                             const Request& request,
                             Body body,
                             CallOptions options = {}) {
    return run(context, Request::descriptor(), options, [&](Call& call) -> Status {
      ENCOURS_TRY(admit(head_of(request), options, &call));
      return body(call);
    });
  }

  // Many requests; the first one names the tenant: `tenant_of(const Request&) -> std::string`. The
  // role is checked before anything is read. `body(Call&, const Request& first) -> Status`.
  template <class Request, class Reader, class TenantOf, class Body>
  grpc::Status client_stream(grpc::ServerContext& context,
                             Reader* reader,
                             TenantOf tenant_of,
                             Body body,
                             CallOptions options = {}) {
    return run(context, Request::descriptor(), options, [&](Call& call) -> Status {
      Request first;
      if (!reader->Read(&first)) {
        return refused("empty_stream", "", "The stream ended before its first message.");
      }
      ENCOURS_TRY(admit(RequestHead{tenant_of(first), std::nullopt}, options, &call));
      return body(call, first);
    });
  }

  // For handlers that gRPC calls back and that no thread waits in: who calls, if they may call the
  // method with this request type for this tenant. All that follows is then the handler's own.
  Result<Caller> authorize(const grpc::ServerContextBase& context,
                           const google::protobuf::Descriptor* request,
                           const std::optional<std::string>& tenant,
                           EmptyTenant empty = EmptyTenant::kRefused);

  // From now on open streams are asked to end; unary calls in flight are finished.
  void drain() { draining_ = true; }
  bool draining() const { return draining_; }

  Clock& clock() const { return clock_; }
  const AccessTable& access() const { return access_; }
  // For doors of their own, so that a process reads the keys in one place.
  TokenVerifier& verifier() const { return verifier_; }

 private:
  friend class Call;

  struct RequestHead {
    std::optional<std::string> tenant;
    std::optional<std::string> request_id;
  };
  template <class Request>
  static RequestHead head_of(const Request& request) {
    RequestHead head;
    if constexpr (requires {
                    { request.tenant() } -> std::convertible_to<std::string>;
                  }) {
      head.tenant = request.tenant();
    }
    if constexpr (requires {
                    { request.request_id() } -> std::convertible_to<std::string>;
                  }) {
      head.request_id = request.request_id();
    }
    return head;
  }

  using Handler = absl::FunctionRef<Status(Call&)>;

  grpc::Status run(grpc::ServerContext& context,
                   const google::protobuf::Descriptor* request,
                   const CallOptions& options,
                   Handler handler);
  Result<Caller> authenticate(const grpc::ServerContextBase& context);
  Status handle(Handler handler, Call* call);
  Status in_stream_slot(Handler handler, Call* call);
  Status admit(const RequestHead& head, const CallOptions& options, Call* call) const;
  void report(const Call& call, const Status& result, std::int64_t started_ms);
  void set_deadline(const CallOptions& options, std::int64_t started_ms, Call* call) const;

  AccessTable access_;
  TokenVerifier& verifier_;
  Clock& clock_;
  CallMetrics metrics_;
  GuardConfig config_;
  Log log_;
  std::atomic<bool> draining_{false};
  std::mutex streams_mutex_;
  int streams_ = 0;
  std::map<std::string, int> streams_of_;  // By subject.
};

// "0,3,5"; nullopt for anything that is no such list of at most 4,096 partitions.
std::optional<std::vector<std::int32_t>> parse_partitions(std::string_view text);
std::string format_partitions(const std::vector<std::int32_t>& partitions);

}  // namespace encours::rpc
