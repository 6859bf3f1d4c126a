#include "common/time/instant.h"

#include <cstdio>

#include "common/time/date.h"
#include "common/time/digits.h"

namespace encours {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

Error invalid_instant() {
  return refused("invalid_instant",
                 "",
                 "An instant is written as 2026-01-31T08:00:00Z or with an offset as +01:00.");
}

// ".25" is 250,000 microseconds; at least one digit, at most nine.
int64_t fraction_micros(DigitReader& reader) {
  if (!reader.take('.')) return 0;
  int64_t nanos = 0;
  int digits = 0;
  for (int digit = reader.take_digit(); digit >= 0; digit = reader.take_digit()) {
    nanos = nanos * 10 + digit;
    if (++digits > 9) return reader.fail();
  }
  if (digits == 0) return reader.fail();
  for (; digits < 9; ++digits) nanos *= 10;
  return nanos / 1000;
}

int64_t offset_seconds(DigitReader& reader) {
  if (reader.take('Z') || reader.take('z')) return 0;
  const bool west = reader.take('-');
  if (!west) reader.literal('+');
  const int hours = reader.number(2);
  reader.literal(':');
  const int minutes = reader.number(2);
  if (hours > 23 || minutes > 59) return reader.fail();
  const int64_t seconds = hours * 3600 + minutes * 60;
  return west ? -seconds : seconds;
}

}  // namespace

Result<Instant> Instant::parse(std::string_view text) {
  if (text.size() < 20) return invalid_instant();
  const Result<Date> date = Date::parse(text.substr(0, 10));
  if (!date.ok()) return invalid_instant();
  DigitReader reader(text.substr(10));
  if (!reader.take('t')) reader.literal('T');
  const int hour = reader.number(2);
  reader.literal(':');
  const int minute = reader.number(2);
  reader.literal(':');
  const int second = reader.number(2);
  const int64_t micros = fraction_micros(reader);
  const int64_t offset = offset_seconds(reader);
  if (!reader.ok() || !reader.rest().empty()) return invalid_instant();
  if (hour > 23 || minute > 59 || second > 59) return invalid_instant();
  const int64_t seconds =
      date->days() * kSecondsPerDay + hour * 3600 + minute * 60 + second - offset;
  const int64_t total = seconds * kMicrosPerSecond + micros;
  if (total < kMinMicros || total > kMaxMicros) return invalid_instant();
  return Instant(total);
}

std::string Instant::to_string() const {
  const int64_t seconds = unix_seconds();
  const int64_t micros = micros_ - seconds * kMicrosPerSecond;
  const int64_t days = floor_division(seconds, kSecondsPerDay);
  const int of_day = static_cast<int>(seconds - days * kSecondsPerDay);
  char text[24];
  int length = std::snprintf(
      text, sizeof text, "T%02d:%02d:%02d", of_day / 3600, of_day / 60 % 60, of_day % 60);
  if (micros != 0) {
    std::snprintf(text + length,
                  sizeof text - static_cast<size_t>(length),
                  ".%06d",
                  static_cast<int>(micros));
  }
  return Date::from_days(days).to_string() + text + "Z";
}

}  // namespace encours
