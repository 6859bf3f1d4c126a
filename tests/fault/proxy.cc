#include "tests/fault/proxy.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "tests/fault/nemesis.h"

namespace encours::test {
namespace {

constexpr int kBacklog = 64;
constexpr std::int64_t kForeverMs = 60'000;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void send_at_once(int socket) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

// On the loopback a connection is made or refused at once.
int connect_to(int port) {
  const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(one, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(one);
    return -1;
  }
  send_at_once(one);
  return one;
}

void close_socket(int* socket) {
  if (*socket >= 0) ::close(*socket);
  *socket = -1;
}

}  // namespace

Result<std::unique_ptr<Proxy>> Proxy::start() {
  std::unique_ptr<Proxy> proxy(new Proxy());
  ENCOURS_TRY(proxy->listen());
  proxy->thread_ = std::thread([one = proxy.get()] { one->run(); });
  return proxy;
}

Status Proxy::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, size) != 0 || ::listen(listener_, kBacklog) != 0 ||
      ::getsockname(listener_, any, &size) != 0) {
    return fatal("proxy", std::string("no port: ") + std::strerror(errno));
  }
  port_ = ntohs(address.sin_port);
  return {};
}

Proxy::~Proxy() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
  for (auto& connection : connections_) {
    close_socket(&connection.client);
    close_socket(&connection.broker);
  }
  close_socket(&listener_);
  close_socket(&wake_);
}

void Proxy::wake() const {
  const std::uint64_t one = 1;
  ENCOURS_CHECK(::write(wake_, &one, sizeof one) == sizeof one, "an event counts up to 2^64");
}

bool Proxy::await(std::int64_t timeout_ms, const std::function<bool()>& done) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), done);
}

void Proxy::lead_to(int broker_port) {
  std::lock_guard lock(mutex_);
  broker_port_ = broker_port;
}

Proxy::RuleId Proxy::set(Rule rule) {
  std::lock_guard lock(mutex_);
  rules_.push_back({.rule = std::move(rule)});
  return static_cast<RuleId>(rules_.size()) - 1;
}

void Proxy::release(RuleId rule) {
  {
    std::lock_guard lock(mutex_);
    rules_.at(static_cast<std::size_t>(rule)).released = true;
    for (auto& connection : connections_) connection.requests.release(rule);
  }
  wake();
}

bool Proxy::await_harm(RuleId rule, std::int64_t timeout_ms, int times) {
  return await(timeout_ms,
               [&] { return rules_.at(static_cast<std::size_t>(rule)).harmed >= times; });
}

int Proxy::harmed(RuleId rule) const {
  std::lock_guard lock(mutex_);
  return rules_.at(static_cast<std::size_t>(rule)).harmed;
}

bool Proxy::await_answer(RuleId rule, std::int64_t timeout_ms, int times) {
  return await(timeout_ms,
               [&] { return rules_.at(static_cast<std::size_t>(rule)).answered >= times; });
}

void Proxy::break_link(bool to_broker, bool from_broker) {
  {
    std::lock_guard lock(mutex_);
    to_broker_ = !to_broker;
    from_broker_ = !from_broker;
  }
  wake();
}

void Proxy::delay(std::int64_t request_ms) {
  std::lock_guard lock(mutex_);
  delay_ms_ = request_ms;
}

void Proxy::refuse(bool refuses) {
  std::lock_guard lock(mutex_);
  refuses_ = refuses;
}

void Proxy::cut() {
  {
    std::lock_guard lock(mutex_);
    for (auto& connection : connections_) close_socket(&connection.client);
  }
  wake();
}

int Proxy::passed(ApiKey request, std::optional<bool> commits) const {
  std::lock_guard lock(mutex_);
  return count(request, commits);
}

int Proxy::count(ApiKey request, std::optional<bool> commits) const {
  int sum = 0;
  for (const auto& [which, times] : passed_) {
    if (which.first == request && (!commits || which.second == commits)) sum += times;
  }
  return sum;
}

bool Proxy::await_passed(ApiKey request, int times, std::int64_t timeout_ms) const {
  return await(timeout_ms, [&] { return count(request, {}) >= times; });
}

std::string Proxy::complaint() const {
  std::lock_guard lock(mutex_);
  return complaint_;
}

void Proxy::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wait_for_bytes(lock);
    accept_all();
    for (auto& connection : connections_) serve(connection);
    std::erase_if(connections_, [](const Connection& one) { return one.broker < 0; });
    changed_.notify_all();
  }
}

// Without the lock while it waits.
void Proxy::wait_for_bytes(std::unique_lock<std::mutex>& lock) {
  std::vector<pollfd> sockets = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
  std::int64_t wait_ms = kForeverMs;
  const std::int64_t now = monotonic_ms();
  const auto add = [&](int socket, const Lane& outgoing, bool open) {
    if (socket < 0) return;
    const auto due = open ? outgoing.due_ms() : std::nullopt;
    const bool writes = due && *due <= now;
    if (due && !writes) wait_ms = std::min(wait_ms, *due - now);
    sockets.push_back({socket, static_cast<short>(POLLIN | (writes ? POLLOUT : 0)), 0});
  };
  for (const auto& connection : connections_) {
    add(connection.client, connection.answers, from_broker_);
    add(connection.broker, connection.requests, to_broker_);
  }
  lock.unlock();
  ::poll(sockets.data(), sockets.size(), static_cast<int>(wait_ms));
  std::uint64_t woken = 0;
  const bool any = ::read(wake_, &woken, sizeof woken) == sizeof woken;
  static_cast<void>(any);  // All is looked at either way.
  lock.lock();
}

void Proxy::accept_all() {
  while (true) {
    Connection connection;
    connection.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection.client < 0) return;
    send_at_once(connection.client);
    if (!refuses_) connection.broker = connect_to(broker_port_);
    if (connection.broker < 0) {
      close_socket(&connection.client);
      continue;
    }
    connections_.push_back(std::move(connection));
  }
}

void Proxy::serve(Connection& connection) {
  if (connection.client >= 0 && !connection.requests.receive(connection.client)) {
    close_socket(&connection.client);
  }
  take_requests(connection);
  bool broker_gone = !connection.answers.receive(connection.broker);
  take_answers(connection);
  const std::int64_t now = monotonic_ms();
  if (to_broker_ && !broker_gone) {
    broker_gone = !connection.requests.send(connection.broker, now);
  }
  if (from_broker_ && connection.client >= 0 && !connection.answers.send(connection.client, now)) {
    close_socket(&connection.client);
  }
  // What a client has sent before it went reaches the broker all the same, with all that a rule
  // waits for.
  const bool client_done =
      connection.client < 0 && connection.requests.empty() && connection.awaited.empty();
  if (client_done || broker_gone) {
    close_socket(&connection.client);
    close_socket(&connection.broker);
  }
}

void Proxy::take_requests(Connection& connection) {
  while (true) {
    auto frame = connection.requests.next_frame();
    if (!frame) return complain(connection, frame.failure());
    if (!frame->has_value()) return;
    const auto request = read_request(**frame);
    if (!request) return complain(connection, request.failure());
    take_request(connection, std::move(**frame), *request);
  }
}

void Proxy::take_request(Connection& connection, std::string frame, const Request& request) {
  Parcel parcel{std::move(frame), monotonic_ms() + delay_ms_, {}};
  if (const auto id = rule_for(request)) {
    RuleState& state = rules_[static_cast<std::size_t>(*id)];
    if (state.rule.harm == Harm::kLoseRequest) return note_harm(connection, state);
    connection.awaited[request.correlation] = *id;
    if (state.rule.harm == Harm::kHold) {
      parcel.held_by = *id;
      note_harm(connection, state);
    }
  }
  if (!parcel.held_by) ++passed_[{request.api_key, request.commits}];
  connection.requests.put(std::move(parcel));
}

// The first rule that wants it; each counts what it sees.
std::optional<Proxy::RuleId> Proxy::rule_for(const Request& request) {
  std::optional<RuleId> found;
  for (std::size_t id = 0; id < rules_.size(); ++id) {
    auto& [rule, released, seen, harmed, answered] = rules_[id];
    const bool meant =
        rule.request == request.api_key && (!rule.commits || rule.commits == request.commits);
    if (!meant) continue;
    ++seen;
    const bool harms = !released && seen >= rule.first && seen - rule.first < rule.times;
    if (harms && !found) found = static_cast<RuleId>(id);
  }
  return found;
}

void Proxy::note_harm(Connection& connection, RuleState& state) {
  ++state.harmed;
  if (state.rule.then) state.rule.then();
  if (state.rule.cuts) close_socket(&connection.client);
}

void Proxy::take_answers(Connection& connection) {
  while (true) {
    auto frame = connection.answers.next_frame();
    if (!frame) return complain(connection, frame.failure());
    if (!frame->has_value()) return;
    const auto correlation = read_correlation(**frame);
    if (!correlation) return complain(connection, correlation.failure());
    if (take_answer(connection, *correlation)) continue;
    if (connection.client >= 0) connection.answers.put({std::move(**frame), 0, {}});
  }
}

bool Proxy::take_answer(Connection& connection, std::int32_t correlation) {
  const auto found = connection.awaited.find(correlation);
  if (found == connection.awaited.end()) return false;
  RuleState& state = rules_[static_cast<std::size_t>(found->second)];
  connection.awaited.erase(found);
  ++state.answered;
  if (state.rule.harm != Harm::kLoseAnswer) return false;
  note_harm(connection, state);
  return true;
}

void Proxy::complain(Connection& connection, const Error& why) {
  if (complaint_.empty()) complaint_ = describe(why);
  close_socket(&connection.client);
}

}  // namespace encours::test
