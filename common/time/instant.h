// Instant is a point on the UTC time line with the precision of a microsecond.
//
// It is a plain value between 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z, the range of
// RFC 3339 and of google.protobuf.Timestamp; arithmetic stops at the ends as Date does. Leap
// seconds don't exist here. Nothing in this header reads a clock: see clock.h for that. Text from
// outside is refused with the code "invalid_instant".
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

namespace encours {

// A length of time, not a point: `at + std::chrono::minutes(15)` is an Instant.
using Duration = std::chrono::microseconds;

class Instant {
 public:
  constexpr Instant() = default;  // 1970-01-01T00:00:00Z.

  static constexpr Instant min() { return Instant(kMinMicros); }
  static constexpr Instant max() { return Instant(kMaxMicros); }

  static constexpr Instant from_unix_micros(int64_t micros) {
    if (micros < kMinMicros) return min();
    if (micros > kMaxMicros) return max();
    return Instant(micros);
  }
  static constexpr Instant from_unix_millis(int64_t millis) {
    if (millis < kMinMicros / 1000) return min();
    if (millis > kMaxMicros / 1000) return max();
    return from_unix_micros(millis * 1000);
  }
  // As google.protobuf.Timestamp has it; nanoseconds below a microsecond are dropped.
  static constexpr Instant from_unix_seconds(int64_t seconds, int32_t nanos = 0) {
    if (seconds < kMinMicros / 1'000'000) return min();
    if (seconds > kMaxMicros / 1'000'000) return max();
    return from_unix_micros(seconds * 1'000'000 + nanos / 1000);
  }

  // RFC 3339: "2026-01-31T08:00:00Z", "2026-01-31T09:00:00.25+01:00". Of up to nine decimals
  // those below a microsecond are dropped.
  static Result<Instant> parse(std::string_view text);

  constexpr int64_t unix_micros() const { return micros_; }
  constexpr int64_t unix_millis() const { return floor_division(micros_, 1000); }
  constexpr int64_t unix_seconds() const { return floor_division(micros_, 1'000'000); }
  // The part below the second, 0 to 999,999,999, to go with unix_seconds().
  constexpr int32_t nanos_of_second() const {
    return static_cast<int32_t>((micros_ - unix_seconds() * 1'000'000) * 1000);
  }

  // RFC 3339 in UTC, one text for one instant: no decimals for a whole second, else six.
  std::string to_string() const;

  friend constexpr bool operator==(Instant, Instant) = default;
  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant at, Duration by) {
    // No sum can overflow: a step longer than the whole range is cut to the range first.
    if (by.count() > kMaxMicros - kMinMicros) return max();
    if (by.count() < kMinMicros - kMaxMicros) return min();
    return from_unix_micros(at.micros_ + by.count());
  }
  friend constexpr Instant operator-(Instant at, Duration by) {
    return by == Duration::min() ? max() : at + (-by);
  }
  friend constexpr Duration operator-(Instant to, Instant from) {
    return Duration(to.micros_ - from.micros_);
  }
  friend std::ostream& operator<<(std::ostream& out, Instant at) { return out << at.to_string(); }
  template <class H>
  friend H AbslHashValue(H state, Instant at) {
    return H::combine(std::move(state), at.micros_);
  }

 private:
  static constexpr int64_t kMinMicros = -62'135'596'800'000'000;
  static constexpr int64_t kMaxMicros = 253'402'300'799'999'999;

  static constexpr int64_t floor_division(int64_t number, int64_t by) {
    return number / by - (number % by < 0 ? 1 : 0);
  }

  constexpr explicit Instant(int64_t micros) : micros_(micros) {}

  int64_t micros_ = 0;
};

}  // namespace encours
