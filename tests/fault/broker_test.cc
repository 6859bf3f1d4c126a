// Goal: a broker that is killed under load delays the work and changes nothing (row 13). Method: a
// broker of the test's own is killed while the tally is at work, and started on the same data.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "tests/fault/broker.h"
#include "tests/fault/run.h"

namespace encours::test {
namespace {

constexpr std::int64_t kAfterTheBrokerMs = 30000;  // The promise of the table.

class BrokerDown : public FaultTest {
 protected:
  void SetUp() override {
    FaultTest::SetUp();
    char name[] = "/tmp/encours-broker-XXXXXX";
    dir_ = ::mkdtemp(name);
  }
  void TearDown() override {
    // The processes of the run go before their broker.
    oracle.reset();
    run.reset();
    broker_.reset();
    if (!HasFailure()) std::filesystem::remove_all(dir_);
  }

  std::filesystem::path dir_;
  std::unique_ptr<Broker> broker_;
};

TEST_F(BrokerDown, Row13KilledAndRestartedUnderLoad) {
  broker_ = std::make_unique<Broker>(dir_);
  ASSERT_GOOD(broker_->start());
  options.amounts = 12000;
  ASSERT_NO_FATAL_FAILURE(install_on(broker_->bootstrap_servers()));
  run->start("a");
  run->start("b");
  ASSERT_GOOD(run->feed_all());
  const std::size_t some = workload.cuts.size() / 4;
  ASSERT_GOOD(oracle->await_outputs(kLivenessMs, workload.cuts[some]));
  ASSERT_GOOD(broker_->kill());
  ASSERT_GOOD(broker_->start());
  const std::int64_t healed_ms = monotonic_ms();
  ASSERT_GOOD(oracle->await_outputs(kAfterTheBrokerMs, workload.cuts.back()));
  std::cout << "all done " << monotonic_ms() - healed_ms << " ms after the broker" << std::endl;
  expect_exact();
}

}  // namespace
}  // namespace encours::test
