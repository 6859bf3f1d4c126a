// Goal: the judge of the outputs finds what is lost, doubled or wrong, and nothing else.
// Method: the stage itself decides the drawn events, so its figures and the model's meet here; then
// its outputs are broken by hand.
#include "tests/perf/elastic/judge.h"

#include <gtest/gtest.h>

#include "common/stream/testing/harness.h"
#include "tests/perf/baseline/stage.h"

namespace encours::perf {
namespace {

using test::baseline::Event;
using test::baseline::Out;

constexpr std::uint64_t kSeed = 7;
constexpr std::int64_t kCustomers = 3;
constexpr std::int64_t kEvents = 40;

std::string event_bytes(std::int64_t customer, std::int64_t number) {
  const Draw draw = draw_event(kSeed, customer, number);
  Event event;
  event.set_event_id(event_id(customer, number));
  event.set_customer_id(customer_id(customer));
  event.set_type(draw.pays ? 1 : 0);
  event.set_amount_cents(draw.amount_cents);
  event.set_due_ms(draw.due_ms);
  return event.SerializeAsString();
}

// What the stage makes of all events, those of the customers in turn.
std::vector<Out> decided() {
  const auto stage = test::baseline_stage();
  stream::testing::StageHarness harness(*stage);
  for (std::int64_t number = 1; number <= kEvents; ++number) {
    for (std::int64_t customer = 0; customer < kCustomers; ++customer) {
      stream::Record record;
      record.key = customer_id(customer);
      record.value = event_bytes(customer, number);
      const Status done = harness.handle(record);
      EXPECT_TRUE(done.ok());
    }
  }
  return harness.bodies<Out>(test::kBaselineOut);
}

Verdict judged(const std::vector<Out>& outs) {
  Judge judge(kSeed, kCustomers);
  for (const Out& out : outs) judge.take(out);
  return judge.verdict(std::vector<std::int64_t>(kCustomers, kEvents));
}

TEST(JudgeTest, WhatTheStageDecidesIsRight) {
  const auto outs = decided();
  ASSERT_EQ(outs.size(), static_cast<std::size_t>(kCustomers * kEvents));
  const Verdict verdict = judged(outs);
  EXPECT_TRUE(verdict.is_clean()) << verdict.first;
}

TEST(JudgeTest, AnOutputThatIsMissingIsLost) {
  auto outs = decided();
  outs.erase(outs.begin() + kCustomers * 10 + 1);
  const Verdict verdict = judged(outs);
  EXPECT_EQ(verdict.lost, 1);
  EXPECT_EQ(verdict.doubled + verdict.wrong, 0);
  EXPECT_EQ(verdict.first, "C000000001/11");
}

TEST(JudgeTest, TheLastOnesAreMissedToo) {
  auto outs = decided();
  outs.resize(outs.size() - 2);
  const Verdict verdict = judged(outs);
  EXPECT_EQ(verdict.lost, 2);
  EXPECT_EQ(verdict.first, "C000000001: 1 of its events have no output");
}

TEST(JudgeTest, AnOutputTwiceIsDoubled) {
  auto outs = decided();
  outs.insert(outs.begin() + 50, outs[20]);
  const Verdict verdict = judged(outs);
  EXPECT_EQ(verdict.doubled, 1);
  EXPECT_EQ(verdict.lost + verdict.wrong, 0);
}

TEST(JudgeTest, AnEventThatWasCountedTwiceIsNotWhatItShouldBe) {
  auto outs = decided();
  Out counted_again = outs.back();
  counted_again.set_events(kEvents + 1);
  outs.push_back(counted_again);
  const Verdict verdict = judged(outs);
  EXPECT_EQ(verdict.doubled, 1) << "one more than there were";
  EXPECT_EQ(verdict.wrong, 1) << "by the id of another event";
}

TEST(JudgeTest, EachFigureIsLookedAt) {
  for (const auto& spoil : {+[](Out& out) { out.set_open_cents(out.open_cents() + 1); },
                            +[](Out& out) { out.set_score(out.score() + 1e-6); },
                            +[](Out& out) { out.set_event_id("C000000000/1x"); },
                            +[](Out& out) { out.set_customer_id("C000000003"); }}) {
    auto outs = decided();
    spoil(outs.back());
    EXPECT_EQ(judged(outs).wrong, 1);
  }
}

}  // namespace
}  // namespace encours::perf
