// Goal: a clock in events mode only moves forward, by each instant of each day that it passes, and
// by one second where there is no day to pass. Method: instants by hand; Paris is UTC+1 in winter.
#include "services/ingestion/domain/tenant_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/ingestion/domain/decode/proto_date.h"

namespace encours::ingestion {
namespace {

using encours::ingestion::v1alpha1::AdvanceClockRequest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ClockMoveTest : public ::testing::Test {
 protected:
  static Instant at(const char* text) { return *Instant::parse(text); }

  static AdvanceClockRequest to(int day, int from = 0, bool whole_day = false) {
    AdvanceClockRequest request;
    set_date(*Date::from_ymd(2026, 1, day), request.mutable_to());
    if (from > 0) set_date(*Date::from_ymd(2026, 1, from), request.mutable_from());
    request.set_whole_day(whole_day);
    return request;
  }

  std::vector<Instant> move(const AdvanceClockRequest& request, Instant known) const {
    const auto moved = clock_move(request, paris_, known);
    EXPECT_TRUE(moved);
    return moved ? *moved : std::vector<Instant>{};
  }

  const Zone paris_ = *Zone::load("Europe/Paris");
};

TEST_F(ClockMoveTest, AFirstImportTicksFromItsFirstDayToTheEndOfItsLast) {
  EXPECT_THAT(move(to(6, 5, true), Instant::min()),
              ElementsAre(at("2026-01-04T23:00:00Z"),
                          at("2026-01-05T07:00:00Z"),
                          at("2026-01-05T23:00:00Z"),
                          at("2026-01-06T07:00:00Z")));
}

TEST_F(ClockMoveTest, ALaterImportGoesOnWhereTheClockStands) {
  // The days between the two files are ticked as well: invoices come due on them.
  EXPECT_THAT(move(to(7, 7, true), at("2026-01-06T07:00:00Z")),
              ElementsAre(at("2026-01-06T23:00:00Z"), at("2026-01-07T07:00:00Z")));
}

TEST_F(ClockMoveTest, AnImportOfPastDaysMovesItByASecond) {
  const Instant known = at("2026-01-06T07:00:00Z");
  EXPECT_THAT(move(to(3, 2, true), known), ElementsAre(at("2026-01-06T07:00:01Z")));
  EXPECT_THAT(move(to(6, 6, true), known), ElementsAre(at("2026-01-06T07:00:01Z")));
}

TEST_F(ClockMoveTest, AFlushMovesItByASecondIfItHasEverTicked) {
  EXPECT_THAT(move(AdvanceClockRequest(), at("2026-01-06T07:00:01Z")),
              ElementsAre(at("2026-01-06T07:00:02Z")));
  EXPECT_THAT(move(AdvanceClockRequest(), Instant::min()), IsEmpty());
}

TEST_F(ClockMoveTest, AdvancingEndsAtMidnightOfTheDay) {
  EXPECT_THAT(move(to(6), at("2026-01-05T07:00:01Z")), ElementsAre(at("2026-01-05T23:00:00Z")));
  EXPECT_THAT(move(to(6), Instant::min()), ElementsAre(at("2026-01-05T23:00:00Z")));
  EXPECT_THAT(move(to(5), at("2026-01-05T07:00:01Z")), IsEmpty());
}

TEST_F(ClockMoveTest, WhatIsNoDayIsRefusedByItsField) {
  AdvanceClockRequest no_day;
  no_day.mutable_to()->set_year(2026);
  EXPECT_EQ(clock_move(no_day, paris_, Instant::min()).failure().field, "to");
  EXPECT_EQ(clock_move(to(5, 6), paris_, Instant::min()).failure().field, "from");
}

}  // namespace
}  // namespace encours::ingestion
