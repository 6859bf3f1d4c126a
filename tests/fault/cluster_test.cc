// Goal: brokers of a cluster that replicates are killed and rolled under load, and nothing changes
// but the time (row 13). Method: three of the test's own; one is killed and comes back, then each
// in turn is stopped in order and started, while two instances work.
#include <unistd.h>

#include <iostream>

#include "tests/fault/cluster.h"
#include "tests/fault/run.h"

namespace encours::test {
namespace {

// Three brokers and two instances share what the machine has.
constexpr std::int64_t kClusterMs = 120'000;

class ClusterLong : public FaultTest {
 protected:
  void TearDown() override {
    oracle.reset();
    run.reset();
    cluster_.reset();
    if (!HasFailure() && !dir_.empty()) std::filesystem::remove_all(dir_);
  }

  void install_on_cluster() {
    char name[] = "/tmp/encours-cluster-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr) << "no folder could be made in /tmp";
    dir_ = name;
    cluster_ = std::make_unique<Cluster>(dir_);
    ASSERT_GOOD(cluster_->start());
    topics.replication = 3;
    ASSERT_NO_FATAL_FAILURE(install_on(cluster_->bootstrap_servers()));
    run->set("TALLY_TRANSACTION_TIMEOUT_MS", "60000");
    run->set("TALLY_SESSION_TIMEOUT_MS", "10000");
  }

  // The next part of the input, and that it gets through: with two of three nodes too.
  void go_on() {
    cut_ += 3;
    const auto& cut = workload.cuts[cut_];
    const std::int64_t began_ms = monotonic_ms();
    ASSERT_GOOD(run->feed(cut.records));
    ASSERT_GOOD(oracle->await_outputs(kClusterMs, cut));
    std::cout << "cut " << cut_ << " after " << monotonic_ms() - began_ms << " ms" << std::endl;
  }

  std::filesystem::path dir_;
  std::unique_ptr<Cluster> cluster_;
  std::size_t cut_ = 0;
};

TEST_F(ClusterLong, Row13OneOfThreeIsKilledAndAllAreRolled) {
  ASSERT_NO_FATAL_FAILURE(install_on_cluster());
  run->start("a");
  run->start("b");
  ASSERT_NO_FATAL_FAILURE(go_on());
  Broker& victim = cluster_->node(static_cast<std::size_t>(draw(0, 2)));
  ASSERT_GOOD(run->feed(workload.cuts[cut_ + 2].records));
  ASSERT_GOOD(victim.kill());
  ASSERT_NO_FATAL_FAILURE(go_on());
  ASSERT_GOOD(victim.start());
  for (std::size_t node = 0; node < Cluster::kNodes; ++node) {
    ASSERT_GOOD(run->feed(workload.cuts[cut_ + 1].records));
    ASSERT_GOOD(cluster_->node(node).stop());
    ASSERT_NO_FATAL_FAILURE(go_on());
    ASSERT_GOOD(cluster_->node(node).start());
  }
  ASSERT_GOOD(run->feed_all());
  ASSERT_GOOD(oracle->await_outputs(kClusterMs, workload.cuts.back()));
  EXPECT_FALSE(cluster_->dropped_markers()) << "KAFKA-20734: nothing can be promised";
  expect_exact();
}

}  // namespace
}  // namespace encours::test
