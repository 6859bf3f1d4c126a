// Goal: local days and hours become the right instants, also on days when the clock changes.
// Method: expected instants come from Python's zoneinfo; for hours that don't exist, from the
// published moment of the change.
#include "common/time/zone.h"

#include <gtest/gtest.h>

#include <vector>

namespace encours {
namespace {

Zone zone(std::string_view name) { return Zone::load(name).value(); }
Date date(std::string_view text) { return Date::parse(text).value(); }
Instant instant(std::string_view text) { return Instant::parse(text).value(); }

// The next `count` day instants after `after`, as texts.
std::vector<std::string> next_instants(const Zone& where, std::string_view after, int count) {
  std::vector<std::string> texts;
  Instant at = instant(after);
  for (int i = 0; i < count; ++i) {
    at = where.next_day_instant(at);
    texts.push_back(at.to_string());
  }
  return texts;
}

TEST(Zone, LocalHours) {
  EXPECT_EQ(zone("Europe/Paris").at(date("2026-07-01"), 8, 0), instant("2026-07-01T06:00:00Z"));
  EXPECT_EQ(zone("Europe/Paris").at(date("2026-01-31"), kUndatedHour),
            instant("2026-01-31T05:00:00Z"));
  EXPECT_EQ(zone("Asia/Kathmandu").at(date("2026-05-05"), 8, 0), instant("2026-05-05T02:15:00Z"));
  EXPECT_EQ(Zone().at(date("2026-05-05"), 8, 30), instant("2026-05-05T08:30:00Z"));
  EXPECT_EQ(zone("Europe/Paris").name(), "Europe/Paris");
}

TEST(Zone, HourThatDoesNotExistIsTheJump) {
  EXPECT_EQ(zone("Europe/Paris").at(date("2026-03-29"), 2, 30), instant("2026-03-29T01:00:00Z"));
  EXPECT_EQ(zone("America/Sao_Paulo").at(date("2018-11-04"), 0, 0),
            instant("2018-11-04T03:00:00Z"));
  EXPECT_EQ(zone("Pacific/Apia").at(date("2011-12-30"), 8, 0), instant("2011-12-30T10:00:00Z"));
}

TEST(Zone, HourThatExistsTwiceIsTheFirst) {
  EXPECT_EQ(zone("Europe/Paris").at(date("2026-10-25"), 2, 30), instant("2026-10-25T00:30:00Z"));
  EXPECT_EQ(zone("America/St_Johns").at(date("2010-11-07"), 0, 0), instant("2010-11-07T02:30:00Z"));
}

TEST(Zone, LocalDateAndTime) {
  const Zone paris = zone("Europe/Paris");
  EXPECT_EQ(paris.local_date(instant("2026-01-30T22:59:59Z")), date("2026-01-30"));
  EXPECT_EQ(paris.local_date(instant("2026-01-30T23:00:00Z")), date("2026-01-31"));
  EXPECT_EQ(paris.local_time(instant("2026-07-01T06:05:59Z")).hour, 8);
  EXPECT_EQ(paris.local_time(instant("2026-07-01T06:05:59Z")).minute, 5);
  EXPECT_EQ(zone("Pacific/Kiritimati").local_date(Instant::max()), Date::max());
}

TEST(Zone, NextDayInstantIsStrictlyAfter) {
  EXPECT_EQ(next_instants(zone("Europe/Paris"), "2026-01-30T23:00:00Z", 3),
            (std::vector<std::string>{
                "2026-01-31T07:00:00Z", "2026-01-31T23:00:00Z", "2026-02-01T07:00:00Z"}));
  EXPECT_EQ(next_instants(zone("Europe/Paris"), "2026-01-30T22:59:59.999999Z", 1),
            (std::vector<std::string>{"2026-01-30T23:00:00Z"}));
}

TEST(Zone, NextDayInstantOnClockChanges) {
  EXPECT_EQ(next_instants(zone("Europe/Paris"), "2026-03-28T07:00:00Z", 3),
            (std::vector<std::string>{
                "2026-03-28T23:00:00Z", "2026-03-29T06:00:00Z", "2026-03-29T22:00:00Z"}));
  // Midnight is skipped: the day begins at 01:00 local, which is the jump.
  EXPECT_EQ(next_instants(zone("America/Sao_Paulo"), "2018-11-03T11:00:00Z", 2),
            (std::vector<std::string>{"2018-11-04T03:00:00Z", "2018-11-04T10:00:00Z"}));
  // Midnight comes twice (00:01 went back to 23:01): the day is opened once, by the first.
  EXPECT_EQ(next_instants(zone("America/St_Johns"), "2010-11-06T10:30:00Z", 2),
            (std::vector<std::string>{"2010-11-07T02:30:00Z", "2010-11-07T11:30:00Z"}));
  // The whole of 30 December is skipped: its two instants and the next midnight are one.
  EXPECT_EQ(next_instants(zone("Pacific/Apia"), "2011-12-29T10:00:00Z", 3),
            (std::vector<std::string>{
                "2011-12-29T18:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T18:00:00Z"}));
}

TEST(Zone, NextDayInstantAtTheEndOfTheCalendar) {
  EXPECT_EQ(Zone().next_day_instant(instant("9999-12-31T08:00:00Z")), Instant::max());
}

TEST(Zone, RefusesWhatIsNoZone) {
  for (const char* name : {"",
                           "Europe/Lutetia",
                           "europe/paris",
                           "../../etc/passwd",
                           "localtime",
                           "/etc/localtime",
                           "libc:localtime",
                           "Europe/Paris\n",
                           "Europe/../UTC"}) {
    const Result<Zone> loaded = Zone::load(name);
    ASSERT_FALSE(loaded.ok()) << name;
    EXPECT_EQ(loaded.failure().code, "unknown_time_zone");
  }
  EXPECT_TRUE(Zone::load("Etc/GMT+5").ok());
  EXPECT_EQ(zone("UTC").at(date("2026-05-05"), 0, 0), instant("2026-05-05T00:00:00Z"));
}

}  // namespace
}  // namespace encours
