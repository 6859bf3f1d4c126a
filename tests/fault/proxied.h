// What a test begins with whose instances reach the broker through a proxy: broker, proxy, input.
//
// The harness and the oracle use the broker's other listener, so no fault of the proxy's concerns
// them. The two histories run up to the point where a test judges them; the mutation tests run the
// same ones with a rule broken.
#pragma once

#include "tests/fault/own_broker.h"
#include "tests/fault/proxy.h"

namespace encours::test {

// Of one call of the client: shorter than the library waits before it asks again, 5 s
// (socket.timeout.ms), and long enough for a loaded machine.
inline constexpr const char* kShortOperation = "3000";

class ProxiedTest : public OwnBrokerTest {
 protected:
  void end() override;

  // Makes the proxy, and the broker behind it, to be started by the next one.
  void make_proxy();
  // All of these, and the installation.
  void install_behind_proxy();
  // Feeds all, starts "a" and waits until it commits, so that what is set then strikes one of its
  // transactions.
  void start_working();
  // Kills "a" and starts it again.
  void restart();

  // Row 10: the first EndTxn is late, and its repetition succeeds. The late one reaches the broker
  // while the next transaction stands at its first request `next`: before its first record, or
  // with all records and no offsets; there "a" is killed.
  void late_end_txn(ApiKey next);
  // As before with all records, but the commit had timed out.
  void late_end_txn_of_a_commit_that_timed_out();

  std::unique_ptr<Proxy> proxy;

 private:
  void release_into_next_transaction(Proxy::RuleId late, ApiKey next);
};

}  // namespace encours::test
