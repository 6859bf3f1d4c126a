#include "common/rpc/observe.h"

#include <nlohmann/json.hpp>

#include "common/base/hash.h"
#include "common/rpc/status.h"

namespace encours::rpc {
namespace {

const prometheus::Histogram::BucketBoundaries kBucketsSeconds = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

}  // namespace

std::string json_line(const CallLine& line) {
  nlohmann::ordered_json object;
  object["event"] = "rpc";
  object["method"] = line.method;
  object["code"] = status_code_name(line.code);
  if (!line.error_code.empty()) object["error_code"] = line.error_code;
  if (!line.tenant.empty()) object["tenant"] = line.tenant;
  if (!line.caller_digest.empty()) object["caller"] = line.caller_digest;
  object["duration_ms"] = line.duration_ms;
  object["trace_id"] = line.trace_id;
  if (line.forwarded) object["forwarded"] = true;
  if (!line.inside.empty()) object["inside"] = line.inside;
  return object.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

std::string digest_of_subject(const std::string& subject) {
  return sha256_hex(subject).substr(0, 12);
}

CallMetrics::CallMetrics(prometheus::Registry& registry)
    : seconds_(prometheus::BuildHistogram()
                   .Name("encours_rpc_duration_seconds")
                   .Help("Time from the arrival of a call to its status, by method and code.")
                   .Register(registry)),
      running_(prometheus::BuildGauge()
                   .Name("encours_rpc_running_calls")
                   .Help("Calls that are being handled, streams included.")
                   .Register(registry)
                   .Add({})),
      streams_(prometheus::BuildGauge()
                   .Name("encours_rpc_open_streams")
                   .Help("Streams that are open; each holds a thread.")
                   .Register(registry)
                   .Add({})) {}

void CallMetrics::ended(const std::string& method,
                        grpc::StatusCode code,
                        std::int64_t duration_ms) {
  running_.Decrement();
  seconds_.Add({{"method", method}, {"code", status_code_name(code)}}, kBucketsSeconds)
      .Observe(static_cast<double>(duration_ms) / 1000.0);
}

}  // namespace encours::rpc
