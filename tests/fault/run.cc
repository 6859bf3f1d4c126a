#include "tests/fault/run.h"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <vector>

namespace encours::test {
namespace {

// All tests of a run have its seed, and each draws its own from it.
std::mt19937_64 random_of_this_test(std::uint64_t seed) {
  const auto& test = *testing::UnitTest::GetInstance()->current_test_info();
  const std::string name = std::string(test.test_suite_name()) + "." + test.name();
  std::vector<std::uint32_t> mixed(name.begin(), name.end());
  mixed.push_back(static_cast<std::uint32_t>(seed >> 32));
  mixed.push_back(static_cast<std::uint32_t>(seed));
  std::seed_seq sequence(mixed.begin(), mixed.end());
  return std::mt19937_64(sequence);
}

}  // namespace

void FaultTest::SetUp() {
  if (std::getenv("KAFKA_BOOTSTRAP_SERVERS") == nullptr) {
    GTEST_SKIP() << "KAFKA_BOOTSTRAP_SERVERS names no broker";
  }
  const char* given = std::getenv("ENCOURS_SEED");
  seed_ = given == nullptr ? std::random_device()() : std::strtoull(given, nullptr, 10);
  random_ = random_of_this_test(seed_);
  options.seed = random_();
  std::cout << "seed " << seed_ << " (ENCOURS_SEED repeats it)" << std::endl;
}

void FaultTest::install() { install_on(std::getenv("KAFKA_BOOTSTRAP_SERVERS")); }

void FaultTest::install_on(const std::string& bootstrap_servers) {
  workload = generate(options);
  auto made = Installation::make(bootstrap_servers, workload, topics);
  ASSERT_GOOD(made);
  run = std::move(made).value();
  oracle = std::make_unique<Oracle>(*run);
  if (!mutation.empty()) run->set("ENCOURS_MUTATION", mutation);
  // Small transactions and slices, so that there are many of them to die in.
  run->set("TALLY_MAX_RECORDS", "200");
  run->set("TALLY_SLICE_SIZE", "150");
}

int FaultTest::draw(int from, int to) {
  return from + static_cast<int>(random_() % static_cast<std::uint64_t>(to - from + 1));
}

std::string FaultTest::at(const std::string& point, int from, int to,
                          const std::string& action) {
  return point + ":" + std::to_string(draw(from, to)) + ":" + action;
}

void FaultTest::crash(const std::string& instance, const std::string& faults) {
  Process& process = run->start(instance, {{"ENCOURS_FAULT", faults}});
  const auto ended = process.await_end(kPatienceMs);
  ASSERT_TRUE(ended.has_value()) << "still alive: the fault did not fire: " << faults;
  ASSERT_EQ(ended->signal, SIGKILL) << faults;
  ASSERT_EQ(process.lines_with("fault point").size(), 1u) << faults;
}

void FaultTest::expect_exact() {
  const Verdict verdict = oracle->judge(kLivenessMs);
  EXPECT_TRUE(verdict.exact()) << "seed " << seed_ << "\n" << verdict.text();
}

void FaultTest::expect_only(const std::set<std::string>& failing) {
  const Verdict verdict = oracle->judge(kLivenessMs);
  EXPECT_EQ(verdict.failed(), failing) << "seed " << seed_ << "\n" << verdict.text();
}

void FaultTest::expect_refusal(Process& process, const std::string& code,
                               const std::string& words) {
  const auto ended = process.await_end(kPatienceMs);
  ASSERT_TRUE(ended.has_value()) << "it goes on";
  EXPECT_EQ(ended->exit_code, 1) << "signal " << ended->signal << "\n" << process.tail();
  const auto lines = process.lines_with("fatal ");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].starts_with("fatal " + code + ": ")) << lines[0];
  EXPECT_NE(lines[0].find(words), std::string::npos) << lines[0];
  std::cout << lines[0] << std::endl;
}

void FaultTest::expect_restored_before_assigned(const Process& process) {
  std::set<std::string> restored;
  for (const auto& line : process.lines_with("")) {
    if (line.starts_with("restore p-")) restored.insert(line.substr(8, line.find(' ', 8) - 8));
    if (!line.starts_with("assigned ")) continue;
    std::set<std::string> works_on;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (word.starts_with("p-")) works_on.insert(word);
    }
    for (const auto& p : works_on) {
      EXPECT_TRUE(restored.contains(p)) << p << " is not restored: " << line;
    }
    restored = works_on;  // One that goes and comes back is restored again.
  }
}

void FaultTest::expect_red() {
  const Verdict verdict = oracle->judge(kMutatedLivenessMs);
  EXPECT_FALSE(verdict.exact()) << "seed " << seed_ << ": nobody noticed the broken rule";
  std::string names;
  for (const auto& name : verdict.failed()) names += (names.empty() ? "" : "; ") + name;
  std::cout << "noticed by: " << names << std::endl;
}

}  // namespace encours::test
