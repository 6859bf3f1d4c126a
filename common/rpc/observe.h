// What is told of each call: one histogram by method and code, one line for the access log.
//
// Method and code are the only labels: neither is a user's text. The line names the caller by a
// digest of the token's subject, never by name, mail or address, so that calls of one person can be
// told apart without saying who it is. CallMetrics is made once per guard and safe from any thread;
// Metrics outlives it.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <string>

#include "common/observe/metrics.h"

namespace encours::rpc {

struct CallLine {
  std::string method;
  grpc::StatusCode code = grpc::StatusCode::OK;
  // Error::code; empty on success.
  std::string error_code;
  // Empty until the tenant's name is checked.
  std::string tenant;
  // First 12 hex characters of SHA-256(subject); empty before the token is checked.
  std::string caller_digest;
  std::string trace_id;
  std::int64_t duration_ms = 0;
  bool forwarded = false;
  // What went wrong inside, for failures that are ours; the client doesn't get it.
  std::string inside;
};

// Writes the line as the event "rpc" of the process's log: a warning where we failed, else info.
void write_line(const CallLine& line);

std::string digest_of_subject(const std::string& subject);

class CallMetrics {
 public:
  explicit CallMetrics(Metrics& metrics);

  void started() { running_.add(1); }
  void ended(const std::string& method, grpc::StatusCode code, std::int64_t duration_ms);
  void stream_opened() { streams_.add(1); }
  void stream_closed() { streams_.add(-1); }

 private:
  Family<Histogram> seconds_;
  Gauge running_;
  Gauge streams_;
};

}  // namespace encours::rpc
