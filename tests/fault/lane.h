// Lane: one direction of a connection through the proxy: frames that came and have not gone on.
//
// Frames go on in their order, each when its time has come; one that is held holds up all behind
// it, as a lost packet does. Sockets are the owner's and may block: it never waits for one.
// One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "tests/fault/frame.h"

namespace encours::test {

struct Parcel {
  std::string bytes;
  std::int64_t due_ms = 0;
  // The rule that holds it.
  std::optional<int> held_by;
};

class Lane {
 public:
  // Takes what has come; false once nothing more will.
  bool receive(int socket);
  Result<std::optional<std::string>> next_frame() { return cutter_.next(); }

  void put(Parcel parcel) { waiting_.push_back(std::move(parcel)); }
  void release(int rule);
  // Sends what is due; false where nobody takes it any more.
  bool send(int socket, std::int64_t now_ms);

  bool empty() const { return waiting_.empty(); }
  // When the first one may go; nothing where none may.
  std::optional<std::int64_t> due_ms() const;

 private:
  FrameCutter cutter_;
  std::deque<Parcel> waiting_;
  std::size_t sent_ = 0;  // Of the first one.
};

}  // namespace encours::test
