// Goal: rows and changelog position are one atom on disk, snapshots stand still, and a foreign or
// broken store is set aside rather than read. Method: real RocksDB in a temporary folder; damage is
// done to the files by hand.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "common/state/store.h"

namespace encours {
namespace {

namespace fs = std::filesystem;

class RocksStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/encours-store-XXXXXX";
    root_ = ::mkdtemp(name);
  }
  void TearDown() override { fs::remove_all(root_); }

  std::unique_ptr<Store> open(std::int32_t partition = 3) {
    auto store = Store::open(root_ / "p", {"cluster", "svc", partition}, memory_);
    EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.failure().message);
    return std::move(store).value();
  }

  fs::path root_;
  StoreMemory memory_ = StoreMemory::with_limits(8 << 20, 8 << 20);
};

TEST_F(RocksStoreTest, KeepsRowsAndPositionOverAReopen) {
  {
    auto store = open();
    EXPECT_EQ(store->changelog_next_offset(), 0);
    ASSERT_TRUE(store->write({{"\x20k", "v"}, {"\x20l", "w"}}, 17, 1700000000000001).ok());
    ASSERT_TRUE(store->write({{"\x20l", std::nullopt}}, 18, 1700000000000002).ok());
  }
  auto store = open();
  EXPECT_EQ(store->changelog_next_offset(), 18);
  EXPECT_EQ(store->applied_at_us(), 1700000000000002);
  EXPECT_EQ(store->get("\x20k"), "v");
  EXPECT_EQ(store->get("\x20l"), std::nullopt);
  EXPECT_FALSE(store->was_quarantined());
}

TEST_F(RocksStoreTest, ASnapshotDoesNotSeeLaterWrites) {
  auto store = open();
  ASSERT_TRUE(store->write({{"\x20k", "1"}}, 5, 1).ok());
  const auto snapshot = store->snapshot();
  ASSERT_TRUE(store->write({{"\x20k", "2"}}, 6, 2).ok());
  EXPECT_EQ(snapshot->get("\x20k"), "1");
  EXPECT_EQ(snapshot->changelog_next_offset(), 5);
  store.reset();  // A query that still reads keeps the database alive.
  EXPECT_EQ(snapshot->get("\x20k"), "1");
  EXPECT_TRUE(snapshot->status().ok());
}

TEST_F(RocksStoreTest, IsAsNewAfterClear) {
  auto store = open();
  ASSERT_TRUE(store->write({{"\x01k", "a"}, {"\xFEk", "z"}}, 9, 1).ok());
  ASSERT_TRUE(store->clear().ok());
  EXPECT_EQ(store->get("\x01k"), std::nullopt);
  EXPECT_EQ(store->get("\xFEk"), std::nullopt);
  EXPECT_EQ(store->changelog_next_offset(), 0);
  ASSERT_TRUE(store->write({{"\x20k", "v"}}, 2, 1).ok());
  store.reset();
  store = open();
  EXPECT_FALSE(store->was_quarantined());
  EXPECT_EQ(store->changelog_next_offset(), 2);
}

TEST_F(RocksStoreTest, SetsAsideAStoreOfAnotherPartition) {
  { ASSERT_TRUE(open(3)->write({{"\x20k", "v"}}, 9, 1).ok()); }
  auto store = open(4);
  EXPECT_TRUE(store->was_quarantined());
  EXPECT_EQ(store->get("\x20k"), std::nullopt);
  EXPECT_EQ(store->changelog_next_offset(), 0);
  EXPECT_TRUE(fs::exists(root_ / "p.quarantine-1"));
}

TEST_F(RocksStoreTest, SetsAsideAStoreWithoutCurrent) {
  { ASSERT_TRUE(open()->write({{"\x20k", "v"}}, 9, 1).ok()); }
  fs::remove(root_ / "p" / "CURRENT");
  EXPECT_TRUE(open()->was_quarantined());
}

TEST_F(RocksStoreTest, SetsAsideAStoreWithABrokenManifest) {
  { ASSERT_TRUE(open()->write({{"\x20k", "v"}}, 9, 1).ok()); }
  for (const auto& entry : fs::directory_iterator(root_ / "p")) {
    if (entry.path().filename().string().rfind("MANIFEST", 0) != 0) continue;
    std::ofstream(entry.path(), std::ios::binary | std::ios::trunc) << "not a manifest at all";
  }
  EXPECT_TRUE(open()->was_quarantined());
}

// Written as one table by the flush that an open ends with; then a byte of its last row is another.
// The rows don't shrink, so each has a block of its own, and the open reads neither.
class DamagedStoreTest : public RocksStoreTest {
 protected:
  void SetUp() override {
    RocksStoreTest::SetUp();
    std::mt19937 random(1);
    std::string row(20000, ' ');
    for (char& byte : row) byte = static_cast<char>(random());
    ASSERT_TRUE(open()->write({{"\x20j", row}, {"\x20k", row}}, 9, 1).ok());
    open();
    for (const auto& entry : fs::directory_iterator(root_ / "p")) {
      if (entry.path().extension() != ".sst") continue;
      std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
      file.seekg(30000);
      const int byte = file.peek();
      file.seekp(30000).put(static_cast<char>(byte ^ 0x10));
      ++tables_;
    }
    ASSERT_EQ(tables_, 1);
    // The good block is still in the cache.
    memory_ = StoreMemory::with_limits(8 << 20, 8 << 20);
  }

  int tables_ = 0;
};

TEST_F(DamagedStoreTest, ADamagedBlockIsNoData) {
  auto store = open();
  ASSERT_FALSE(store->was_quarantined());
  EXPECT_EQ(store->get("\x20k"), std::nullopt);
  EXPECT_EQ(store->take_read_failure().failure().reaction, Reaction::kCorrupted);
  EXPECT_EQ(store->write({{"\x20l", "w"}}, 10, 2).failure().reaction, Reaction::kCorrupted);
  store.reset();
  store = open();
  EXPECT_TRUE(store->was_quarantined());
  EXPECT_TRUE(fs::exists(root_ / "p.quarantine-1"));
  EXPECT_EQ(store->changelog_next_offset(), 0);
  ASSERT_TRUE(store->write({{"\x20k", "v"}}, 2, 1).ok());
  store.reset();
  EXPECT_FALSE(open()->was_quarantined()) << "the new one is not condemned";
}

TEST_F(DamagedStoreTest, TheOwnerHearsWhatAQueryHasMet) {
  auto store = open();
  const auto snapshot = store->snapshot();
  EXPECT_EQ(snapshot->get("\x20k"), std::nullopt);
  EXPECT_EQ(snapshot->status().failure().code, "store_corrupted");
  EXPECT_EQ(store->take_read_failure().failure().code, "store_corrupted");
}

// The path is locked while a query holds the old database open.
TEST_F(DamagedStoreTest, OneThatIsStillReadIsSetAsideOnce) {
  auto store = open();
  auto snapshot = store->snapshot();
  snapshot->get("\x20k");
  store.reset();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(Store::open(root_ / "p", {"cluster", "svc", 3}, memory_).ok());
  }
  EXPECT_FALSE(fs::exists(root_ / "p.quarantine-1"));
  snapshot.reset();
  EXPECT_TRUE(open()->was_quarantined());
  EXPECT_TRUE(fs::exists(root_ / "p.quarantine-1"));
  EXPECT_FALSE(fs::exists(root_ / "p.quarantine-2"));
}

}  // namespace
}  // namespace encours
