// Goal: whatever happens to the disk below a store, nothing is served that was not committed, and
// all is there again afterwards (rows 23 and 24; 22 is in disk_test.cc). Method: the tally on files
// that were damaged, lost or put in another's place.
#include <fstream>

#include "common/state/store.h"
#include "tests/fault/run.h"

namespace encours::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int32_t kDamaged = 3;

std::vector<fs::path> files_of(const fs::path& dir, const std::string& what) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(dir)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(what) || name.ends_with(what)) out.push_back(entry.path());
  }
  return out;
}

class Stores : public FaultTest {
 protected:
  // A run that is half done, its instance gone, its rows in tables.
  void leave_half_done() {
    ASSERT_NO_FATAL_FAILURE(install());
    run->set("TALLY_WRITE_BUFFER_KIB", "4096");
    ASSERT_GOOD(run->feed(half().records));
    run->start("a");
    ASSERT_GOOD(oracle->await_outputs(kLivenessMs, half()));
    ASSERT_TRUE(run->stop_all(kPatienceMs));
  }
  const Workload::Cut& half() const { return workload.cuts[workload.cuts.size() / 2]; }

  // One bit in each of some places of a file is another. kRows: of a table, neither its first rows,
  // which say whose it is, nor its index at the end.
  enum Where { kAnywhere, kRows };
  void flip_bits(const fs::path& path, int count, Where where = kAnywhere) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const auto size = static_cast<int>(fs::file_size(path));
    for (int i = 0; i < count; ++i) {
      const int at = where == kRows ? draw(size / 3, size / 2) : draw(0, size - 1);
      file.seekg(at);
      const int byte = file.get();
      file.seekp(at);
      file.put(static_cast<char>(byte ^ (1 << draw(0, 7))));
    }
    ASSERT_TRUE(file.good()) << path;
  }

  // The second half, on what is left; stores that stand aside are of these partitions.
  void expect_exact_with_aside(std::size_t aside) {
    ASSERT_GOOD(run->feed_all());
    Process& process = run->start("a");
    expect_exact();
    EXPECT_EQ(process.lines_with("quarantine ").size(), aside);
    std::size_t kept = 0;
    for (const auto& entry : fs::directory_iterator(run->data_dir("a") / "tally")) {
      kept += entry.path().string().find(".quarantine-") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(kept, aside) << "what stands aside is kept";
  }

  fs::path store(std::int32_t partition) const { return run->store_dir("a", partition); }
};

TEST_F(Stores, Row23FlippedBitsInTables) {
  ASSERT_NO_FATAL_FAILURE(leave_half_done());
  const auto tables = files_of(store(kDamaged), ".sst");
  ASSERT_FALSE(tables.empty());
  for (const auto& table : tables) ASSERT_NO_FATAL_FAILURE(flip_bits(table, 50));
  expect_exact_with_aside(1);
}

// Damage in the middle is met when those rows are read, not before.
TEST_F(Stores, Row23FlippedBitsThatAnOpenDoesNotMeet) {
  options.keys = 2000;  // Rows of many blocks.
  ASSERT_NO_FATAL_FAILURE(leave_half_done());
  fs::path largest;
  for (const auto& table : files_of(store(kDamaged), ".sst")) {
    if (largest.empty() || fs::file_size(table) > fs::file_size(largest)) largest = table;
  }
  ASSERT_GE(fs::file_size(largest), 8'000u);
  ASSERT_NO_FATAL_FAILURE(flip_bits(largest, 10, kRows));
  expect_exact_with_aside(1);
  EXPECT_GE(run->process("a").lines_with("recycle corrupted").size(), 1u);
}

TEST_F(Stores, Row23FlippedBitsInTheManifest) {
  ASSERT_NO_FATAL_FAILURE(leave_half_done());
  const auto manifests = files_of(store(kDamaged), "MANIFEST");
  ASSERT_EQ(manifests.size(), 1u);
  ASSERT_NO_FATAL_FAILURE(flip_bits(manifests[0], 20));
  expect_exact_with_aside(1);
}

TEST_F(Stores, Row23CurrentIsMissing) {
  ASSERT_NO_FATAL_FAILURE(leave_half_done());
  ASSERT_TRUE(fs::remove(store(kDamaged) / "CURRENT"));
  expect_exact_with_aside(1);
}

// The log of the store ends where it is damaged: older rows with their older position.
TEST_F(Stores, Row23FlippedBitsInTheStoresLog) {
  ASSERT_NO_FATAL_FAILURE(leave_half_done());
  for (const auto& log : files_of(store(kDamaged), ".log")) {
    if (fs::file_size(log) == 0) continue;
    ASSERT_NO_FATAL_FAILURE(flip_bits(log, 3));
  }
  expect_exact_with_aside(0);
}

TEST_F(Stores, Row24StateIsLost) {
  ASSERT_NO_FATAL_FAILURE(leave_half_done());
  fs::remove_all(run->data_dir("a"));
  ASSERT_GOOD(run->feed_all());
  run->start("a");
  expect_exact();
}

TEST_F(Stores, Row24StateOfAnotherPartition) {
  ASSERT_NO_FATAL_FAILURE(leave_half_done());
  fs::rename(store(1), store(100));
  fs::rename(store(2), store(1));
  fs::rename(store(100), store(2));
  expect_exact_with_aside(2);
}

TEST_F(Stores, Row24StateOfAnotherCluster) {
  ASSERT_NO_FATAL_FAILURE(leave_half_done());
  fs::remove_all(store(kDamaged));
  const auto memory = StoreMemory::with_limits(8 << 20, 8 << 20);
  {
    auto foreign = Store::open(store(kDamaged), {"another cluster", "tally", kDamaged}, memory);
    ASSERT_GOOD(foreign);
    ASSERT_GOOD((*foreign)->write({{"\x20k", "v"}}, 1, 1));
  }
  expect_exact_with_aside(1);
}

}  // namespace
}  // namespace encours::test
