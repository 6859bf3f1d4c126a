// HttpTestServer: a real HTTP server on the loopback whose raw answers a test writes, for tests of
// HTTP clients only.
//
// A handler gets the request as text and gives bytes to send; then the connection stays open for
// the next request, or is closed where it says so. One thread per connection; all end with it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/check.h"

namespace encours::egress::testing {

struct RawAnswer {
  std::string bytes;
  bool close = false;
  // Send nothing and keep the connection open until the server goes.
  bool never = false;
};

inline RawAnswer plain_answer(int status,
                              const std::string& body,
                              const std::string& headers = "") {
  return {"HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body};
}

class HttpTestServer {
 public:
  using Handler = std::function<RawAnswer(const std::string& request)>;

  explicit HttpTestServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    ENCOURS_CHECK(bind(listener_, any, length) == 0, "a free port of the loopback");
    ENCOURS_CHECK(listen(listener_, 16) == 0, "the test server listens");
    ENCOURS_CHECK(getsockname(listener_, any, &length) == 0, "the port is known");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~HttpTestServer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      for (const int one : open_) shutdown(one, SHUT_RDWR);
    }
    changed_.notify_all();
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : connections_) thread.join();
    close(listener_);
  }

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  int port() const { return port_; }
  int connections() const { return accepted_; }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void accept_all() {
    for (;;) {
      const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard lock(mutex_);
      if (connection < 0 || stopping_) {
        if (connection >= 0) close(connection);
        return;
      }
      ++accepted_;
      open_.push_back(connection);
      connections_.emplace_back([this, connection] { serve(connection); });
    }
  }
  void serve(int connection) {
    std::string buffer;
    for (;;) {
      const std::string request = read_request(connection, &buffer);
      if (request.empty()) break;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const RawAnswer answer = handler_(request);
      if (answer.never) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_; });
        break;
      }
      std::size_t sent = 0;
      while (sent < answer.bytes.size()) {
        const auto part =
            send(connection, answer.bytes.data() + sent, answer.bytes.size() - sent, MSG_NOSIGNAL);
        if (part <= 0) break;
        sent += static_cast<std::size_t>(part);
      }
      if (answer.close) break;
    }
    const std::lock_guard lock(mutex_);
    std::erase(open_, connection);
    close(connection);
  }
  // Head and body by Content-Length; empty at the end of the connection.
  static std::string read_request(int connection, std::string* buffer) {
    char bytes[4096];
    for (;;) {
      const auto end = buffer->find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto length = buffer->find("Content-Length: ");
        std::size_t body = 0;
        if (length < end) body = std::stoul(buffer->substr(length + 16));
        if (buffer->size() >= end + 4 + body) {
          std::string request = buffer->substr(0, end + 4 + body);
          buffer->erase(0, end + 4 + body);
          return request;
        }
      }
      const auto got = recv(connection, bytes, sizeof bytes, 0);
      if (got <= 0) return {};
      buffer->append(bytes, static_cast<std::size_t>(got));
    }
  }

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> accepted_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<int> open_;
  std::vector<std::string> requests_;
  std::thread acceptor_;
  std::vector<std::thread> connections_;
};

}  // namespace encours::egress::testing
