#include "tests/fault/proxied.h"

namespace encours::test {
namespace {

// Longer than any history here takes, so that only a fence can end a transaction.
constexpr const char* kLongTransaction = "60000";

}  // namespace

void ProxiedTest::end() {
  OwnBrokerTest::end();
  if (proxy) {
    EXPECT_EQ(proxy->complaint(), "");
  }
  proxy.reset();
}

void ProxiedTest::make_proxy() {
  ASSERT_NO_FATAL_FAILURE(make_broker());
  auto started = Proxy::start();
  ASSERT_GOOD(started);
  proxy = std::move(started).value();
  broker->stand_behind(proxy->port());
}

void ProxiedTest::install_behind_proxy() {
  if (!proxy) {
    ASSERT_NO_FATAL_FAILURE(make_proxy());
  }
  ASSERT_GOOD(broker->start());
  proxy->lead_to(broker->port_behind());
  ASSERT_NO_FATAL_FAILURE(install_on(broker->bootstrap_servers()));
  run->lead_instances_to("127.0.0.1:" + std::to_string(proxy->port()));
  run->set("TALLY_TRANSACTION_TIMEOUT_MS", kLongTransaction);
}

void ProxiedTest::start_working() {
  ASSERT_GOOD(run->feed_all());
  ASSERT_TRUE(run->start("a").await_line("assigned", kPatienceMs));
  const int commits = proxy->passed(ApiKey::kEndTxn) + draw(3, 10);
  ASSERT_TRUE(proxy->await_passed(ApiKey::kEndTxn, commits, kPatienceMs));
}

void ProxiedTest::restart() {
  Process& process = run->process("a");
  process.kill();
  ASSERT_TRUE(process.await_end(kPatienceMs));
  run->start("a");
}

void ProxiedTest::late_end_txn(ApiKey next) {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  ASSERT_NO_FATAL_FAILURE(start_working());
  const auto late = proxy->set({.commits = true, .cuts = true});
  ASSERT_TRUE(proxy->await_harm(late, kPatienceMs));
  ASSERT_NO_FATAL_FAILURE(release_into_next_transaction(late, next));
}

void ProxiedTest::late_end_txn_of_a_commit_that_timed_out() {
  ASSERT_NO_FATAL_FAILURE(install_behind_proxy());
  run->set("TALLY_OPERATION_TIMEOUT_MS", kShortOperation);
  ASSERT_NO_FATAL_FAILURE(start_working());
  const auto late = proxy->set({.commits = true});
  ASSERT_TRUE(proxy->await_harm(late, kPatienceMs));
  ASSERT_TRUE(run->process("a").await_line("recycle abort commit", kPatienceMs));
  ASSERT_NO_FATAL_FAILURE(release_into_next_transaction(late, ApiKey::kAddOffsetsToTxn));
}

void ProxiedTest::release_into_next_transaction(Proxy::RuleId late, ApiKey next) {
  const auto stands = proxy->set({.request = next});
  ASSERT_TRUE(proxy->await_harm(stands, kPatienceMs));
  proxy->release(late);
  ASSERT_TRUE(proxy->await_answer(late, kPatienceMs));
  // Where the late one has committed half of a transaction, this shows it: the other half never
  // comes.
  if (next == ApiKey::kAddOffsetsToTxn) {
    ASSERT_NO_FATAL_FAILURE(restart());
  }
  proxy->release(stands);
}

}  // namespace encours::test
