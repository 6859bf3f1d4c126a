// Goal: the oracle can fail. Method: one rule of the protocol is broken by ENCOURS_MUTATION, the
// history that the rule is there for is run, and some comparison has to say so. The same histories
// with the rules in force are in kill_test.cc, zombie_test.cc, replay_test.cc, proxy_test.cc and
// aged_test.cc.
#include <csignal>
#include <iostream>

#include "tests/fault/proxied.h"
#include "tests/fault/zombies.h"

namespace encours::test {
namespace {

class Mutation : public ZombieTest {
 protected:
  // It dies more than once: what one death loses, a later write of the same row may hide. One that
  // refuses to go on with what it finds has noticed it itself.
  void die_with_rule_broken(const std::string& rule, const std::string& point, int from, int to) {
    mutation = rule;
    ASSERT_NO_FATAL_FAILURE(install());
    ASSERT_GOOD(run->feed_all());
    for (int death = 0; death < kDeaths; ++death) {
      Process& process = run->start("a", {{"ENCOURS_FAULT", at(point, from, to)}});
      const auto ended = process.await_end(kPatienceMs);
      ASSERT_TRUE(ended.has_value()) << "it goes on";
      const auto refusals = process.lines_with("fatal ");
      if (!refusals.empty()) {
        std::cout << rule << ": noticed by the process: " << refusals[0] << std::endl;
        return;
      }
      ASSERT_EQ(ended->signal, SIGKILL);
    }
    run->start("a");
    expect_red();
  }

  static constexpr int kDeaths = 4;
};

TEST_F(Mutation, RestoreToTheLastStableOffset) {
  mutation = "restore_to_lso+forget_to_fence";
  ASSERT_NO_FATAL_FAILURE(restored_behind_open_transaction(false));
  expect_red();
}

TEST_F(Mutation, SkipGroupMetadata) {
  mutation = "skip_group_metadata+forget_to_fence";
  ASSERT_NO_FATAL_FAILURE(stopped_before_offsets());
  expect_red();
}

TEST_F(Mutation, ApplyBeforeCommit) {
  die_with_rule_broken("apply_before_commit", "commit.applied_early", 5, 12);
}

TEST_F(Mutation, OffsetInItsOwnBatch) {
  die_with_rule_broken("offset_in_own_batch", "store.between_batches", 40, 90);
}

class MutationBehindProxy : public ProxiedTest {};
using MutationBehindProxyLong = MutationBehindProxy;

TEST_F(MutationBehindProxy, ForgetRepeatedEndTxn) {
  mutation = "forget_repeated_end_txn";
  ASSERT_NO_FATAL_FAILURE(late_end_txn(ApiKey::kAddOffsetsToTxn));
  expect_red();
}

TEST_F(MutationBehindProxyLong, ReuseAfterTimeout) {
  mutation = "reuse_after_timeout";
  ASSERT_NO_FATAL_FAILURE(late_end_txn_of_a_commit_that_timed_out());
  expect_red();
}

// Instances of different speed: ticks of the one that is ahead must wait for the other.
TEST_F(Mutation, FireTickEarly) {
  mutation = "fire_tick_early";
  ASSERT_NO_FATAL_FAILURE(install());
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  run->start("b");
  expect_red();
}

// More timers are due at a tick than a slice has room for.
TEST_F(Mutation, DropSlice) {
  mutation = "drop_slice";
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SLICE_SIZE", "20");
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  expect_red();
}

}  // namespace
}  // namespace encours::test
