// Goal: whoever comes, goes, hangs or claims to be another changes nothing but the time (rows 18,
// 20, 44; 19 with several runners in a process, the rest of it is in rebalance_test.cc). Method:
// instances of the tally are started, ended, doubled and held up while they work, and the run is
// compared with the model.
//   a: rec C rec ~~stall~~ x | b: C C C      x the transaction of a zombie
#include <algorithm>
#include <csignal>
#include <iostream>

#include "tests/fault/run.h"

namespace encours::test {
namespace {

class Members : public FaultTest {
 protected:
  // A start whose sessions end soon.
  void install_impatient() {
    ASSERT_NO_FATAL_FAILURE(install());
    run->set("TALLY_SESSION_TIMEOUT_MS", "1500");
  }

  void await_ended(Process& process) { ASSERT_TRUE(process.await_end(kPatienceMs).has_value()); }
};
using MembersLong = Members;

// Both join anew once, as a broker's restart would have them do; fenced again, one of them goes.
TEST_F(Members, Row18TwinWithTheSameNames) {
  ASSERT_NO_FATAL_FAILURE(install());
  ASSERT_GOOD(run->feed(workload.cuts[3].records));
  Process& one = run->start("a");
  ASSERT_GOOD(oracle->await_outputs(kLivenessMs, workload.cuts[3]));
  Process& twin = run->start_as("twin", {.environment = {}, .member = "a", .through = {}});
  ASSERT_GOOD(run->feed_all());
  ASSERT_TRUE(await(kLivenessMs, [&] { return !one.alive() || !twin.alive(); }))
      << "both live on under one name";
  ASSERT_NO_FATAL_FAILURE(expect_refusal(one.alive() ? twin : one, "consumer_fenced"));
  expect_exact();
}

// Runners of one process share its folder and are members of their own; what one has closed, or
// kept as a copy, another may open next.
TEST_F(Members, Row19SeveralRunnersInAProcess) {
  ASSERT_NO_FATAL_FAILURE(install_impatient());
  run->set("TALLY_RUNNERS", "2");
  const auto& cuts = workload.cuts;
  Process& first = run->start("a");
  ASSERT_GOOD(run->feed(cuts[0].records));
  ASSERT_TRUE(first.await_line("ready", kPatienceMs));
  Process& second = run->start("b");
  ASSERT_TRUE(second.await_line("assigned 2", kPatienceMs));
  ASSERT_GOOD(run->feed(cuts[2].records));
  await(draw(0, 300), [] { return false; });
  first.kill();
  ASSERT_NO_FATAL_FAILURE(await_ended(first));
  ASSERT_GOOD(oracle->await_outputs(kLivenessMs, cuts[2]));
  Process& again = run->start("a");
  ASSERT_TRUE(again.await_line("assigned 2", kPatienceMs));
  ASSERT_GOOD(run->feed(cuts[4].records));
  second.drain();
  ASSERT_NO_FATAL_FAILURE(await_ended(second));
  ASSERT_GOOD(run->feed_all());
  expect_exact();
}

TEST_F(Members, Row20StalledRecordOutlastsMaxPoll) {
  ASSERT_NO_FATAL_FAILURE(install_impatient());
  run->set("TALLY_MAX_POLL_MS", "2000");
  ASSERT_GOOD(run->feed_all());
  Process& slow =
      run->start("a", {{"ENCOURS_FAULT", at("stage.record", 200, 1200, "stall6000")}});
  ASSERT_TRUE(slow.await_line("fault point stage.record", kPatienceMs));
  Process& other = run->start("b");
  ASSERT_TRUE(other.await_line("assigned 8", kPatienceMs));
  ASSERT_TRUE(slow.await_line("recycle migrated", kPatienceMs));
  ASSERT_TRUE(slow.await_line("assigned 4", kPatienceMs)) << "it does not come back";
  expect_exact();
  for (const Process* process : {&slow, &other}) expect_restored_before_assigned(*process);
}

// The group is empty when the slow one wakes, and by the rules of the broker anybody may commit
// offsets to such a group who gives no generation.
TEST_F(MembersLong, Row20WakesInAnEmptyGroup) {
  ASSERT_NO_FATAL_FAILURE(install_impatient());
  run->set("TALLY_MAX_POLL_MS", "2000");
  ASSERT_GOOD(run->feed_all());
  Process& slow = run->start("a", {{"ENCOURS_FAULT", at("commit.after_ack", 3, 12, "pass") +
                                                         ">stage.record:1:stall12000"},
                                  {"TALLY_TRANSACTION_TIMEOUT_MS", "60000"}});
  ASSERT_TRUE(slow.await_line("fault point stage.record", kPatienceMs));
  Process& other = run->start("b");
  ASSERT_GOOD(oracle->await_input_read(kLivenessMs));
  other.kill();
  ASSERT_NO_FATAL_FAILURE(await_ended(other));
  ASSERT_TRUE(slow.await_line("assigned 8", kPatienceMs, 2));
  expect_exact();
}

TEST_F(Members, Row44TerminatedAgainAndAgain) {
  ASSERT_NO_FATAL_FAILURE(install());
  const auto& cuts = workload.cuts;
  std::int64_t longest_ms = 0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    Process& process = run->start("a");
    ASSERT_GOOD(run->feed(cuts[i].records));
    // From the start of the process to the middle of its work; what it does then is chance.
    await(draw(0, i % 3 == 0 ? 300 : 1200), [] { return false; });
    const std::int64_t asked_ms = monotonic_ms();
    process.terminate();
    const auto ended = process.await_end(kPatienceMs);
    ASSERT_TRUE(ended.has_value());
    longest_ms = std::max(longest_ms, monotonic_ms() - asked_ms);
    // Before main() has said that it takes the signal itself, there is nothing to leave in order.
    if (ended->signal == SIGTERM && process.lines_with("").empty()) continue;
    EXPECT_EQ(ended->exit_code, 0);
    EXPECT_EQ(process.lines_with("stopped after").size(), 1u);
    EXPECT_GOOD(oracle->await_decided(kDecidedMs));
  }
  EXPECT_LE(longest_ms, 10000);
  std::cout << "the longest leave took " << longest_ms << " ms" << std::endl;
  run->start("a");
  ASSERT_GOOD(run->feed_all());
  expect_exact();
}

}  // namespace
}  // namespace encours::test
