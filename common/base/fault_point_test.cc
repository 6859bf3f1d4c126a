// Goal: a fault fires at its passage and not before, and a chain waits for the one in front.
// Method: a child process each, because faults are read once from the environment and end the
// process.
#include "common/base/fault_point.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace encours {
namespace {

#ifdef ENCOURS_FAULT_POINTS

void pass(const char* faults, std::initializer_list<const char*> points) {
  ::setenv("ENCOURS_FAULT", faults, 1);
  for (const char* point : points) pass_fault_point(point);
  std::_Exit(0);
}

TEST(FaultPointDeathTest, FiresAtItsPassage) {
  EXPECT_EXIT(pass("a:2:exit", {"a", "b", "b"}), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(pass("a:2:exit", {"a", "b", "a"}), testing::ExitedWithCode(3), "a passed 2 times");
  EXPECT_EXIT(pass("a:1:kill", {"a"}), testing::KilledBySignal(SIGKILL), "a passed 1 times: kill");
}

TEST(FaultPointDeathTest, TakesAListOfFaults) {
  EXPECT_EXIT(pass("a:9:exit,b:1:exit", {"a", "b"}), testing::ExitedWithCode(3), "b passed");
}

TEST(FaultPointDeathTest, AChainCountsFromTheFaultBefore) {
  const char* passed = "a passed 1 times: pass";
  EXPECT_EXIT(pass("a:1:pass>b:1:exit", {"b", "b", "a"}), testing::ExitedWithCode(0), passed);
  EXPECT_EXIT(pass("a:1:pass>b:2:exit", {"b", "a", "b"}), testing::ExitedWithCode(0), passed);
  EXPECT_EXIT(pass("a:1:pass>b:2:exit", {"b", "a", "b", "b"}), testing::ExitedWithCode(3),
              "b passed 2 times");
}

// The alarm would end the process by its signal if it stalled for longer than it is told.
TEST(FaultPointDeathTest, StallsForItsTimeAndGoesOn) {
  const auto stalled = [](unsigned alarm_s) {
    ::alarm(alarm_s);
    pass("a:1:stall1500", {"a"});
  };
  EXPECT_EXIT(stalled(1), testing::KilledBySignal(SIGALRM), "a passed 1 times: stall1500");
  EXPECT_EXIT(stalled(60), testing::ExitedWithCode(0), "a passed 1 times: stall1500");
}

#endif

}  // namespace
}  // namespace encours
