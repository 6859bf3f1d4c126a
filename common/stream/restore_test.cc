// Goal: a restore brings a store to the changelog's end, tells how far it is, goes on where one was
// cut off, builds anew what was away too long, and refuses a log that has lost records. Method: a
// changelog in memory that is read ten records at a time; offsets and rows by hand.
#include "common/stream/restore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "common/documents/memory_store.h"
#include "common/stream/testing/memory_store.h"
#include "common/time/clock.h"

namespace encours::stream {
namespace {

using ::testing::ElementsAre;

// Records of offset low to high; key "\x20k<offset % 4>", value the offset.
class MemoryChangelog final : public LogReplay {
 public:
  Result<Range> range(const TopicPartition&) override { return range_; }
  Result<std::int64_t> stable_end(const TopicPartition&) override { return range_.high; }
  Status replay(const TopicPartition&, std::int64_t from, std::int64_t until,
                const std::function<Status(const LogRecord&)>& take,
                const std::function<Status()>& idle) override {
    for (std::int64_t offset = from; offset < until; ++offset) {
      if (offset == mark_) continue;
      LogRecord record;
      record.offset = offset;
      record.key = " k" + std::to_string(offset % 4);
      record.value = std::to_string(offset);
      record.tombstone = offset == deleted_;
      ENCOURS_TRY(take(record));
      if (offset % 10 == 9) ENCOURS_TRY(idle());
    }
    return {};
  }

  Range range_{0, 0};
  std::int64_t deleted_ = -1;
  std::int64_t mark_ = -1;
};

class RestoreTest : public ::testing::Test {
 protected:
  RestoreTest() : task_(topology_, 0, store_, sink_, documents_, nullptr, EffectsMode::kLive) {}

  Result<RestoreProgress> run(std::size_t batch_keys = 2) {
    told_.clear();
    return restore(topology_, task_, changelog_, clock_, until_,
                   [this](const RestoreProgress& so_far) -> Status {
                     told_.push_back(so_far.next);
                     if (told_.size() == stop_at_) return error(Reaction::kRetry, "cut", "");
                     return {};
                   },
                   {.batch_keys = batch_keys});
  }

  Topology topology_;
  std::shared_ptr<testing::MemoryStore> store_ = std::make_shared<testing::MemoryStore>();
  testing::MemorySink sink_;
  MemoryStore documents_;
  ManualClock clock_;
  MemoryChangelog changelog_;
  Task task_;
  std::vector<std::int64_t> told_;
  std::size_t stop_at_ = 0;
  std::optional<std::int64_t> until_;
};

TEST_F(RestoreTest, BringsTheStoreToTheEndAndTellsHowFarItIs) {
  changelog_.range_ = {0, 34};
  changelog_.deleted_ = 32;
  const auto progress = run();
  ASSERT_TRUE(progress.ok());
  EXPECT_EQ(progress->from, 0);
  EXPECT_EQ(progress->next, 34);
  EXPECT_EQ(progress->until, 34);
  EXPECT_EQ(progress->records, 34u);
  EXPECT_THAT(told_, ElementsAre(10, 20, 30));
  EXPECT_EQ(store_->rows, (testing::Rows{{" k1", "33"}, {" k2", "30"}, {" k3", "31"}}));
  EXPECT_EQ(store_->changelog_next_offset(), 34);
}

TEST_F(RestoreTest, GoesOnFromItsLastBatch) {
  changelog_.range_ = {0, 34};
  stop_at_ = 2;
  EXPECT_EQ(run().failure().code, "cut");
  const std::int64_t reached = store_->changelog_next_offset();
  EXPECT_GT(reached, 0);
  EXPECT_LE(reached, 20);
  stop_at_ = 0;
  const auto progress = run();
  ASSERT_TRUE(progress.ok());
  EXPECT_EQ(progress->from, reached);
  EXPECT_FALSE(progress->wiped);
  EXPECT_EQ(store_->rows.at(" k1"), "33");
}

TEST_F(RestoreTest, WhatWasAwayTooLongIsBuiltAnew) {
  changelog_.range_ = {0, 8};
  ASSERT_TRUE(run().ok());
  // A row whose deletion compaction has forgotten.
  store_->rows[" gone"] = "1";
  changelog_.range_ = {0, 12};
  clock_.advance(RestoreOptions().tombstone_limit + std::chrono::milliseconds(1));
  const auto progress = run();
  ASSERT_TRUE(progress.ok());
  EXPECT_TRUE(progress->wiped);
  EXPECT_FALSE(store_->rows.contains(" gone"));
  EXPECT_EQ(store_->rows.at(" k3"), "11");
}

TEST_F(RestoreTest, ALogWithoutItsHeadIsRefusedWhereTheStoreNeedsIt) {
  changelog_.range_ = {0, 8};
  ASSERT_TRUE(run().ok());
  const auto before = store_->rows;
  changelog_.range_ = {10, 12};
  EXPECT_EQ(run().failure().code, "changelog_truncated");
  EXPECT_EQ(run().failure().reaction, Reaction::kFatal);
  // Stale, and what would have to be read again is gone: nothing is wiped for it.
  changelog_.range_ = {4, 12};
  clock_.advance(RestoreOptions().tombstone_limit + std::chrono::milliseconds(1));
  EXPECT_EQ(run().failure().code, "changelog_truncated");
  EXPECT_EQ(store_->rows, before);
  EXPECT_EQ(store_->changelog_next_offset(), 8);
}

TEST_F(RestoreTest, ANewStoreNeedsTheWholeLog) {
  changelog_.range_ = {1, 12};
  EXPECT_EQ(run().failure().code, "changelog_truncated");
}

TEST_F(RestoreTest, AStoreThatHasTheLostHeadGoesOn) {
  changelog_.range_ = {0, 8};
  ASSERT_TRUE(run().ok());
  changelog_.range_ = {8, 12};
  const auto progress = run();
  ASSERT_TRUE(progress.ok());
  EXPECT_FALSE(progress->wiped);
  EXPECT_EQ(progress->records, 4u);
  EXPECT_EQ(store_->rows.at(" k3"), "11");
}

// What stands behind belongs to a later transaction, which another owner may have in part.
TEST_F(RestoreTest, EndsWhereTheCommittedOffsetsSay) {
  changelog_.range_ = {0, 34};
  until_ = 13;
  const auto progress = run();
  ASSERT_TRUE(progress.ok());
  EXPECT_EQ(progress->until, 13);
  EXPECT_EQ(store_->changelog_next_offset(), 13);
  EXPECT_EQ(store_->rows.at(" k0"), "12");
  EXPECT_EQ(store_->rows.at(" k1"), "9");
}

// rec rec rec | C     an owner that asked before the first commit, and again behind it.
TEST_F(RestoreTest, GoesOnWithTheFirstOffsetsBehindARestoreWithoutAny) {
  changelog_.range_ = {0, 4};
  changelog_.mark_ = 3;
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(store_->changelog_next_offset(), 3);
  until_ = 3;
  EXPECT_TRUE(run().ok());
}

TEST_F(RestoreTest, AStoreThatIsAheadOfTheOffsetsIsNoPlaceToGoOnFrom) {
  changelog_.range_ = {0, 34};
  until_ = 13;
  ASSERT_TRUE(run().ok());
  until_ = 12;
  EXPECT_EQ(run().failure().code, kOffsetsBehindState);
}

TEST_F(RestoreTest, OffsetsBehindTheLogsEndAreRefused) {
  changelog_.range_ = {0, 34};
  until_ = 35;
  EXPECT_EQ(run().failure().code, "changelog_lost");
}

TEST_F(RestoreTest, ALogThatEndsBeforeTheStoreIsRefused) {
  changelog_.range_ = {0, 8};
  ASSERT_TRUE(run().ok());
  changelog_.range_ = {0, 7};
  const auto progress = run();
  EXPECT_EQ(progress.failure().code, "changelog_lost");
  EXPECT_EQ(progress.failure().reaction, Reaction::kFatal);
}

}  // namespace
}  // namespace encours::stream
