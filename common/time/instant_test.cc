// Goal: instants are written and read as RFC 3339 has them.
// Method: expected microseconds come from Python's datetime; refusals are listed by hand.
#include "common/time/instant.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace encours {
namespace {

int64_t micros(std::string_view text) { return Instant::parse(text).value().unix_micros(); }

TEST(Instant, Parse) {
  EXPECT_EQ(micros("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(micros("2026-01-31T08:00:00Z"), 1769846400000000);
  EXPECT_EQ(micros("2026-01-31t08:00:00z"), 1769846400000000);
  EXPECT_EQ(micros("2026-01-31T09:00:00.25+01:00"), 1769846400250000);
  EXPECT_EQ(micros("2024-02-29T12:34:56.000007-03:30"), 1709222696000007);
  EXPECT_EQ(micros("2026-01-31T08:00:00.123456789Z"), 1769846400123456);
  EXPECT_EQ(micros("1969-12-31T23:59:59.999999Z"), -1);
  EXPECT_EQ(micros("0001-01-01T00:00:00Z"), -62135596800000000);
  EXPECT_EQ(micros("9999-12-31T23:59:59.999999Z"), 253402300799999999);
}

TEST(Instant, Format) {
  const auto text = [](int64_t at) { return Instant::from_unix_micros(at).to_string(); };
  EXPECT_EQ(text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(text(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(text(1769846400250000), "2026-01-31T08:00:00.250000Z");
  EXPECT_EQ(text(1709222696000007), "2024-02-29T16:04:56.000007Z");
  EXPECT_EQ(Instant::min().to_string(), "0001-01-01T00:00:00Z");
  EXPECT_EQ(Instant::max().to_string(), "9999-12-31T23:59:59.999999Z");
}

TEST(Instant, RefusesWhatIsNoInstant) {
  for (const char* text : {"",
                           "2026-01-31",
                           "2026-01-31T08:00:00",
                           "2026-01-31 08:00:00Z",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T08:60:00Z",
                           "2026-01-31T08:00:60Z",
                           "2026-01-31T08:00:00.Z",
                           "2026-01-31T08:00:00.1234567890Z",
                           "2026-01-31T08:00:00+24:00",
                           "2026-01-31T08:00:00+0100",
                           "2026-01-31T08:00:00ZZ",
                           "2026-02-30T08:00:00Z",
                           "2026-01-31T8:00:00Z0",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01"}) {
    const Result<Instant> parsed = Instant::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.failure().code, "invalid_instant") << text;
  }
}

TEST(Instant, TimestampParts) {
  const Instant before_epoch = Instant::from_unix_micros(-1'500'000);
  EXPECT_EQ(before_epoch.unix_seconds(), -2);
  EXPECT_EQ(before_epoch.nanos_of_second(), 500'000'000);
  EXPECT_EQ(before_epoch.unix_millis(), -1500);
  EXPECT_EQ(Instant::from_unix_seconds(-2, 500'000'999), before_epoch);
  EXPECT_EQ(Instant::from_unix_millis(1769846400250).unix_micros(), 1769846400250000);
  EXPECT_EQ(Instant::max().nanos_of_second(), 999'999'000);
}

TEST(Instant, Arithmetic) {
  const Instant at = Instant::from_unix_seconds(1000);
  EXPECT_EQ((at + std::chrono::minutes(15)).unix_seconds(), 1900);
  EXPECT_EQ((at - std::chrono::hours(1)).unix_seconds(), -2600);
  EXPECT_EQ(at - Instant(), std::chrono::seconds(1000));
  EXPECT_EQ(at + Duration::max(), Instant::max());
  EXPECT_EQ(at + Duration::min(), Instant::min());
  EXPECT_EQ(at - Duration::min(), Instant::max());
  EXPECT_EQ(Instant::from_unix_seconds(INT64_MAX), Instant::max());
  EXPECT_EQ(Instant::from_unix_millis(INT64_MIN), Instant::min());
  EXPECT_EQ(Instant::from_unix_micros(INT64_MIN), Instant::min());
}

}  // namespace
}  // namespace encours
