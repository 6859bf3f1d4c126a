// Goal: a rule of the proxy does to its requests what it says, and nothing to others. Method: the
// test is the client on one side and the broker on the other, with frames of a few bytes.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "tests/fault/proxy.h"

namespace encours::test {
namespace {

constexpr int kPatienceMs = 5000;
// For what must not come.
constexpr int kNothingMs = 50;

std::string big_endian(std::uint32_t value, int size) {
  std::string out;
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
  return out;
}

std::string framed(const std::string& body) {
  return big_endian(static_cast<std::uint32_t>(body.size()), 4) + body;
}

std::string request(ApiKey key, std::uint32_t correlation) {
  return framed(big_endian(static_cast<std::uint32_t>(key), 2) + big_endian(0, 2) +
                big_endian(correlation, 4));
}

std::string answer(std::uint32_t correlation) { return framed(big_endian(correlation, 4) + "ok"); }

// One end of a connection.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}
  ~Peer() { ::close(socket_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send(const std::string& bytes) {
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // So many bytes, or what has come when the time is over.
  std::string receive(std::size_t size, int timeout_ms = kPatienceMs) {
    std::string out;
    while (out.size() < size && is_readable(timeout_ms)) {
      char bytes[256];
      const ssize_t got = ::recv(socket_, bytes, std::min(size - out.size(), sizeof bytes), 0);
      if (got <= 0) break;
      out.append(bytes, static_cast<std::size_t>(got));
    }
    return out;
  }
  bool hears_nothing() { return !is_readable(kNothingMs); }
  bool is_closed() {
    char byte = 0;
    return is_readable(kPatienceMs) && ::recv(socket_, &byte, 1, 0) <= 0;
  }

 private:
  bool is_readable(int timeout_ms) const {
    pollfd one{socket_, POLLIN, 0};
    return ::poll(&one, 1, timeout_ms) == 1;
  }

  int socket_;
};

class ProxyRules : public testing::Test {
 protected:
  void SetUp() override {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(listener_, any, size), 0);
    ASSERT_EQ(::listen(listener_, 8), 0);
    ASSERT_EQ(::getsockname(listener_, any, &size), 0);
    auto started = Proxy::start();
    ASSERT_TRUE(started.ok());
    proxy_ = std::move(started).value();
    proxy_->lead_to(ntohs(address.sin_port));
  }
  void TearDown() override {
    EXPECT_EQ(proxy_->complaint(), "");
    ::close(listener_);
  }

  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  std::unique_ptr<Peer> connect_client() const {
    const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(proxy_->port());
    EXPECT_EQ(::connect(one, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return std::make_unique<Peer>(one);
  }
  void connect() {
    client_ = connect_client();
    broker_ = std::make_unique<Peer>(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
  }

  int listener_ = -1;
  std::unique_ptr<Proxy> proxy_;
  std::unique_ptr<Peer> client_;
  std::unique_ptr<Peer> broker_;
};

const std::string kBeat = request(ApiKey::kHeartbeat, 1);
const std::string kOffsets = request(ApiKey::kAddOffsetsToTxn, 2);
const std::string kCommit = request(ApiKey::kTxnOffsetCommit, 3);

TEST_F(ProxyRules, WithoutARuleAllPassesAndIsCounted) {
  connect();
  client_->send(kBeat + kOffsets + kBeat);
  EXPECT_EQ(broker_->receive(3 * kBeat.size()), kBeat + kOffsets + kBeat);
  broker_->send(answer(1) + answer(2));
  EXPECT_EQ(client_->receive(2 * answer(1).size()), answer(1) + answer(2));
  EXPECT_EQ(proxy_->passed(ApiKey::kHeartbeat), 2);
  EXPECT_EQ(proxy_->passed(ApiKey::kAddOffsetsToTxn), 1);
}

TEST_F(ProxyRules, HoldsARequestAndWhatIsBehindIt) {
  connect();
  const auto held = proxy_->set({.request = ApiKey::kAddOffsetsToTxn});
  client_->send(kBeat + kOffsets + kCommit);
  ASSERT_TRUE(proxy_->await_harm(held, kPatienceMs));
  EXPECT_EQ(broker_->receive(kBeat.size()), kBeat);
  EXPECT_TRUE(broker_->hears_nothing());
  proxy_->release(held);
  EXPECT_EQ(broker_->receive(2 * kBeat.size()), kOffsets + kCommit);
  EXPECT_FALSE(proxy_->await_answer(held, kNothingMs));
  broker_->send(answer(2));
  EXPECT_TRUE(proxy_->await_answer(held, kPatienceMs));
  EXPECT_EQ(client_->receive(answer(2).size()), answer(2));
}

TEST_F(ProxyRules, AHeldRequestOutlivesItsClient) {
  connect();
  const auto held = proxy_->set({.request = ApiKey::kAddOffsetsToTxn, .cuts = true});
  client_->send(kOffsets);
  EXPECT_TRUE(client_->is_closed());
  EXPECT_TRUE(broker_->hears_nothing());
  proxy_->release(held);
  EXPECT_EQ(broker_->receive(kOffsets.size()), kOffsets);
  broker_->send(answer(2));
  EXPECT_TRUE(proxy_->await_answer(held, kPatienceMs));
  EXPECT_TRUE(broker_->is_closed()) << "nobody waits on that connection any more";
}

TEST_F(ProxyRules, LosesThePassagesThatItNamesAndNoOther) {
  connect();
  int told = 0;
  const auto lost = proxy_->set({.harm = Harm::kLoseRequest,
                                 .request = ApiKey::kAddOffsetsToTxn,
                                 .first = 2,
                                 .times = 2,
                                 .then = [&] { ++told; }});
  std::string sent;
  for (std::uint32_t i = 0; i < 5; ++i) sent += request(ApiKey::kAddOffsetsToTxn, i);
  client_->send(sent);
  const std::string passed = request(ApiKey::kAddOffsetsToTxn, 0) +
                             request(ApiKey::kAddOffsetsToTxn, 3) +
                             request(ApiKey::kAddOffsetsToTxn, 4);
  EXPECT_EQ(broker_->receive(passed.size()), passed);
  EXPECT_EQ(proxy_->harmed(lost), 2);
  EXPECT_EQ(told, 2);
}

TEST_F(ProxyRules, LosesAnAnswerOfWhatTheBrokerHasDone) {
  connect();
  const auto lost = proxy_->set({.harm = Harm::kLoseAnswer, .request = ApiKey::kAddOffsetsToTxn});
  client_->send(kOffsets + kBeat);
  EXPECT_EQ(broker_->receive(2 * kBeat.size()), kOffsets + kBeat);
  EXPECT_EQ(proxy_->harmed(lost), 0) << "it is no harm before the answer";
  broker_->send(answer(2) + answer(1));
  EXPECT_EQ(client_->receive(answer(1).size()), answer(1));
  EXPECT_EQ(proxy_->harmed(lost), 1);
}

TEST_F(ProxyRules, ABrokenLinkLosesNothing) {
  connect();
  proxy_->break_link(true, false);
  client_->send(kBeat);
  EXPECT_TRUE(broker_->hears_nothing());
  broker_->send(answer(1));
  EXPECT_EQ(client_->receive(answer(1).size()), answer(1));
  proxy_->break_link(false, true);
  EXPECT_EQ(broker_->receive(kBeat.size()), kBeat);
  broker_->send(answer(2));
  EXPECT_TRUE(client_->hears_nothing());
  proxy_->heal_link();
  EXPECT_EQ(client_->receive(answer(2).size()), answer(2));
}

TEST_F(ProxyRules, DelaysEachRequest) {
  connect();
  proxy_->delay(4 * kNothingMs);
  client_->send(kBeat);
  EXPECT_TRUE(broker_->hears_nothing());
  EXPECT_EQ(broker_->receive(kBeat.size()), kBeat);
}

TEST_F(ProxyRules, RefusesAndCuts) {
  connect();
  proxy_->refuse(true);
  EXPECT_TRUE(connect_client()->is_closed());
  client_->send(kBeat);
  EXPECT_EQ(broker_->receive(kBeat.size()), kBeat);
  proxy_->cut();
  EXPECT_TRUE(client_->is_closed());
  EXPECT_TRUE(broker_->is_closed());
}

}  // namespace
}  // namespace encours::test
