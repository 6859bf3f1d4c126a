// Goal: the reference holds. What a run without faults leaves behind is what the model says (A=B),
// and the same input into fresh topics, worked on by two instances, gives the same bytes (B=E).
// Method: two runs on one broker, compared with the model and with each other.
#include <gmock/gmock.h>

#include "tests/fault/run.h"

namespace encours::test {
namespace {

class Replay : public FaultTest {};

TEST_F(Replay, Row00SecondReplayIntoFreshTopics) {
  ASSERT_NO_FATAL_FAILURE(install());
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  expect_exact();
  const Canonical outputs = oracle->outputs();
  const Canonical rows = oracle->rows();
  ASSERT_FALSE(outputs.empty());
  ASSERT_FALSE(rows.empty());

  ASSERT_NO_FATAL_FAILURE(install());
  run->start("a");
  run->start("b");
  for (const auto& cut : workload.cuts) ASSERT_GOOD(run->feed(cut.records));
  expect_exact();
  EXPECT_THAT(differences(outputs, oracle->outputs()), testing::IsEmpty());
  EXPECT_THAT(differences(rows, oracle->rows()), testing::IsEmpty());
}

// Kills by chance while the input comes in, one instance after the other; some stay away long
// enough for the other to take their partitions over.
TEST_F(Replay, Row19TwoInstancesKilledInTurn) {
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", "1500");
  run->start("a");
  run->start("b");
  const auto& cuts = workload.cuts;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    ASSERT_GOOD(run->feed(cuts[i].records));
    if (i % 2 == 1) continue;
    const std::string victim = i % 4 == 0 ? "a" : "b";
    await(draw(0, 300), [] { return false; });
    run->process(victim).kill();
    ASSERT_TRUE(run->process(victim).await_end(kPatienceMs));
    if (i % 8 == 4) await(2000, [] { return false; });
    run->start(victim);
  }
  expect_exact();
}

}  // namespace
}  // namespace encours::test
