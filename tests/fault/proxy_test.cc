// Goal: what a network may do to single requests delays the work and changes nothing (rows 9 to 12
// and 14 to 16). Method: the tally reaches a broker of the test's own through a proxy that knows
// Kafka's requests, and holds, loses or delays the one that a row is about.
//   p-0: rec rec C1 | rec rec C1' ...     C1 late: must not end the transaction that follows
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/fault/proxied.h"

namespace encours::test {
namespace {

// The loop stands still for longer than the first while the library waits for one answer (5 s),
// and for longer than the second only where it then waits for another.
constexpr std::int64_t kShortWatchdogMs = 4000;
constexpr std::int64_t kWatchdogMs = 8000;
// What the watchdog and a loaded machine may add to its budget.
constexpr std::int64_t kSlackMs = 2000;
constexpr int kWatchdogCode = 70;
constexpr int kBrokerKills = 3;
constexpr std::int64_t kAfterTheBrokerMs = 60'000;
// Longer than sessions and transactions of the row may last, so that the broker gives both up.
constexpr std::int64_t kPartitionMs = 10'000;
constexpr std::int64_t kUnreadyMs = 15'000;
// Of one core; a loop that spins takes all of it.
constexpr double kBusyShare = 0.25;
constexpr std::int64_t kSlowRequestMs = 500;
constexpr std::int64_t kSlowMs = 120'000;
constexpr unsigned long kSlowMaxRecords = 1000;
// A round of one task may take that much more before anybody looks.
constexpr unsigned long kShareOfOneTask = 500;

// What a process has used of the processors, in ms.
std::int64_t cpu_ms(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat((std::istreambuf_iterator<char>(file)), {});
  // The state is the first word behind the name; user and system time are the 12th and 13th.
  std::istringstream words(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int word = 0; word < 11; ++word) words >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  words >> user >> system;
  return (user + system) * 1000 / ::sysconf(_SC_CLK_TCK);
}

class Proxied : public ProxiedTest {
 protected:
  std::vector<std::string> recycles() { return run->process("a").lines_with("recycle "); }

  void expect_recycled_once(const std::string& why) {
    const auto lines = recycles();
    ASSERT_EQ(lines.size(), 1u) << testing::PrintToString(lines);
    EXPECT_TRUE(lines[0].starts_with("recycle " + why)) << lines[0];
  }

  // Nothing comes of its loop any more, so its supervisor has to start it again.
  void expect_ended_by_watchdog(std::int64_t since_ms, std::int64_t budget_ms) {
    const auto ended = run->process("a").await_end(budget_ms + kPatienceMs);
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(ended->exit_code, kWatchdogCode);
    const std::int64_t took_ms = monotonic_ms() - since_ms;
    EXPECT_LE(took_ms, budget_ms + kSlackMs);
    std::cout << "gone " << took_ms << " ms after the fault" << std::endl;
  }

  // Row 15. What was under way when the link broke arrives when it heals, if anybody still waits.
  void partition_and_heal(bool to_broker, bool from_broker) {
    ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
    run->set("TALLY_TRANSACTION_TIMEOUT_MS", "6000");
    ASSERT_NO_FATAL_FAILURE(start_working());
    ASSERT_NO_FATAL_FAILURE(break_and_heal(to_broker, from_broker));
    expect_exact();
  }

  void break_and_heal(bool to_broker, bool from_broker) {
    Process& a = run->process("a");
    ASSERT_TRUE(a.await_line("ready", kPatienceMs));
    const std::int64_t began_ms = monotonic_ms();
    const std::int64_t began_cpu_ms = cpu_ms(a.pid());
    proxy->break_link(to_broker, from_broker);
    ASSERT_TRUE(a.await_line("unready", kUnreadyMs));
    std::cout << "unready after " << monotonic_ms() - began_ms << " ms" << std::endl;
    EXPECT_FALSE(a.await_end(kPartitionMs)) << "it ended";
    const auto share = static_cast<double>(cpu_ms(a.pid()) - began_cpu_ms) /
                       static_cast<double>(monotonic_ms() - began_ms);
    EXPECT_LT(share, kBusyShare);
    std::cout << "used " << share << " of a processor while cut" << std::endl;
    EXPECT_EQ(a.lines_with("ready").size(), 1u) << "ready while cut";
    proxy->heal_link();
    ASSERT_TRUE(a.await_line("ready", kPatienceMs, 2));
  }
};

// Those that take long: they hang on time-outs, or on a broker that starts again and again.
using ProxiedLong = Proxied;

// The library asks again by itself and hears yes; which of the two requests it was for is unknown.
TEST_F(Proxied, Row09AnswerOfEndTxnLostAndRepeated) {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  ASSERT_NO_FATAL_FAILURE(start_working());
  const auto lost = proxy->set({.harm = Harm::kLoseAnswer, .commits = true, .cuts = true});
  ASSERT_TRUE(proxy->await_harm(lost, kPatienceMs));
  expect_exact();
  expect_recycled_once("abort EndTxn was sent twice");
}

TEST_F(ProxiedLong, Row09AnswerOfEndTxnLostAndTimedOut) {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  run->set("TALLY_OPERATION_TIMEOUT_MS", kShortOperation);
  ASSERT_NO_FATAL_FAILURE(start_working());
  const auto lost = proxy->set({.harm = Harm::kLoseAnswer, .commits = true});
  ASSERT_TRUE(proxy->await_harm(lost, kPatienceMs));
  expect_exact();
  expect_recycled_once("abort commit");
}

TEST_F(ProxiedLong, Row10LateEndTxnBeforeTheNextRecords) {
  ASSERT_NO_FATAL_FAILURE(late_end_txn(ApiKey::kAddPartitionsToTxn));
  expect_exact();
  expect_recycled_once("abort EndTxn was sent twice");
}

TEST_F(Proxied, Row10LateEndTxnBehindTheNextRecords) {
  ASSERT_NO_FATAL_FAILURE(late_end_txn(ApiKey::kAddOffsetsToTxn));
  expect_exact();
}

TEST_F(ProxiedLong, Row10LateEndTxnOfACommitThatTimedOut) {
  ASSERT_NO_FATAL_FAILURE(late_end_txn_of_a_commit_that_timed_out());
  expect_exact();
}

// An abort is the work of the next producer's init (InitProducerId): none is ever asked for by
// EndTxn. The held ones come late too, and then fence whoever has the id: once more from the start.
TEST_F(ProxiedLong, Row11AbortHangsAndIsRecycled) {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  run->set("TALLY_OPERATION_TIMEOUT_MS", kShortOperation);
  ASSERT_NO_FATAL_FAILURE(start_working());
  const auto late = proxy->set({.request = ApiKey::kInitProducerId, .times = 2});
  proxy->set({.harm = Harm::kLoseRequest, .request = ApiKey::kAddOffsetsToTxn});
  ASSERT_TRUE(run->process("a").await_line("recycle abort send offsets", kPatienceMs));
  ASSERT_TRUE(run->process("a").await_line("recycle retry init_transactions", kPatienceMs));
  const int commits = proxy->passed(ApiKey::kEndTxn);
  ASSERT_TRUE(proxy->await_passed(ApiKey::kEndTxn, commits + 1, kPatienceMs));
  proxy->release(late);
  expect_exact();
  EXPECT_EQ(proxy->passed(ApiKey::kEndTxn, false), 0);
}

TEST_F(ProxiedLong, Row11AbortHangsAndTheWatchdogEndsIt) {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  run->set("TALLY_OPERATION_TIMEOUT_MS", kShortOperation);
  run->set("TALLY_WATCHDOG_MS", std::to_string(kWatchdogMs));
  ASSERT_NO_FATAL_FAILURE(start_working());
  const auto hangs = proxy->set({.request = ApiKey::kInitProducerId, .times = kAlways});
  const auto lost = proxy->set({.harm = Harm::kLoseRequest, .request = ApiKey::kAddOffsetsToTxn});
  ASSERT_TRUE(proxy->await_harm(lost, kPatienceMs));
  ASSERT_NO_FATAL_FAILURE(expect_ended_by_watchdog(monotonic_ms(), kWatchdogMs));
  EXPECT_GE(proxy->harmed(hangs), 1);
  proxy->release(hangs);
  run->set("TALLY_WATCHDOG_MS", "0");
  run->start("a");
  expect_exact();
}

// The call doesn't keep to its own time-out (librdkafka issue 5456): it ends with the connection's,
// and the transaction is done again, as often as it takes.
TEST_F(ProxiedLong, Row12OffsetsAreNotTakenForAWhile) {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  run->set("TALLY_OPERATION_TIMEOUT_MS", kShortOperation);
  ASSERT_NO_FATAL_FAILURE(start_working());
  const auto lost = proxy->set(
      {.harm = Harm::kLoseRequest, .request = ApiKey::kAddOffsetsToTxn, .times = kAlways});
  ASSERT_TRUE(proxy->await_harm(lost, kPatienceMs, 2));
  proxy->release(lost);
  expect_exact();
  EXPECT_EQ(static_cast<int>(recycles().size()), proxy->harmed(lost));
}

TEST_F(ProxiedLong, Row12OffsetsAreNotTakenAndTheWatchdogEndsIt) {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  run->set("TALLY_OPERATION_TIMEOUT_MS", kShortOperation);
  run->set("TALLY_WATCHDOG_MS", std::to_string(kShortWatchdogMs));
  ASSERT_NO_FATAL_FAILURE(start_working());
  const auto lost = proxy->set(
      {.harm = Harm::kLoseRequest, .request = ApiKey::kTxnOffsetCommit, .times = kAlways});
  ASSERT_TRUE(proxy->await_harm(lost, kPatienceMs));
  ASSERT_NO_FATAL_FAILURE(expect_ended_by_watchdog(monotonic_ms(), kShortWatchdogMs));
  proxy->release(lost);
  run->set("TALLY_WATCHDOG_MS", "0");
  run->start("a");
  expect_exact();
}

// The broker has decided, and dies when it wants to put the marks, which pass the proxy for that.
// On 3.9.2: 4.3 leaves the marks of such a transaction out when it starts again (KAFKA-20734).
TEST_F(ProxiedLong, Row14BrokerKilledBetweenEndTxnAndItsMarks) {
  ASSERT_NO_FATAL_FAILURE(make_proxy());
  broker->use_version("3.9.2");
  broker->send_marks_behind();
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  ASSERT_NO_FATAL_FAILURE(start_working());
  for (int kill = 0; kill < kBrokerKills; ++kill) {
    const auto marks = proxy->set({.harm = Harm::kLoseRequest,
                                   .request = ApiKey::kWriteTxnMarkers,
                                   .first = draw(1, 5),
                                   .cuts = true,
                                   .then = [this] { broker->kill_now(); }});
    ASSERT_TRUE(proxy->await_harm(marks, kAfterTheBrokerMs));
    ASSERT_GOOD(broker->kill());
    ASSERT_GOOD(broker->start());
  }
  ASSERT_GOOD(oracle->await_outputs(kAfterTheBrokerMs, workload.cuts.back()));
  expect_exact();
}

TEST_F(ProxiedLong, Row15PartitionedBothWays) { partition_and_heal(true, true); }

// Nothing of its own fails: the group's time-out is what tells it.
TEST_F(ProxiedLong, Row15PartitionedWhileIdle) {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  const auto& cut = workload.cuts[workload.cuts.size() / 2];
  ASSERT_GOOD(run->feed(cut.records));
  run->start("a");
  ASSERT_GOOD(oracle->await_outputs(kLivenessMs, cut));
  ASSERT_NO_FATAL_FAILURE(break_and_heal(true, true));
  ASSERT_GOOD(run->feed_all());
  expect_exact();
}

TEST_F(ProxiedLong, Row15NothingReachesTheBroker) { partition_and_heal(true, false); }

TEST_F(ProxiedLong, Row15NothingComesFromTheBroker) { partition_and_heal(false, true); }

TEST_F(ProxiedLong, Row16SlowBroker) {
  options.amounts = 1500;
  options.days = 4;
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  ASSERT_GOOD(run->feed_all());
  run->set("TALLY_SESSION_TIMEOUT_MS", "10000");
  run->set("TALLY_MAX_RECORDS", std::to_string(kSlowMaxRecords));
  run->set("TALLY_SLICE_SIZE", std::to_string(kSlowMaxRecords));
  proxy->delay(kSlowRequestMs);
  const std::int64_t began_ms = monotonic_ms();
  run->start("a");
  ASSERT_GOOD(oracle->await_outputs(kSlowMs, workload.cuts.back()));
  std::cout << "all done after " << monotonic_ms() - began_ms << " ms" << std::endl;
  proxy->delay(0);
  expect_exact();
  const Process& a = run->process("a");
  EXPECT_EQ(a.lines_with("assigned").size(), 1u);
  EXPECT_EQ(recycles().size(), 0u) << testing::PrintToString(recycles());
  // What waits for the broker isn't taken into one transaction that grows.
  const auto last = a.lines_with("stopped after");
  ASSERT_EQ(last.size(), 1u);
  unsigned long commits = 0;
  unsigned long largest = 0;
  ASSERT_EQ(
      std::sscanf(
          last[0].c_str(), "stopped after %lu commits of at most %lu records", &commits, &largest),
      2);
  EXPECT_GE(commits, 4u);
  EXPECT_LE(largest, kSlowMaxRecords + kShareOfOneTask);
}

}  // namespace
}  // namespace encours::test
