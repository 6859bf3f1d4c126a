// Goal: a kill -9 at any step of the commit protocol changes nothing but the time (rows 1 to 8).
// Method: the tally on a real broker dies at a fault point, some times in a row, is started again,
// and what it leaves behind is compared with the model byte by byte.
//   p-0: rec rec C rec rec X | rec rec C ...      C a commit, X the kill
#include <csignal>
#include <cstdio>
#include <iostream>

#include "tests/fault/run.h"

namespace encours::test {
namespace {

class Kill : public FaultTest {
 protected:
  // Dies at the point, each time at another passage; then one more start is to be the last.
  void die_at(const std::string& point, int from, int to, int times = 3) {
    ASSERT_NO_FATAL_FAILURE(install());
    ASSERT_GOOD(run->feed_all());
    for (int i = 0; i < times; ++i) ASSERT_NO_FATAL_FAILURE(crash("a", at(point, from, to)));
    run->start("a");
  }

  void expect_exact_after(const std::string& point, int from, int to, int times = 3) {
    ASSERT_NO_FATAL_FAILURE(die_at(point, from, to, times));
    expect_exact();
  }

  // Killed with offsets pending, and another instance takes over.
  void expect_exact_by_another_owner(const std::string& transaction_timeout_ms) {
    ASSERT_NO_FATAL_FAILURE(install());
    run->set("TALLY_SESSION_TIMEOUT_MS", "1500");
    run->set("TALLY_TRANSACTION_TIMEOUT_MS", transaction_timeout_ms);
    ASSERT_GOOD(run->feed_all());
    ASSERT_NO_FATAL_FAILURE(crash("a", at("answered.TxnOffsetCommit", 3, 25)));
    run->start("b");
    expect_exact();
  }

  struct Restore {
    long from = 0;
    long until = 0;
    unsigned long records = 0;
    long took_ms = 0;
  };
  std::vector<Restore> restores_of(const std::string& instance) {
    std::vector<Restore> out;
    for (const auto& line : run->process(instance).lines_with("restore ")) {
      Restore one;
      const int read =
          std::sscanf(line.c_str(), "restore p-%*d from %ld until %ld records %lu in %ld ms",
                      &one.from, &one.until, &one.records, &one.took_ms);
      if (read == 4) out.push_back(one);
    }
    EXPECT_GE(out.size(), static_cast<std::size_t>(options.partitions));
    return out;
  }

  // Where the store lagged, it was by one transaction. Between its position and what the offsets
  // say lie its records and the mark of the transaction before it, if there was one.
  void expect_one_transaction_replayed() {
    unsigned long replayed = 0;
    for (const auto& one : restores_of("a")) {
      const long marks = one.until - one.from - static_cast<long>(one.records);
      EXPECT_EQ(marks, one.from > 0 && one.records > 0 ? 1 : 0) << "from " << one.from;
      replayed += one.records;
    }
    EXPECT_GT(replayed, 0u);
  }
};

TEST_F(Kill, Row01KilledAfterPoll) { expect_exact_after("poll.after", 3, 40); }

TEST_F(Kill, Row02KilledWhileStaging) { expect_exact_after("stage.record", 1, 1500); }

TEST_F(Kill, Row02KilledInASliceOfATick) { expect_exact_after("release.record", 1, 900); }

TEST_F(Kill, Row03KilledWhenAddOffsetsIsSent) {
  ASSERT_NO_FATAL_FAILURE(die_at("sent.AddOffsetsToTxn", 2, 15));
  expect_exact();
  // The same id aborts what was open, so that readers go on at once.
  for (const auto& one : restores_of("a")) EXPECT_LE(one.took_ms, 1000);
}

TEST_F(Kill, Row03KilledAfterTheRecordsAreAcknowledged) {
  expect_exact_after("commit.before_send_offsets", 2, 15);
  // They lie in the log, and nobody sees them.
  std::int64_t aborted = 0;
  for (const char* topic : {"tally.mid", "tally.out", "encours.tally.changelog"}) {
    const auto all = oracle->count_records(topic, false);
    const auto committed = oracle->count_records(topic, true);
    ASSERT_GOOD(all);
    ASSERT_GOOD(committed);
    aborted += *all - *committed;
  }
  EXPECT_GT(aborted, 0);
  std::cout << aborted << " aborted records" << std::endl;
}

TEST_F(Kill, Row03KilledBeforeTxnOffsetCommit) {
  expect_exact_after("answered.AddOffsetsToTxn", 2, 15);
}

TEST_F(Kill, Row04KilledAfterTxnOffsetCommit) {
  expect_exact_after("answered.TxnOffsetCommit", 2, 15);
}

// The leader ends what the dead have left open, long before the broker would.
TEST_F(Kill, Row04NextOwnerFencesTheDead) {
  expect_exact_by_another_owner("300000");  // Too long to be waited for.
}

// Where nobody is fenced, another owner waits until the offsets that are pending are decided.
TEST_F(Kill, Row04NextOwnerWaitsForStableOffsets) {
  mutation = "forget_to_fence";
  expect_exact_by_another_owner("3000");
}

TEST_F(Kill, Row05KilledWhenEndTxnIsSent) { expect_exact_after("sent.EndTxn", 2, 15); }

TEST_F(Kill, Row05KilledWhenEndTxnIsAnswered) { expect_exact_after("answered.EndTxn", 2, 15); }

TEST_F(Kill, Row06KilledAfterTheCommit) {
  ASSERT_NO_FATAL_FAILURE(die_at("commit.after_ack", 3, 40, 1));
  expect_exact();
  expect_one_transaction_replayed();
}

TEST_F(Kill, Row06KilledBetweenTheStoresOfACommit) {
  ASSERT_NO_FATAL_FAILURE(die_at("apply.before_write", 20, 200, 1));
  expect_exact();
  expect_one_transaction_replayed();
}

TEST_F(Kill, Row07KilledBeforeTheStoreIsWritten) {
  expect_exact_after("store.before_write", 2, 80);
}

TEST_F(Kill, Row07KilledInsideAWriteOfTheStoresLog) {
  ASSERT_NO_FATAL_FAILURE(die_at("store.inside_wal_write", 20, 100));
  expect_exact();
}

// Each start restores a few batches and dies; it must come further each time.
TEST_F(Kill, Row08KilledInTheRestoreAgainAndAgain) {
  ASSERT_NO_FATAL_FAILURE(install());
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  ASSERT_GOOD(oracle->await_outputs(kLivenessMs, workload.cuts[workload.cuts.size() / 2]));
  run->process("a").kill();
  ASSERT_TRUE(run->process("a").await_end(kPatienceMs));
  std::filesystem::remove_all(run->data_dir("a"));
  run->set("TALLY_RESTORE_BATCH_KEYS", "600");
  int kills = 0;
  while (true) {
    Process& process = run->start("a", {{"ENCOURS_FAULT", at("restore.after_batch", 2, 4)}});
    if (process.await_line("assigned", kPatienceMs)) break;
    ASSERT_EQ(process.await_end(kPatienceMs).value_or(Ended()).signal, SIGKILL);
    ASSERT_LT(++kills, 40) << "the restore does not get ahead";
  }
  EXPECT_GE(kills, 3);
  std::cout << kills << " kills in the restore" << std::endl;
  expect_exact();
}

}  // namespace
}  // namespace encours::test
