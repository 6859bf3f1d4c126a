#include "tests/fault/cluster.h"

#include <algorithm>
#include <thread>

namespace encours::test {
namespace {

constexpr const char* kClusterId = "three-brokers-of-atest";

// A majority is looked for with patience: on a loaded machine each of three may be slow.
constexpr const char* kSettings =
    "default.replication.factor=3\n"
    "min.insync.replicas=2\n"
    "offsets.topic.replication.factor=3\n"
    "transaction.state.log.replication.factor=3\n"
    "transaction.state.log.min.isr=2\n"
    "controller.quorum.fetch.timeout.ms=10000\n"
    "controller.quorum.election.timeout.ms=5000\n";

}  // namespace

Cluster::Cluster(const std::filesystem::path& dir) {
  std::string voters;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const auto id = std::to_string(i + 1);
    std::filesystem::create_directories(dir / id);
    nodes_[i] = std::make_unique<Broker>(dir / id);
    const int controller_port = nodes_[i]->choose_ports() + 1;
    voters += (i == 0 ? "" : ",") + id + "@127.0.0.1:" + std::to_string(controller_port);
    nodes_[i]->add_settings("node.id=" + id + "\n");
    nodes_[i]->join_cluster(kClusterId);
  }
  for (auto& node : nodes_) {
    node->add_settings(kSettings);
    node->add_settings("controller.quorum.voters=" + voters + "\n");
  }
}

Status Cluster::start() {
  std::array<Status, kNodes> started;
  {
    std::array<std::jthread, kNodes> starters;
    for (std::size_t i = 0; i < kNodes; ++i) {
      starters[i] = std::jthread([&, i] { started[i] = nodes_[i]->start(); });
    }
  }
  for (const auto& one : started) ENCOURS_TRY(one);
  return {};
}

std::string Cluster::bootstrap_servers() const {
  std::string out;
  for (const auto& node : nodes_) out += (out.empty() ? "" : ",") + node->bootstrap_servers();
  return out;
}

bool Cluster::dropped_markers() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [](const auto& node) { return node->dropped_markers(); });
}

}  // namespace encours::test
