// Goal: what lies idle for long is taken up again as it was: a store that has missed deletions is
// built anew (row 25), a transactional id that the broker has forgotten is asked for again (34).
// Method: a broker of the test's own in which long is a second or two.
#include <iostream>

#include "tests/fault/own_broker.h"

namespace encours::test {
namespace {

// The broker is busy with its segments.
constexpr std::int64_t kAgedMs = 100'000;
constexpr const char* kChangelog = "encours.tally.changelog";

class AgedLong : public OwnBrokerTest {
 protected:
  void install_with(const std::string& broker_settings) {
    ASSERT_NO_FATAL_FAILURE(make_broker());
    broker->add_settings(broker_settings);
    ASSERT_GOOD(broker->start());
    ASSERT_NO_FATAL_FAILURE(install_on(broker->bootstrap_servers()));
  }

  // "a" is away while "b" works on and compaction forgets what was deleted meanwhile; then "a"
  // takes over with the store that it has.
  void come_back_after_compaction() {
    options.days = 12;
    // Few, as each has segments and is cleaned several times a second.
    options.partitions = 2;
    topics.changelog = {{"segment.ms", "1000"},
                        {"min.cleanable.dirty.ratio", "0.001"},
                        {"max.compaction.lag.ms", "1000"},
                        {"delete.retention.ms", "100"},
                        {"file.delete.delay.ms", "100"}};
    ASSERT_NO_FATAL_FAILURE(install_with("log.cleaner.backoff.ms=300\n"));
    run->set("TALLY_SESSION_TIMEOUT_MS", "4000");
    run->set("TALLY_TOMBSTONE_LIMIT_MS", "1000");
    const auto& cuts = workload.cuts;
    const std::size_t away = 4;
    ASSERT_GOOD(run->feed(cuts[away].records));
    run->start("a");
    ASSERT_GOOD(oracle->await_outputs(kAgedMs, cuts[away]));
    ASSERT_TRUE(run->stop_all(kPatienceMs));
    const auto then = oracle->log_end(kChangelog);
    ASSERT_GOOD(then);
    run->start("b");
    // A slice at a time, so that there are segments that nothing is written to any more.
    for (std::size_t cut = away + 1; cut + 1 < cuts.size(); ++cut) {
      ASSERT_GOOD(run->feed(cuts[cut].records));
      ASSERT_GOOD(oracle->await_outputs(kAgedMs, cuts[cut]));
      await(1100, [] { return false; });
    }
    ASSERT_TRUE(run->stop_all(kPatienceMs));
    const auto left = oracle->count_records(kChangelog, true);
    ASSERT_GOOD(left);
    std::cout << *left << " records of " << *oracle->log_end(kChangelog) << " are left"
              << std::endl;
    ASSERT_LT(*left, *then / 2) << "nothing was compacted";
    ASSERT_GOOD(run->feed_all());
    run->start("a");
    // Without the rule it may never come.
    if (mutation.empty()) ASSERT_GOOD(oracle->await_outputs(kAgedMs, cuts.back()));
  }
};

TEST_F(AgedLong, Row25StoreMissedDeletions) {
  ASSERT_NO_FATAL_FAILURE(come_back_after_compaction());
  expect_exact();
  EXPECT_EQ(run->process("a").lines_with("wiped ").size(),
            static_cast<std::size_t>(options.partitions));
}

// The rule is needed: without it deleted rows are back.
TEST_F(AgedLong, MutationKeepOldStore) {
  mutation = "keep_old_store";
  ASSERT_NO_FATAL_FAILURE(come_back_after_compaction());
  expect_red();
}

TEST_F(AgedLong, Row34TransactionalIdHasExpired) {
  ASSERT_NO_FATAL_FAILURE(
      install_with("transactional.id.expiration.ms=2000\n"
                   "transaction.remove.expired.transaction.cleanup.interval.ms=500\n"
                   "producer.id.expiration.ms=2000\n"
                   "producer.id.expiration.check.interval.ms=500\n"));
  const auto& half = workload.cuts[workload.cuts.size() / 2];
  ASSERT_GOOD(run->feed(half.records));
  Process& process = run->start("a");
  ASSERT_GOOD(oracle->await_outputs(kAgedMs, half));
  const auto recycled = process.lines_with("recycle ").size();
  await(6000, [] { return false; });  // Over a week-end.
  ASSERT_GOOD(run->feed_all());
  ASSERT_GOOD(oracle->await_outputs(kAgedMs, workload.cuts.back()));
  const auto lines = process.lines_with("recycle ");
  ASSERT_GT(lines.size(), recycled) << "the id has not expired";
  std::cout << lines.back() << std::endl;
  expect_exact();
}

}  // namespace
}  // namespace encours::test
