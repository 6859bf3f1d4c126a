// Goal: progress is one changing line on a terminal, rare lines elsewhere. Method: a manual clock
// and whole outputs.
#include "services/encoursctl/output/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace encours::ctl {
namespace {

using std::chrono::milliseconds;

TEST(Progress, OneLineOnATerminalAtMostTenTimesASecond) {
  ManualClock clock;
  std::ostringstream err;
  {
    Progress progress(err, true, clock);
    progress.show("one");
    progress.show("too soon");
    clock.advance(milliseconds(100));
    progress.show("two");
  }
  EXPECT_EQ(err.str(), "\r\033[Kone\r\033[Ktwo\r\033[K");
}

TEST(Progress, ALineEachFifteenSecondsElsewhere) {
  ManualClock clock;
  std::ostringstream err;
  Progress progress(err, false, clock);
  progress.show("at once");
  clock.advance(milliseconds(14'999));
  progress.show("still too soon");
  clock.advance(milliseconds(1));
  progress.show("now");
  progress.show("too soon again");
  progress.clear();
  EXPECT_EQ(err.str(), "now\n");
}

TEST(Progress, Bar) {
  EXPECT_EQ(progress_bar(0, 100, 10), "[----------]   0 %");
  EXPECT_EQ(progress_bar(55, 100, 10), "[#####-----]  55 %");
  EXPECT_EQ(progress_bar(100, 100, 10), "[##########] 100 %");
  EXPECT_EQ(progress_bar(250, 100, 10), "[##########] 100 %");
  EXPECT_EQ(progress_bar(5, 0, 10), "[----------]   0 %");
}

TEST(Progress, Groups) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1 000");
  EXPECT_EQ(grouped(1234567), "1 234 567");
  EXPECT_EQ(grouped(-1234), "-1 234");
}

}  // namespace
}  // namespace encours::ctl
