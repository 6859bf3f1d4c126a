// Proxy: stands before a broker and does to chosen requests what a network may do to them.
//
// It knows Kafka's frames, so a test says "the first EndTxn that commits" rather than "after 2 s".
// Clients reach the broker through it alone when its port is the address that the broker gives them
// (Broker::stand_behind). Where a client has gone, what it had sent still reaches the broker, as
// late as a rule or the link says: that is how a request outlives the transaction that it was sent
// for. One thread of its own carries the bytes; all calls are safe from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.h"
#include "tests/fault/lane.h"

namespace encours::test {

enum class Harm {
  kHold,         // The request waits, and all behind it on its connection, until release().
  kLoseRequest,  // The broker never sees it.
  kLoseAnswer,   // The broker has done it, and nobody learns of it.
};

// Which requests come to harm. A passage is counted from when the rule is set.
struct Rule {
  Harm harm = Harm::kHold;
  ApiKey request = ApiKey::kEndTxn;
  // Of EndTxn: commits only, or aborts only.
  std::optional<bool> commits = {};
  int first = 1;
  int times = 1;
  // The client's connection breaks with it, so that the client knows at once.
  bool cuts = false;
  // Called on the proxy's thread at the moment of the harm, to kill at a step; not to call back.
  std::function<void()> then = {};
};

inline constexpr int kAlways = 1'000'000'000;

class Proxy {
 public:
  using RuleId = int;

  static Result<std::unique_ptr<Proxy>> start();
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  int port() const { return port_; }
  // Where connections lead from now on.
  void lead_to(int broker_port);

  RuleId set(Rule rule);
  // No more harm by it; what it holds goes on to the broker.
  void release(RuleId rule);
  bool await_harm(RuleId rule, std::int64_t timeout_ms, int times = 1);
  int harmed(RuleId rule) const;
  // True once the broker has answered `times` requests that the rule had held.
  bool await_answer(RuleId rule, std::int64_t timeout_ms, int times = 1);

  // A link that carries nothing in a direction loses nothing either: TCP sends it again once the
  // link is there.
  void break_link(bool to_broker, bool from_broker);
  void heal_link() { break_link(false, false); }
  // Each request waits for so long.
  void delay(std::int64_t request_ms);
  // New connections are closed at once.
  void refuse(bool refuses);
  // All connections break.
  void cut();

  // Requests that went on to the broker so far, those aside that a rule has held.
  int passed(ApiKey request, std::optional<bool> commits = {}) const;
  bool await_passed(ApiKey request, int times, std::int64_t timeout_ms) const;
  // What passed and was not Kafka's protocol as we know it; empty in a good test.
  std::string complaint() const;

 private:
  struct Connection {
    int client = -1;
    int broker = -1;
    Lane requests;
    Lane answers;
    // Rules whose requests the broker has yet to answer, by correlation.
    std::map<std::int32_t, RuleId> awaited;
  };
  struct RuleState {
    Rule rule;
    bool released = false;
    int seen = 0;
    int harmed = 0;
    int answered = 0;
  };

  Proxy() = default;
  Status listen();
  void run();
  void wait_for_bytes(std::unique_lock<std::mutex>& lock);
  void accept_all();
  void serve(Connection& connection);
  void take_requests(Connection& connection);
  void take_request(Connection& connection, std::string frame, const Request& request);
  void take_answers(Connection& connection);
  // True where the answer is lost.
  bool take_answer(Connection& connection, std::int32_t correlation);
  std::optional<RuleId> rule_for(const Request& request);
  void note_harm(Connection& connection, RuleState& state);
  void complain(Connection& connection, const Error& why);
  int count(ApiKey request, std::optional<bool> commits) const;
  void wake() const;
  bool await(std::int64_t timeout_ms, const std::function<bool()>& done) const;

  int port_ = 0;
  int listener_ = -1;
  int wake_ = -1;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int broker_port_ = 0;
  bool to_broker_ = true;
  bool from_broker_ = true;
  bool refuses_ = false;
  bool stopping_ = false;
  std::int64_t delay_ms_ = 0;
  std::vector<RuleState> rules_;
  // By key and, of EndTxn, whether it commits.
  std::map<std::pair<ApiKey, std::optional<bool>>, int> passed_;
  std::string complaint_;
  std::list<Connection> connections_;
  std::thread thread_;  // Last: it uses all of these.
};

}  // namespace encours::test
