#include "common/rpc/observe.h"

#include "common/base/hash.h"
#include "common/observe/log.h"
#include "common/rpc/status.h"

namespace encours::rpc {

void write_line(const CallLine& line) {
  const log::Level level = line.inside.empty() ? log::Level::kInfo : log::Level::kWarning;
  log::logger().write(level,
                      "rpc",
                      {{"method", line.method},
                       {"code", status_code_name(line.code)},
                       {"error_code", line.error_code},
                       {"tenant", line.tenant},
                       {"caller", line.caller_digest},
                       {"duration_ms", line.duration_ms},
                       {"forwarded", line.forwarded},
                       {"inside", line.inside}});
}

std::string digest_of_subject(const std::string& subject) {
  return sha256_hex(subject).substr(0, 12);
}

CallMetrics::CallMetrics(Metrics& metrics)
    : seconds_(metrics.histograms("encours_rpc_duration_seconds",
                                  "Time from the arrival of a call to its status.",
                                  {"method", "code"})),
      running_(metrics
                   .gauges("encours_rpc_running_calls",
                           "Calls that are being handled, streams included.")
                   .with({})),
      streams_(
          metrics.gauges("encours_rpc_open_streams", "Streams that are open; each holds a thread.")
              .with({})) {}

void CallMetrics::ended(const std::string& method,
                        grpc::StatusCode code,
                        std::int64_t duration_ms) {
  running_.add(-1);
  seconds_.with({method, status_code_name(code)})
      .observe(static_cast<double>(duration_ms) / 1000.0);
}

}  // namespace encours::rpc
