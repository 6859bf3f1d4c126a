// fault_proxy: the proxy of proxy.h as a program, for tests that aren't C++ (chain/proxy.py).
//
// Its first line is its port. Each line that it reads is a call, and gets one line in answer; what
// it can't read ends it, and so does the end of its input.
//
//   call  = "lead" port | "set" harm request {option} | "release" rule | "heal" | "cut"
//         | "await_harm" rule times ms | "await_answer" rule times ms | "harmed" rule
//         | "break" ("both" | "requests" | "answers") | "delay" ms
//         | "passed" request | "await_passed" request times ms | "complaint"
//   harm  = "hold" | "lose_request" | "lose_answer"          request = its name in Kafka
//   option = "commits" | "cuts" | "first" n | "times" n | "kills" pid
#include <sys/types.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>

#include "common/base/check.h"
#include "tests/fault/proxy.h"

namespace encours::test {
namespace {

// The next word, which has to be there and to be one of these.
template <class Value>
Value read_one_of(const std::map<std::string, Value>& known, std::istream& words) {
  std::string word;
  words >> word;
  const auto found = known.find(word);
  ENCOURS_CHECK(found != known.end(), "a word of the grammar");
  return found->second;
}

ApiKey read_request_name(std::istream& words) {
  static const std::map<std::string, ApiKey> known = {
      {"Produce", ApiKey::kProduce},
      {"Fetch", ApiKey::kFetch},
      {"OffsetFetch", ApiKey::kOffsetFetch},
      {"JoinGroup", ApiKey::kJoinGroup},
      {"Heartbeat", ApiKey::kHeartbeat},
      {"InitProducerId", ApiKey::kInitProducerId},
      {"AddPartitionsToTxn", ApiKey::kAddPartitionsToTxn},
      {"AddOffsetsToTxn", ApiKey::kAddOffsetsToTxn},
      {"EndTxn", ApiKey::kEndTxn},
      {"WriteTxnMarkers", ApiKey::kWriteTxnMarkers},
      {"TxnOffsetCommit", ApiKey::kTxnOffsetCommit},
  };
  return read_one_of(known, words);
}

int read_number(std::istream& words) {
  int number = -1;
  words >> number;
  ENCOURS_CHECK(number >= 0, "a number of the grammar");
  return number;
}

Rule read_rule(std::istream& words) {
  Rule rule;
  rule.harm = read_one_of<Harm>({{"hold", Harm::kHold},
                                 {"lose_request", Harm::kLoseRequest},
                                 {"lose_answer", Harm::kLoseAnswer}},
                                words);
  rule.request = read_request_name(words);
  for (std::string option; words >> option;) {
    if (option == "commits") {
      rule.commits = true;
    } else if (option == "cuts") {
      rule.cuts = true;
    } else if (option == "first") {
      rule.first = read_number(words);
    } else if (option == "times") {
      rule.times = read_number(words);
    } else {
      ENCOURS_CHECK(option == "kills", "an option of the grammar");
      rule.then = [pid = read_number(words)] { ::kill(pid, SIGKILL); };
    }
  }
  return rule;
}

void break_link(Proxy& proxy, std::istream& words) {
  enum class Ways { kBoth, kRequests, kAnswers };
  const auto ways = read_one_of<Ways>(
      {{"both", Ways::kBoth}, {"requests", Ways::kRequests}, {"answers", Ways::kAnswers}}, words);
  proxy.break_link(ways != Ways::kAnswers, ways != Ways::kRequests);
}

using In = std::istream&;
using Order = void (*)(Proxy&, In);
using Question = std::string (*)(Proxy&, In);

const std::map<std::string, Order> kOrders = {
    {"lead", [](Proxy& proxy, In in) { proxy.lead_to(read_number(in)); }},
    {"release", [](Proxy& proxy, In in) { proxy.release(read_number(in)); }},
    {"heal", [](Proxy& proxy, In) { proxy.heal_link(); }},
    {"cut", [](Proxy& proxy, In) { proxy.cut(); }},
    {"break", break_link},
    {"delay", [](Proxy& proxy, In in) { proxy.delay(read_number(in)); }},
};

// How long is waited for how many, in this order.
struct Wait {
  explicit Wait(In in) : times(read_number(in)), ms(read_number(in)) {}
  int times;
  int ms;
};

std::string yes_or_no(bool is) { return is ? "yes" : "no"; }

std::string await_harm(Proxy& proxy, In in) {
  const int rule = read_number(in);
  const Wait wait(in);
  return yes_or_no(proxy.await_harm(rule, wait.ms, wait.times));
}

std::string await_answer(Proxy& proxy, In in) {
  const int rule = read_number(in);
  const Wait wait(in);
  return yes_or_no(proxy.await_answer(rule, wait.ms, wait.times));
}

std::string await_passed(Proxy& proxy, In in) {
  const ApiKey request = read_request_name(in);
  const Wait wait(in);
  return yes_or_no(proxy.await_passed(request, wait.times, wait.ms));
}

const std::map<std::string, Question> kQuestions = {
    {"set", [](Proxy& proxy, In in) { return std::to_string(proxy.set(read_rule(in))); }},
    {"harmed", [](Proxy& proxy, In in) { return std::to_string(proxy.harmed(read_number(in))); }},
    {"passed",
     [](Proxy& proxy, In in) { return std::to_string(proxy.passed(read_request_name(in))); }},
    {"await_harm", await_harm},
    {"await_answer", await_answer},
    {"await_passed", await_passed},
    {"complaint", [](Proxy& proxy, In) { return proxy.complaint(); }},
};

std::string answer(Proxy& proxy, const std::string& line) {
  std::istringstream words(line);
  std::string word;
  words >> word;
  if (const auto order = kOrders.find(word); order != kOrders.end()) {
    order->second(proxy, words);
    return "done";
  }
  const auto question = kQuestions.find(word);
  ENCOURS_CHECK(question != kQuestions.end(), "a call of the grammar");
  return question->second(proxy, words);
}

int serve() {
  auto proxy = Proxy::start();
  if (!proxy) {
    std::fprintf(stderr, "fault_proxy: %s\n", proxy.failure().message.c_str());
    return 1;
  }
  std::cout << (*proxy)->port() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer(**proxy, line) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace encours::test

int main() { return encours::test::serve(); }
