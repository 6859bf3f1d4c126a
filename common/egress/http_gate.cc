#include "common/egress/http_gate.h"

#include <algorithm>

namespace encours::egress {
namespace {

constexpr std::int64_t kToken = 60'000;
// Soon enough that a place that gets free is not idle for long.
constexpr std::int64_t kCrowdedMs = 20;

}  // namespace

HttpGate::Admission HttpGate::admit() {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ms = clock_.monotonic_ms();
  Admission admission;
  if (open_until_ms_ && (probing_ || now_ms < *open_until_ms_)) {
    admission.because = "breaker";
    admission.wait_ms = std::max(kCrowdedMs, *open_until_ms_ - now_ms);
    return admission;
  }
  if (under_way_ >= options_.concurrent) {
    admission.because = "concurrency";
    admission.wait_ms = kCrowdedMs;
    return admission;
  }
  admission.wait_ms = take_token(now_ms);
  if (admission.wait_ms > 0) {
    admission.because = "rate";
    return admission;
  }
  ++under_way_;
  probing_ = open_until_ms_.has_value();
  admission.permit.emplace(*this, probing_);
  return admission;
}

std::int64_t HttpGate::take_token(std::int64_t now_ms) {
  if (options_.per_minute <= 0) return 0;
  const std::int64_t full = kToken * std::max(1, options_.burst);
  if (!filled_ms_) tokens_ = full;
  // A long idle time fills the bucket and no more; it must not overflow either.
  const std::int64_t passed_ms = std::min(now_ms - filled_ms_.value_or(now_ms), full);
  tokens_ = std::min(full, tokens_ + passed_ms * options_.per_minute);
  filled_ms_ = now_ms;
  if (tokens_ >= kToken) {
    tokens_ -= kToken;
    return 0;
  }
  return (kToken - tokens_ + options_.per_minute - 1) / options_.per_minute;
}

bool HttpGate::open() const {
  const std::lock_guard lock(mutex_);
  return open_until_ms_.has_value();
}

void HttpGate::leave(bool probe) {
  const std::lock_guard lock(mutex_);
  --under_way_;
  if (probe) probing_ = false;
}

void HttpGate::report(bool healthy) {
  const std::lock_guard lock(mutex_);
  if (healthy) {
    failures_ = 0;
    open_until_ms_.reset();
    return;
  }
  ++failures_;
  if (options_.failures_to_open > 0 && failures_ >= options_.failures_to_open) {
    open_until_ms_ = clock_.monotonic_ms() + options_.open_ms;
  }
}

}  // namespace encours::egress
