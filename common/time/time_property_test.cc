// Goal: what holds for every date, instant and zone, not only for the examples.
// Method: RapidCheck; it prints its seed, which RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/time/civil.h"

namespace encours {
namespace {

Date any_date() { return Date::from_days(*rc::gen::inRange(-719162, 2932897)); }

// From 1900 to 2100: where zones have had every kind of clock change.
Instant any_instant() {
  return Instant::from_unix_micros(
      *rc::gen::inRange<int64_t>(-2'208'988'800'000'000, 4'102'444'800'000'000));
}

Zone any_zone() {
  const auto name = *rc::gen::element<std::string>("Europe/Paris",
                                                   "Europe/London",
                                                   "America/St_Johns",
                                                   "America/Sao_Paulo",
                                                   "Pacific/Apia",
                                                   "Asia/Beirut",
                                                   "Africa/Casablanca",
                                                   "Australia/Lord_Howe",
                                                   "America/Havana",
                                                   "UTC");
  return Zone::load(name).value();
}

RC_GTEST_PROP(DateProperty, TextAndPartsRoundTrip, ()) {
  const Date date = any_date();
  const YearMonthDay parts = date.ymd();
  RC_ASSERT(Date::parse(date.to_string()).value() == date);
  RC_ASSERT(Date::from_ymd(parts.year, parts.month, parts.day).value() == date);
}

RC_GTEST_PROP(DateProperty, EndOfMonthIsTheDayBeforeAFirst, ()) {
  const Date date = any_date();
  const Date end = date.end_of_month();
  RC_ASSERT(end >= date);
  RC_ASSERT(end.month() == date.month());
  RC_ASSERT(end == Date::max() || (end + 1).day() == 1);
}

RC_GTEST_PROP(DateProperty, WeekdaysFollowEachOther, ()) {
  const Date date = any_date();
  RC_PRE(date < Date::max());
  RC_ASSERT(static_cast<int>((date + 1).weekday()) == static_cast<int>(date.weekday()) % 7 + 1);
}

RC_GTEST_PROP(InstantProperty, TextRoundTrip, ()) {
  const Instant at = any_instant();
  RC_ASSERT(Instant::parse(at.to_string()).value() == at);
  RC_ASSERT(Instant::from_unix_seconds(at.unix_seconds(), at.nanos_of_second()) == at);
}

RC_GTEST_PROP(ZoneProperty, NextDayInstantIsTheNearestOne, ()) {
  const Zone zone = any_zone();
  const Instant after = any_instant();
  const Instant next = zone.next_day_instant(after);
  RC_ASSERT(next > after);
  // Every day instant of the days around is at or before `after`, or at or after `next`.
  const Date today = zone.local_date(after);
  for (int shift = -3; shift <= 3; ++shift) {
    for (const LocalTime time : kDayInstants) {
      const Instant other = zone.at(today + shift, time);
      RC_ASSERT(other <= after || other >= next);
    }
  }
}

RC_GTEST_PROP(ZoneProperty, MidnightOpensItsDay, ()) {
  const Zone zone = any_zone();
  const Date date = zone.local_date(any_instant());
  const Instant midnight = zone.at(date, 0, 0);
  RC_ASSERT(zone.local_date(midnight) == date);
  RC_ASSERT(zone.local_date(midnight - Duration(1)) < date);
}

}  // namespace
}  // namespace encours
