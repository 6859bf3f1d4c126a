// Goal: partitions that move again and again while the input flows lose and double nothing, and
// nobody works on what he has not restored (row 19). Method: one instance becomes three and one
// again, ten times; who leaves is killed, ended in order, or hands all over first.
#include "tests/fault/run.h"

namespace encours::test {
namespace {

constexpr int kRounds = 10;

class RebalanceLong : public FaultTest {
 protected:
  // Partitions that instances of these names have at last been assigned.
  std::size_t assigned_to(const std::vector<std::string>& instances) {
    std::size_t sum = 0;
    for (const auto& instance : instances) {
      const auto lines = run->process(instance).lines_with("assigned ");
      if (!lines.empty()) sum += std::stoul(lines.back().substr(9));
    }
    return sum;
  }
};

TEST_F(RebalanceLong, Row19OneThreeOneTenTimes) {
  options.amounts = 12000;
  options.days = 15;
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", "1500");
  run->start("a");
  const auto partitions = static_cast<std::size_t>(options.partitions);
  for (std::size_t round = 0; round < kRounds; ++round) {
    ASSERT_GOOD(run->feed(workload.cuts[2 * round].records));
    run->start("b");
    run->start("c");
    ASSERT_TRUE(await(kLivenessMs, [&] {
      return assigned_to({"b"}) > 0 && assigned_to({"c"}) > 0 &&
             assigned_to({"a", "b", "c"}) == partitions;
    })) << "round " << round;
    ASSERT_GOOD(run->feed(workload.cuts[2 * round + 1].records));
    await(draw(0, 500), [] { return false; });
    for (const char* leaving : {"b", "c"}) {
      Process& process = run->process(leaving);
      const int way = draw(0, 2);
      way == 0 ? process.kill() : way == 1 ? process.terminate() : process.drain();
      const auto ended = process.await_end(kPatienceMs);
      ASSERT_TRUE(ended.has_value());
      EXPECT_EQ(ended->exit_code, way == 0 ? -1 : 0);
      expect_restored_before_assigned(process);
    }
    ASSERT_TRUE(await(kLivenessMs, [&] { return assigned_to({"a"}) == partitions; }))
        << "round " << round;
  }
  ASSERT_GOOD(run->feed_all());
  expect_exact();
  expect_restored_before_assigned(run->process("a"));
}

}  // namespace
}  // namespace encours::test
