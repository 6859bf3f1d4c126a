// What every test of this folder begins with: a broker, a seed, an input, an installation.
//
// ENCOURS_SEED repeats a run; without it each test draws its own. It is printed first, and
// again with a failure. Tests are skipped by name where KAFKA_BOOTSTRAP_SERVERS is not set.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>
#include <string>

#include "tests/fault/installation.h"
#include "tests/fault/oracle.h"

namespace encours::test {

// How long after the last heal all must be done. A row takes seconds; a shared machine may be slow.
inline constexpr std::int64_t kLivenessMs = 30000;
// A run with a broken rule may never end; that is noticed too.
inline constexpr std::int64_t kMutatedLivenessMs = 12000;
// For what a process is waited for before it counts as hung.
inline constexpr std::int64_t kPatienceMs = 20000;
// The broker writes the marks of a transaction a moment after it is decided.
inline constexpr std::int64_t kDecidedMs = 3000;

class FaultTest : public testing::Test {
 protected:
  void SetUp() override;

  // The common start: an installation for the seed's input. Options may be changed before.
  void install();
  void install_on(const std::string& bootstrap_servers);
  // Between `from` and `to`, both included, from the seed.
  int draw(int from, int to);
  // "point:n:action", n drawn.
  std::string at(const std::string& point, int from, int to, const std::string& action = "kill");

  // Starts an instance with a fault and waits until it has died of it.
  void crash(const std::string& instance, const std::string& faults);
  // Expects the run to end exactly as if nothing had happened.
  void expect_exact();
  // Of an instance's whole life: it takes nothing before all of an assignment is restored.
  void expect_restored_before_assigned(const Process& process);
  // Expects a broken rule to be noticed, and says by which comparison.
  void expect_red();

  // Ends a run in which C can't be rebuilt: only these comparisons may fail, and they have to.
  void expect_only(const std::set<std::string>& failing);
  // Waits until a process has refused to go on, with this code and words that name the cause.
  void expect_refusal(Process& process, const std::string& code, const std::string& words = {});

  WorkloadOptions options;
  TopicOptions topics;
  // The rule that all instances break; set before install().
  std::string mutation;
  Workload workload;
  std::unique_ptr<Installation> run;
  std::unique_ptr<Oracle> oracle;

 private:
  std::uint64_t seed_ = 0;
  std::mt19937_64 random_;
};

}  // namespace encours::test

// For calls that return a Status or Result: shows the error.
#define ASSERT_GOOD(expression)                                                  \
  do {                                                                           \
    const auto& good_ = (expression);                                            \
    ASSERT_TRUE(good_.ok()) << (good_.ok() ? "" : describe(good_.failure()));    \
  } while (false)
#define EXPECT_GOOD(expression)                                                  \
  do {                                                                           \
    const auto& good_ = (expression);                                            \
    EXPECT_TRUE(good_.ok()) << (good_.ok() ? "" : describe(good_.failure()));    \
  } while (false)
