// Goal: what the poller says of its inputs is what is committed and what is there, no guess.
// Method: a reader whose records and ends the test sets.
//
//   p-0: 4 rec + C    the marker C takes offset 4 and is never handed over
#include "common/stream/poll.h"

#include <gtest/gtest.h>

namespace encours::stream {
namespace {

class FakeReader final : public GroupReader {
 public:
  Status subscribe(const std::vector<std::string>&, RebalanceListener*) override { return {}; }
  Status poll(int, std::size_t, std::vector<FetchedRun>* out) override {
    for (const auto& record : records) {
      out->push_back({{record.topic, record.partition}, {}});
      out->back().records.push_back(
          {record.offset,
           {new LogRecord(record), [](void* held) { delete static_cast<LogRecord*>(held); }}});
    }
    records.clear();
    return {};
  }
  void read(const TopicPartition&, const Fetched& record, LogRecord* out) const override {
    *out = *static_cast<const LogRecord*>(record.held.get());
  }
  Result<std::vector<NextOffset>> stable_committed(const std::vector<TopicPartition>&) override {
    return std::vector<NextOffset>();
  }
  Status start(const std::vector<NextOffset>&) override { return {}; }
  Status stop(const std::vector<TopicPartition>&) override { return {}; }
  Status pause(const TopicPartition&) override { return {}; }
  Status resume(const TopicPartition&) override { return {}; }
  End end_of(const TopicPartition&) const override { return end; }
  std::optional<std::int32_t> generation() const override { return 1; }
  Status rejoin() override { return {}; }
  void close() override {}

  std::vector<LogRecord> records;
  End end;
};

class PollerTest : public ::testing::Test {
 protected:
  PollerTest() {
    EXPECT_TRUE(poller_.start({{at_, 0}}).ok());
  }
  // "next/end"; "-" where the end is not known.
  std::string standing() const {
    const auto all = poller_.standings();
    EXPECT_EQ(all.size(), 1u);
    EXPECT_EQ(all.at(0).at, at_);
    return std::to_string(all.at(0).next) + "/" +
           (all.at(0).end ? std::to_string(*all.at(0).end) : "-");
  }
  void fetch(int count) {
    for (int i = 0; i < count; ++i) {
      LogRecord record;
      record.topic = at_.topic;
      record.partition = at_.partition;
      record.offset = i;
      reader_.records.push_back(record);
    }
    EXPECT_TRUE(poller_.poll(0).ok());
  }

  const TopicPartition at_{"in", 3};
  FakeReader reader_;
  Poller poller_{reader_};
};

TEST_F(PollerTest, TheEndIsNotKnownBeforeTheFirstFetch) { EXPECT_EQ(standing(), "0/-"); }

TEST_F(PollerTest, WhatIsTakenCountsOnceItIsCommitted) {
  reader_.end.high = 5;
  fetch(4);
  EXPECT_EQ(standing(), "0/5");
  for (int i = 0; i < 4; ++i) poller_.pop(at_);
  EXPECT_EQ(standing(), "0/5");
  poller_.mark_committed();
  EXPECT_EQ(standing(), "4/5");
  // The end was seen: what is left is the marker.
  reader_.end.reached = 5;
  EXPECT_EQ(standing(), "5/5");
}

TEST_F(PollerTest, TheEndThatWasSeenDoesNotCoverWhatCameAfter) {
  reader_.end = {.high = 5, .reached = 5};
  fetch(4);
  EXPECT_EQ(standing(), "0/5");
  for (int i = 0; i < 4; ++i) poller_.pop(at_);
  poller_.mark_committed();
  reader_.end = {.high = 9, .reached = 3};
  EXPECT_EQ(standing(), "4/9");
}

TEST_F(PollerTest, AnEmptyInputIsAtItsEnd) {
  reader_.end = {.high = 0, .reached = 0};
  EXPECT_EQ(standing(), "0/0");
}

}  // namespace
}  // namespace encours::stream
