#include "tests/fault/zombies.h"

namespace encours::test {
namespace {

// Longer than any history here takes, so that only a fence can end the zombie's transaction.
constexpr const char* kLongTransaction = "60000";
constexpr const char* kShortTransaction = "3000";
// The second owner's session and transaction are over by then.
constexpr std::int64_t kWaitMs = 6000;
constexpr const char* kShortSession = "1500";

}  // namespace

void ZombieTest::stopped_before_end_txn() {
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", kShortSession);
  run->set("TALLY_TRANSACTION_TIMEOUT_MS", kShortTransaction);
  ASSERT_GOOD(run->feed_all());
  Process& zombie =
      run->start("a", {{"ENCOURS_FAULT", at("commit.before_end_txn", 3, 25, "stop")}});
  ASSERT_TRUE(zombie.await_stopped(kPatienceMs));
  run->start("b");
  ASSERT_GOOD(oracle->await_outputs(kLivenessMs, workload.cuts.back()));
  zombie.resume();
  ASSERT_TRUE(zombie.await_line("recycle ", kPatienceMs));
}

// The zombie's transaction has no changelog record yet when it stops, so the next owner can
// restore; its outputs hold back the readers of tally.mid until it is fenced.
void ZombieTest::stopped_before_offsets() {
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", kShortSession);
  run->set("TALLY_TRANSACTION_TIMEOUT_MS", kLongTransaction);
  ASSERT_GOOD(run->feed_all());
  Process& zombie =
      run->start("a", {{"ENCOURS_FAULT", at("commit.before_changelog", 3, 15, "stop")}});
  ASSERT_TRUE(zombie.await_stopped(kPatienceMs));
  run->start("b");
  ASSERT_GOOD(oracle->await_input_read(kLivenessMs));
  zombie.resume();
}

void ZombieTest::restored_behind_open_transaction(bool waits) {
  // One tenant: when its tick releases what waited, nothing else is written to tally.mid.
  options.tenants = 1;
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", kShortSession);
  // A killed owner's transaction goes soon; only the zombie's stays.
  run->set("TALLY_TRANSACTION_TIMEOUT_MS", kShortTransaction);
  const auto& cuts = workload.cuts;
  const std::size_t first = static_cast<std::size_t>(draw(2, 5));
  ASSERT_GOOD(run->feed(cuts[first].records));
  run->start("a");
  ASSERT_GOOD(oracle->await_outputs(kLivenessMs, cuts[first]));
  ASSERT_TRUE(run->stop_all(kPatienceMs));

  // Stopped twice: before its changelog records are sent, so that the next owner restores without
  // them; and behind them, before its offsets.
  Process& zombie = run->start(
      "a", {{"ENCOURS_FAULT", "release.record:1:stop>commit.before_send_offsets:1:stop"},
            {"TALLY_TRANSACTION_TIMEOUT_MS", kLongTransaction}});
  ASSERT_TRUE(zombie.await_line("assigned", kPatienceMs));
  ASSERT_GOOD(run->feed(cuts[first + 1].records));
  ASSERT_TRUE(zombie.await_stopped(kPatienceMs));
  Process& second = run->start("b");
  ASSERT_TRUE(second.await_line("assigned 8", kPatienceMs));
  zombie.resume();
  ASSERT_TRUE(zombie.await_line("fault point commit.before_send_offsets", kPatienceMs));
  ASSERT_TRUE(zombie.await_stopped(kPatienceMs));

  // The second owner commits behind the open transaction, then it dies.
  const auto before = oracle->log_end("encours.tally.changelog");
  ASSERT_GOOD(before);
  ASSERT_GOOD(run->feed(cuts[first + 4].records));
  ASSERT_GOOD(oracle->await_input_read(kLivenessMs));
  ASSERT_TRUE(await(kPatienceMs, [&] {
    const auto now = oracle->log_end("encours.tally.changelog");
    return now && *now > *before + 500;
  }));
  second.kill();
  ASSERT_TRUE(second.await_end(kPatienceMs));

  Process& third = run->start("c");
  if (waits) {
    EXPECT_FALSE(third.await_line("assigned", kWaitMs)) << "restored before the zombie was decided";
  } else {
    ASSERT_TRUE(third.await_line("assigned", kPatienceMs));
  }
  zombie.resume();
  ASSERT_GOOD(run->feed_all());
}

}  // namespace encours::test
