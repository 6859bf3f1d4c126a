// Goal: nothing is lost, doubled or stuck, in any history that a seed can draw; and the histories
// do pass by what is rare. Method: worlds (world.h), one for each seed, each compared with the
// model; the same worlds with one rule of the protocol broken have to be noticed.
//
// ENCOURS_SIM_SEEDS is how many, ENCOURS_SIM_SEED the first; ENCOURS_SIM_JOURNAL=1 prints the
// history of a world that fails.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "common/base/fault_point.h"
#include "tests/fault/sim/world.h"

namespace encours::test {
namespace {

constexpr std::uint64_t kSeeds = 1000;
constexpr std::uint64_t kMutatedSeeds = 3000;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::uint64_t first_seed() { return from_environment("ENCOURS_SIM_SEED", 1); }

std::string replay_of(std::uint64_t seed) {
  return "seed " + std::to_string(seed) + "; again: ENCOURS_SIM_SEED=" + std::to_string(seed) +
         " ENCOURS_SIM_SEEDS=1 ENCOURS_SIM_JOURNAL=1 build/dev/bin/sim_test "
         "--gtest_filter=Simulation.*";
}

// A check that fails ends the process: which world it was is said before.
std::uint64_t current_seed = 0;
void say_seed(int signal) {
  const std::string text = "in the world of " + replay_of(current_seed) + "\n";
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

Outcome run_world(std::uint64_t seed) {
  current_seed = seed;
  std::signal(SIGABRT, say_seed);
  std::signal(SIGSEGV, say_seed);
  const bool journal = std::getenv("ENCOURS_SIM_JOURNAL") != nullptr;
  return World(seed, journal).run();
}

// A run that never passes by one of these has shown nothing about it.
constexpr const char* kRareBranches[] = {
    "fenced by epoch",
    "fenced by generation",
    "EndTxn not answered",
    "EndTxn repeated",
    "EndTxn refused by a later epoch",
    "offsets sent twice",
    "outcome of a commit unknown",
    "watermark behind an open transaction",
    "offsets waited for a transaction",
    "slice of a tick cut by a failure",
    "rebalance during a restore",
    "session timed out",
    "disk wiped",
    "transaction timed out",
    "transaction aborted by its next owner",
    "member fenced by its name",
    "changelog compacted",
    "copy followed",
    "member fenced by the leader",
    "partition handed over",
    "partition inherited",
};

// The same, of a run this long.
constexpr std::uint64_t kLongRun = 10'000;
constexpr const char* kRarestBranches[] = {
    "restore waited for a mark",
    "partition back from an heir that has gone",
};

// How many worlds between two signs of life.
constexpr std::uint64_t kProgress = 5'000;

TEST(Simulation, EverySeedIsExact) {
  const std::uint64_t seeds = from_environment("ENCOURS_SIM_SEEDS", kSeeds);
  std::map<std::string_view, std::uint64_t> visits;
  std::uint64_t steps = 0;
  std::int64_t virtual_ms = 0;
  const std::int64_t began_ms = SystemClock().monotonic_ms();
  for (std::uint64_t seed = first_seed(); seed < first_seed() + seeds; ++seed) {
    const Outcome outcome = run_world(seed);
    for (const auto& [branch, count] : outcome.visits) visits[branch] += count;
    steps += outcome.steps;
    virtual_ms += outcome.virtual_ms;
    if (const auto done = seed - first_seed() + 1; done % kProgress == 0 && done < seeds) {
      std::cout << done << " worlds\n" << std::flush;
    }
    if (outcome.verdict.exact()) continue;
    for (const auto& line : outcome.journal) std::cout << line << "\n";
    ADD_FAILURE() << replay_of(seed) << "\n" << outcome.verdict.text();
  }
  std::cout << seeds << " worlds from seed " << first_seed() << " in "
            << SystemClock().monotonic_ms() - began_ms << " ms; " << virtual_ms / 1000
            << " s of their time, " << steps << " steps\n";
  for (const auto& [branch, count] : visits) std::cout << "  " << count << " " << branch << "\n";
  if (seeds < kSeeds) return;
  for (const char* branch : kRareBranches) EXPECT_GT(visits[branch], 0u) << branch;
  if (seeds < kLongRun) return;
  for (const char* branch : kRarestBranches) EXPECT_GT(visits[branch], 0u) << branch;
}

TEST(Simulation, ASeedReplaysExactly) {
  const std::uint64_t seed = first_seed();
  const Outcome once = World(seed, true).run();
  const Outcome again = World(seed, true).run();
  EXPECT_GT(once.journal.size(), 50u);
  EXPECT_EQ(once.journal, again.journal);
}

// How many worlds it takes until one notices that a rule of the protocol is broken.
class Mutation : public testing::TestWithParam<const char*> {
 protected:
  void TearDown() override { set_mutation(""); }
};

TEST_P(Mutation, IsNoticed) {
  const std::string rules = GetParam();
  set_mutation(rules);
  const bool has_mutations = mutation_is_on(rules.substr(0, rules.find('+')));
  if (!has_mutations) GTEST_SKIP() << "this build has no mutations";
  for (std::uint64_t taken = 1; taken <= kMutatedSeeds; ++taken) {
    const Outcome outcome = run_world(first_seed() + taken - 1);
    if (outcome.verdict.exact()) continue;
    std::string names;
    for (const auto& name : outcome.verdict.failed()) names += (names.empty() ? "" : "; ") + name;
    std::cout << GetParam() << ": noticed by world " << taken << ": " << names << "\n";
    return;
  }
  FAIL() << GetParam() << ": nobody noticed in " << kMutatedSeeds << " worlds";
}

INSTANTIATE_TEST_SUITE_P(Simulation, Mutation,
                         testing::Values("apply_before_commit", "forget_repeated_end_txn",
                                         "forget_stray_offsets", "move_unreleased",
                                         "restore_to_lso", "skip_group_metadata"),
                         [](const auto& rule) { return std::string(rule.param); });

}  // namespace
}  // namespace encours::test
