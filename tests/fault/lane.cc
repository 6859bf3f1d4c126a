#include "tests/fault/lane.h"

#include <sys/socket.h>

#include <cerrno>

namespace encours::test {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

bool Lane::receive(int socket) {
  char bytes[kReadBytes];
  while (true) {
    const ssize_t got = ::recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0) return would_block();
    if (got == 0) return false;
    cutter_.add({bytes, static_cast<std::size_t>(got)});
  }
}

void Lane::release(int rule) {
  for (auto& parcel : waiting_) {
    if (parcel.held_by == rule) parcel.held_by.reset();
  }
}

bool Lane::send(int socket, std::int64_t now_ms) {
  while (due_ms() && *due_ms() <= now_ms) {
    const std::string& bytes = waiting_.front().bytes;
    const ssize_t sent =
        ::send(socket, bytes.data() + sent_, bytes.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return would_block();
    sent_ += static_cast<std::size_t>(sent);
    if (sent_ < bytes.size()) return true;
    waiting_.pop_front();
    sent_ = 0;
  }
  return true;
}

std::optional<std::int64_t> Lane::due_ms() const {
  if (waiting_.empty() || waiting_.front().held_by) return std::nullopt;
  return waiting_.front().due_ms;
}

}  // namespace encours::test
