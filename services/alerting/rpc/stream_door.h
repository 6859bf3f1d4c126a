// StreamDoor: what rpc::Guard is to other calls, for streams that are served by callbacks.
//
// The guard's streams hold a thread each; these must not, so they have a door of their own. It asks
// the same questions with the same parts of common/rpc: token, role by the rule in the proto,
// tenant, partitions of a forwarded call, whether the server is going down, and how many streams
// are open: over all, and for one caller, whose own streams and those that other instances open for
// it are counted apart, so that neither takes the place of the other. It counts and logs each
// stream when it ends. Made by main before the server; safe from any thread.
#pragma once

#include <grpcpp/server_context.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/rpc/guard.h"
#include "encours/alerting/v1alpha1/alerting.pb.h"
#include "services/alerting/stream_limits.h"

namespace encours::alerting {

// One stream that was let in.
struct StreamCall {
  rpc::Caller caller;
  std::string tenant;
  // Another instance passed it on, for these partitions (none: for all that are here).
  bool forwarded = false;
  std::vector<std::int32_t> asked_partitions;
  // As the metadata "authorization" had it.
  std::string authorization;
  // When its token no longer counts.
  Instant expires_at;
  TraceContext trace;
  std::int64_t opened_ms = 0;
  // It holds one of the slots.
  bool let_in = false;
};

class StreamDoor {
 public:
  // All outlive the door.
  StreamDoor(const rpc::Guard& guard,
             Metrics& metrics,
             StreamLimits limits,
             rpc::Guard::Log log = rpc::write_line);

  // Fills `call`; where the answer is no, as far as it is known. closed() follows in both cases.
  Status open(const grpc::CallbackServerContext& context,
              const v1alpha1::StreamAlertsRequest& request,
              StreamCall* call);
  void closed(const StreamCall& call, const Status& ended);

  bool draining() const { return guard_.draining(); }

 private:
  Status admit(const grpc::CallbackServerContext& context,
               const v1alpha1::StreamAlertsRequest& request,
               StreamCall* call);
  Status take_slot(StreamCall* call);

  struct OfCaller {
    int own = 0;
    int forwarded = 0;
  };

  const rpc::Guard& guard_;
  rpc::CallMetrics metrics_;
  StreamLimits limits_;
  rpc::Guard::Log log_;
  std::mutex mutex_;
  int streams_ = 0;
  std::map<std::string, OfCaller> streams_of_;  // By subject.
};

// Ends the call with what the client may see of an error.
grpc::Status status_for(const Status& ended,
                        const StreamCall& call,
                        grpc::CallbackServerContext* context);

}  // namespace encours::alerting
