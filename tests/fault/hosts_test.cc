// Goal: neither a clock that lies nor a machine that gives no memory, files or threads changes what
// comes out (rows 33 and 45). Method: processes whose wall clock is told to lie, a calendar with a
// leap day and a change to summer time in the ticks; limits that are set for one start and lifted
// for the next.
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "tests/fault/run.h"

namespace encours::test {
namespace {

namespace fs = std::filesystem;

// Under a limit it serves, ends or goes on trying; it need not do so for longer.
constexpr std::int64_t kLimitedMs = 5000;

class Clocks : public FaultTest {
 protected:
  // How far the wall clock of an instance is off, from now on.
  void set_clock(const std::string& instance, std::int64_t hours) {
    const auto path = run->scratch_dir("clock-" + instance).string();
    std::ofstream(path + ".new") << hours * 3'600'000 << "\n";
    fs::rename(path + ".new", path);
  }
  Process& start_with_clock(const std::string& instance) {
    return run->start(
        instance, {{"TALLY_CLOCK_FILE", run->scratch_dir("clock-" + instance).string()}});
  }
};

TEST_F(Clocks, Row33WallClockJumps) {
  ASSERT_NO_FATAL_FAILURE(install());
  std::size_t cut = 0;
  set_clock("a", 0);
  start_with_clock("a");
  for (const std::int64_t hours : {1, -1, 0, -48, 11, -24 * 400, 1}) {
    set_clock("a", hours);
    cut += 2;
    ASSERT_GOOD(run->feed(workload.cuts[cut].records));
    ASSERT_GOOD(oracle->await_outputs(kLivenessMs, workload.cuts[cut]));
    if (draw(0, 1) == 0) continue;
    // What was written under one clock is taken up under another.
    run->process("a").kill();
    ASSERT_TRUE(run->process("a").await_end(kPatienceMs));
    start_with_clock("a");
  }
  ASSERT_GOOD(run->feed_all());
  expect_exact();
}

// One is an hour ahead, the other an hour behind, and one takes over from the other.
TEST_F(Clocks, Row33InstancesDisagree) {
  ASSERT_NO_FATAL_FAILURE(install());
  run->set("TALLY_SESSION_TIMEOUT_MS", "1500");
  set_clock("a", 1);
  set_clock("b", -1);
  start_with_clock("a");
  start_with_clock("b");
  ASSERT_GOOD(run->feed(workload.cuts[8].records));
  ASSERT_GOOD(oracle->await_outputs(kLivenessMs, workload.cuts[8]));
  run->process("a").kill();
  ASSERT_GOOD(run->feed_all());
  expect_exact();
}

// From 27 February of a leap year on; then over the night in which an hour is missing.
TEST_F(Clocks, Row33LeapDayAndSummerTime) {
  for (const std::int64_t first_day : {1'708'992'000L, 1'711'670'400L}) {
    options.first_day_s = first_day;
    options.summer_time = true;
    options.regressing_ticks = 30;
    ASSERT_NO_FATAL_FAILURE(install());
    ASSERT_GOOD(run->feed_all());
    ASSERT_NO_FATAL_FAILURE(crash("a", at("release.record", 1, 900)));
    run->start("a");
    expect_exact();
  }
}

class Limits : public FaultTest {
 protected:
  // Under a limit the process ends by itself (or serves as ever); without it all is done.
  void expect_survived(const std::vector<std::vector<std::string>>& limits) {
    ASSERT_NO_FATAL_FAILURE(install());
    run->set("TALLY_WRITE_BUFFER_KIB", "4096");
    // For whoever it is started as.
    const auto dir = run->data_dir("a");
    fs::create_directories(dir);
    fs::permissions(dir, fs::perms::all);
    fs::permissions(dir.parent_path(), fs::perms::owner_all | fs::perms::others_exec);
    std::size_t cut = 0;
    int ends = 0;
    for (const auto& limit : limits) {
      ASSERT_GOOD(run->feed(workload.cuts[cut += 2].records));
      Process& process = run->start_as("a", {.environment = {}, .member = {}, .through = limit});
      await(kLimitedMs, [&] {
        return !process.alive() || oracle->await_outputs(0, workload.cuts[cut]).ok();
      });
      const auto ended = process.await_end(0);
      const auto fatal = process.lines_with("fatal ");
      std::cout << limit.back() << ": "
                << (!ended             ? "goes on"
                    : ended->signal > 0 ? "signal " + std::to_string(ended->signal)
                    : fatal.empty()     ? "exit " + std::to_string(ended->exit_code)
                                        : fatal[0].substr(0, 120))
                << std::endl;
      if (ended) {
        EXPECT_NE(ended->exit_code, 0);
        ++ends;
      }
      process.kill();
      ASSERT_TRUE(process.await_end(kPatienceMs));
    }
    EXPECT_GE(ends, 1) << "no limit was low enough";
    ASSERT_GOOD(run->feed_all());
    run->start("a");
    expect_exact();
  }

  std::vector<std::vector<std::string>> prlimit(const std::string& what,
                                                const std::vector<long>& values) {
    std::vector<std::vector<std::string>> out;
    for (const long value : values) {
      out.push_back({"/usr/bin/prlimit", "--" + what + "=" + std::to_string(value)});
    }
    return out;
  }
};
using LimitsLong = Limits;

TEST_F(Limits, Row45NoMemory) {
  expect_survived(prlimit("as", {90L << 20, 120L << 20, 150L << 20, 400L << 20}));
}

TEST_F(LimitsLong, Row45NoMoreFiles) { expect_survived(prlimit("nofile", {70, 90, 110, 140})); }

// Threads are counted by user, and root may have any number.
TEST_F(LimitsLong, Row45NoMoreThreads) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may start a process as somebody else";
  auto limits = prlimit("nproc", {4, 10, 16, 22});
  for (auto& limit : limits) {
    const std::vector<std::string> other = {"/usr/bin/setpriv", "--reuid=54321", "--clear-groups"};
    limit.insert(limit.begin(), other.begin(), other.end());
  }
  expect_survived(limits);
}

}  // namespace
}  // namespace encours::test
