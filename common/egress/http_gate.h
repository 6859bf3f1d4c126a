// HttpGate: how much one provider is asked: calls at a time, calls a minute, and none while it is
// down.
//
// Who wants to call asks admit(): it gives a Permit, or says how long to wait; nobody is made to
// wait inside. Rate: a token bucket that fills evenly and holds a `burst`. Breaker: after
// `failures_to_open` failures in a row it is open for `open_ms`; then one call is let through as a
// probe, whose end closes it or opens it again. A Permit is reported once as healthy or not and
// frees its place when it goes; one that is not reported says nothing of the provider. Safe from
// any thread; the clock outlives it.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "common/time/clock.h"

namespace encours::egress {

struct GateOptions {
  std::int32_t concurrent = 4;
  // 0: no limit.
  std::int32_t per_minute = 0;
  std::int32_t burst = 1;
  // 0: no breaker.
  std::int32_t failures_to_open = 5;
  std::int64_t open_ms = 30'000;
};

class HttpGate {
 public:
  HttpGate(GateOptions options, Clock& clock) : options_(options), clock_(clock) {}

  class Permit {
   public:
    Permit(HttpGate& gate, bool probe) : gate_(&gate), probe_(probe) {}
    Permit(Permit&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), probe_(other.probe_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (gate_ != nullptr) gate_->leave(probe_);
    }
    void report(bool healthy) { gate_->report(healthy); }

   private:
    HttpGate* gate_;
    bool probe_;
  };
  struct Admission {
    std::optional<Permit> permit;
    // Where there is none: not before so long.
    std::int64_t wait_ms = 0;
    // "concurrency", "rate", "breaker".
    const char* because = "";
  };

  Admission admit();
  bool open() const;

 private:
  friend class Permit;
  void leave(bool probe);
  void report(bool healthy);
  // Milliseconds until there is a token; 0 takes it.
  std::int64_t take_token(std::int64_t now_ms);

  GateOptions options_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::int32_t under_way_ = 0;
  std::int32_t failures_ = 0;
  std::optional<std::int64_t> open_until_ms_;
  bool probing_ = false;
  // Tokens in 60,000ths, so that a millisecond brings per_minute of them.
  std::int64_t tokens_ = 0;
  std::optional<std::int64_t> filled_ms_;
};

}  // namespace encours::egress
