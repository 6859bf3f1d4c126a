#include "common/observe/exposer.h"

#include <prometheus/exposer.h>

#include <exception>
#include <utility>

namespace encours {

Result<std::unique_ptr<Exposer>> Exposer::start(const std::string& address,
                                                const Metrics& metrics) {
  try {
    auto server = std::make_unique<prometheus::Exposer>(address);
    return std::unique_ptr<Exposer>(new Exposer(std::move(server), metrics.collectable()));
  } catch (const std::exception& problem) {
    return refused(
        "metrics_address_taken", "", "Can't serve metrics on " + address + ": " + problem.what());
  }
}

Exposer::Exposer(std::unique_ptr<prometheus::Exposer> server,
                 std::shared_ptr<prometheus::Collectable> metrics)
    : metrics_(std::move(metrics)), server_(std::move(server)) {
  server_->RegisterCollectable(metrics_);
}

Exposer::~Exposer() = default;

int Exposer::port() const {
  const std::vector<int> ports = server_->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

}  // namespace encours
