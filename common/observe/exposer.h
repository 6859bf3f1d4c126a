// Exposer serves the metrics of a process as GET /metrics for Prometheus.
//
// It has two threads of its own from start() until it is destroyed. It speaks plain HTTP without
// authentication and belongs on an address that only the monitoring can reach. A port that is
// taken is refused with "metrics_address_taken".
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/observe/metrics.h"

namespace prometheus {
class Exposer;
}

namespace encours {

class Exposer {
 public:
  // "127.0.0.1:9464"; port 0 takes a free one.
  static Result<std::unique_ptr<Exposer>> start(const std::string& address, const Metrics& metrics);
  ~Exposer();

  int port() const;

 private:
  Exposer(std::unique_ptr<prometheus::Exposer> server,
          std::shared_ptr<prometheus::Collectable> metrics);

  // Shared with Metrics, so that a scrape that is under way finds it alive.
  std::shared_ptr<prometheus::Collectable> metrics_;
  std::unique_ptr<prometheus::Exposer> server_;
};

}  // namespace encours
