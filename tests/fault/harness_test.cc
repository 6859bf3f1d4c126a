// Goal: the harness itself can be trusted: its input has what it says, its canonical form tells
// runs apart and nothing else, its processes obey. Method: small cases by hand; no broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "tally.pb.h"
#include "tests/fault/model.h"
#include "tests/fault/nemesis.h"

namespace encours::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::size_t reports_in(const Canonical& outputs) {
  std::size_t reports = 0;
  for (const auto& [heading, sequence] : outputs) {
    for (const auto& line : sequence) {
      tally::TallyRecord record;
      if (record.ParseFromString(line.substr(0, line.rfind('\n'))) && record.report()) ++reports;
    }
  }
  return reports;
}

TEST(Workload, HasAllThatCanGoWrongForEverySeed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Workload workload = generate({.seed = seed});
    const Expected expected = model_of(workload);
    EXPECT_EQ(workload.cuts.size(), 20u);
    EXPECT_EQ(workload.cuts.back().records, workload.records.size());
    EXPECT_GT(expected.no_ops.size(), 5u) << "seed " << seed;
    EXPECT_GT(reports_in(expected.outputs), 20u) << "seed " << seed;
    std::size_t poison = 0;
    for (const auto& record : workload.records) poison += record.is_poison() ? 1 : 0;
    EXPECT_EQ(poison, 30u);
    // Each of the 8 partitions has totals and timers that wait.
    EXPECT_THAT(expected.rows, SizeIs(16)) << "seed " << seed;
  }
}

TEST(Workload, IsTheSameForTheSameSeed) {
  const auto bytes = [](std::uint64_t seed) {
    std::string all;
    for (const auto& record : generate({.seed = seed}).records) {
      all += record.topic + std::to_string(record.partition) + record.key + record.value;
    }
    return all;
  };
  EXPECT_EQ(bytes(7), bytes(7));
  EXPECT_NE(bytes(7), bytes(8));
}

// One tenant; two amounts of 5 and 7 for one key, the second one sent twice, then two ticks, of
// which the second lies more than a day after both.
TEST(Model, FoldsAmountsByTime) {
  Workload workload;
  workload.options.partitions = 1;
  workload.clocks = {"tenant/t"};
  const auto add = [&](const tally::TallyRecord& record) {
    workload.records.push_back({kTallyIn, 0, "t/x", record.SerializeAsString(), {}, {}, {}});
  };
  tally::TallyRecord amount;
  amount.mutable_envelope()->set_tenant("t");
  amount.set_key("k");
  const std::pair<std::int64_t, const char*> sent[] = {{2000, "b"}, {1000, "a"}, {1000, "a"}};
  for (const auto& [at, id] : sent) {
    amount.mutable_envelope()->set_id(id);
    amount.mutable_envelope()->mutable_recorded_at()->set_seconds(at);
    amount.set_amount(at == 1000 ? 5 : 7);
    add(amount);
  }
  for (const std::int64_t at : {3000, 100000}) {
    tally::TallyRecord tick;
    tick.mutable_tick()->set_clock("tenant/t");
    tick.mutable_tick()->mutable_instant()->set_seconds(at);
    add(tick);
  }
  const Expected expected = model_of(workload);
  EXPECT_EQ(expected.sum, 12);
  EXPECT_THAT(expected.no_ops, testing::ElementsAre(std::pair(0, 1L)));
  const auto& sequence = expected.outputs.at("tally.out p-0 t/k");
  ASSERT_THAT(sequence, SizeIs(3));
  const std::int64_t totals[] = {5, 12, 12};
  for (int i = 0; i < 3; ++i) {
    tally::TallyRecord out;
    ASSERT_TRUE(out.ParseFromString(sequence[i].substr(0, sequence[i].rfind('\n'))));
    EXPECT_EQ(out.total(), totals[i]);
    EXPECT_EQ(out.report(), i == 2);
  }
}

stream::LogRecord record_of(const std::string& key, const std::string& value) {
  stream::LogRecord record;
  record.topic = "tally.out";
  record.key = key;
  record.value = value;
  return record;
}

Canonical form_of(const std::vector<stream::LogRecord>& records) {
  Canonical form;
  for (const auto& record : records) add_record(record, &form);
  return form;
}

TEST(Canonical, ComparesSequencesPerKey) {
  const auto a = record_of("a", "1");
  const auto b = record_of("b", "1");
  const auto c = record_of("a", "2");
  EXPECT_THAT(differences(form_of({a, b, c}), form_of({b, a, c})), IsEmpty());
  EXPECT_THAT(differences(form_of({a, c}), form_of({c, a})), SizeIs(1));
  EXPECT_THAT(differences(form_of({a}), form_of({a, a})), SizeIs(1));
  EXPECT_THAT(differences(form_of({a, b}), form_of({a})), SizeIs(1));
  auto moved = a;
  moved.partition = 3;
  EXPECT_THAT(differences(form_of({a}), form_of({moved})), SizeIs(2));
  auto with_source = a;
  with_source.headers = {{"source", "x"}};
  EXPECT_THAT(differences(form_of({a}), form_of({with_source})), SizeIs(1));
}

TEST(Canonical, TakesMergedTicksApart) {
  tally::TallyRecord first;
  first.mutable_tick()->set_clock("c");
  first.mutable_tick()->mutable_instant()->set_seconds(1);
  tally::TallyRecord second = first;
  second.mutable_tick()->mutable_instant()->set_seconds(2);
  tally::TallyRecord both = second;
  both.mutable_tick()->add_earlier()->set_seconds(1);
  EXPECT_THAT(differences(form_of({record_of("c", first.SerializeAsString()),
                                   record_of("c", second.SerializeAsString())}),
                          form_of({record_of("c", both.SerializeAsString())})),
              IsEmpty());
}

class ProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/encours-nemesis-XXXXXX";
    dir_ = ::mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::unique_ptr<Process> shell(const std::string& script, const Environment& environment = {}) {
    auto process = Process::start({"/bin/sh", "-c", script}, environment, dir_ / "output");
    EXPECT_TRUE(process.ok());
    return std::move(process).value();
  }

  std::filesystem::path dir_;
};

TEST_F(ProcessTest, GivesItsLinesAndItsEnd) {
  const auto process = shell("echo said $WORD; exit 4", {{"WORD", "this"}});
  EXPECT_TRUE(process->await_line("said this", 5000));
  EXPECT_FALSE(process->await_line("said that", 5000)) << "it has ended, so no line can come";
  const auto ended = process->await_end(5000);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->exit_code, 4);
}

TEST_F(ProcessTest, StopsWakesAndDies) {
  const auto process = shell("kill -STOP $$; echo awake; read line < /dev/zero");
  ASSERT_TRUE(process->await_stopped(5000));
  EXPECT_THAT(process->lines_with("awake"), IsEmpty());
  process->resume();
  EXPECT_TRUE(process->await_line("awake", 5000));
  EXPECT_TRUE(process->alive());
  process->kill();
  const auto ended = process->await_end(5000);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->signal, SIGKILL);
}

}  // namespace
}  // namespace encours::test
