// TestServer: a real server on a free port of the loopback, with its guard and an issuer of tokens.
//
// For tests of handlers: make it with the services' names, make the handlers with guard(), add and
// start. The clock is a ManualClock that a test may move; gRPC's own deadlines are real. Lines of
// the access log are kept. Destroyed, it stops the server at once.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/observe/metrics.h"
#include "common/rpc/client.h"
#include "common/rpc/guard.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/tokens.h"
#include "common/time/clock.h"

namespace encours::rpc::testing {

// 2026-01-15T12:00:00Z
inline constexpr std::int64_t kTestNowSeconds = 1'768'478'400;

class TestServer {
 public:
  // Several servers of one installation share an issuer.
  explicit TestServer(const std::vector<std::string>& services,
                      GuardConfig config = {},
                      std::shared_ptr<const TestIssuer> issuer = std::make_shared<TestIssuer>());
  ~TestServer();

  Guard& guard() { return *guard_; }
  Server& server() { return *server_; }
  ManualClock& clock() { return clock_; }
  Metrics& metrics() { return metrics_; }
  const TestIssuer& issuer() const { return *issuer_; }

  void start();
  std::string address() const;
  // A channel of its own at each call, so that limits per connection don't mix.
  std::shared_ptr<grpc::Channel> channel() const;

  // The lines so far; a line is written before its status leaves.
  std::vector<CallLine> lines();

 private:
  ManualClock clock_{Instant::from_unix_seconds(kTestNowSeconds)};
  Metrics metrics_;
  std::shared_ptr<const TestIssuer> issuer_;
  std::unique_ptr<TokenVerifier> verifier_;
  std::mutex mutex_;
  std::vector<CallLine> lines_;
  std::unique_ptr<Guard> guard_;
  std::unique_ptr<Server> server_;
};

// Orders what a test and a handler do to shared variables where ThreadSanitizer can see it: gRPC,
// which orders them too, is not instrumented. Both sides make one around what they do.
class Meeting {
 public:
  Meeting() { pass(); }
  ~Meeting() { pass(); }
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;

 private:
  static void pass();
};

// Gives a call a token, as a client does.
void set_token(grpc::ClientContext* context, const std::string& token);

}  // namespace encours::rpc::testing
