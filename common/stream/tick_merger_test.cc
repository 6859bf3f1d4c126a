// Goal: merged ticks say on each channel what single ones would have said, in their order, and a
// record never overtakes a tick before it. Method: ticks by hand; what is sent is written out as
// "topic/partition clock stage earlier... instant".
#include "common/stream/tick_merger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/stream/testing/memory_store.h"

namespace encours::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TickMergerTest : public ::testing::Test {
 protected:
  void add(const std::string& stage, std::int64_t second, const std::string& clock = "wall",
           std::int32_t partition = 0, std::int64_t settings = 1) {
    Tick tick;
    tick.set_clock(clock);
    tick.set_stage(stage);
    tick.mutable_instant()->set_seconds(second);
    tick.set_settings_version(settings);
    ASSERT_TRUE(merger_.add("out", partition, tick).ok());
  }
  void add_record(std::int32_t partition) {
    Outgoing record;
    record.topic = "out";
    record.partition = partition;
    record.value = "record";
    ASSERT_TRUE(merger_.produce(std::move(record)).ok());
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> out;
    for (const auto& record : sink_.records) {
      std::string line = record.topic + "/" + std::to_string(record.partition);
      if (record.value == "record") {
        out.push_back(line + " record");
        continue;
      }
      const Tick tick = *decode_head(*record.value).value().tick;
      line += " " + tick.clock() + " " + tick.stage();
      for (const auto& earlier : tick.earlier()) line += " " + std::to_string(earlier.seconds());
      out.push_back(line + " " + std::to_string(tick.instant().seconds()));
    }
    return out;
  }

  testing::MemorySink sink_;
  TickMerger merger_{sink_};
};

TEST_F(TickMergerTest, TicksWithoutARecordBetweenThemAreOne) {
  add("up", 1);
  add("up", 2);
  add("up", 3);
  EXPECT_THAT(sent(), IsEmpty());
  ASSERT_TRUE(merger_.flush().ok());
  EXPECT_THAT(sent(), ElementsAre("out/0 wall up 1 2 3"));
}

TEST_F(TickMergerTest, ARecordComesBehindTheTicksOfItsPartition) {
  add("up", 1);
  add("up", 1, "wall", 1);
  add_record(0);
  add("up", 2);
  ASSERT_TRUE(merger_.flush().ok());
  EXPECT_THAT(sent(), ElementsAre("out/0 wall up 1", "out/0 record", "out/0 wall up 2",
                                  "out/1 wall up 1"));
}

// Both stages of one task write to the same topic: neither speaks for the other.
TEST_F(TickMergerTest, EachStageSpeaksForItself) {
  add("identity", 1);
  add("reference", 1);
  add("identity", 2);
  add("identity", 3);
  ASSERT_TRUE(merger_.flush().ok());
  EXPECT_THAT(sent(), ElementsAre("out/0 wall identity 1 2 3", "out/0 wall reference 1"));
}

TEST_F(TickMergerTest, EachClockStandsForItself) {
  add("up", 5, "tenant/a");
  add("up", 1, "tenant/b");
  add("up", 6, "tenant/a");
  ASSERT_TRUE(merger_.flush().ok());
  EXPECT_THAT(sent(), ElementsAre("out/0 tenant/a up 5 6", "out/0 tenant/b up 1"));
}

TEST_F(TickMergerTest, OtherSettingsAreAnotherTick) {
  add("up", 1);
  add("up", 2, "wall", 0, 2);
  ASSERT_TRUE(merger_.flush().ok());
  EXPECT_THAT(sent(), ElementsAre("out/0 wall up 1", "out/0 wall up 2"));
}

TEST_F(TickMergerTest, WhatIsForgottenIsNotSent) {
  add("up", 1);
  merger_.forget();
  ASSERT_TRUE(merger_.flush().ok());
  EXPECT_THAT(sent(), IsEmpty());
}

}  // namespace
}  // namespace encours::stream
