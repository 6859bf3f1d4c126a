// Goal: the directory never gives wrong bytes, leaves nothing half-written, and repairs itself.
// Method: files are damaged, cut and left over by hand, as a bad disk or a crash would.
#include "common/documents/directory_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/documents/test_folder.h"

namespace encours {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class DirectoryStoreTest : public testing::Test {
 protected:
  fs::path abc_path() const { return root_ / "ba" / "78" / kAbc; }

  std::string read_abc_file() const {
    std::ifstream file(abc_path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write_file(const fs::path& path, const std::string& bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  TestFolder folder_;
  fs::path root_ = folder_.path() / "store";
  std::unique_ptr<DirectoryStore> store_ = DirectoryStore::open(root_).value();
  const DocumentMeta text_{"text/plain", {}};
};

TEST_F(DirectoryStoreTest, FanOutAndRights) {
  ASSERT_TRUE(store_->put("abc", text_).ok());
  ASSERT_TRUE(fs::exists(abc_path()));
  struct stat facts {};
  ASSERT_EQ(stat(abc_path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  int entries = 0;
  for (const auto& entry : fs::directory_iterator(abc_path().parent_path())) {
    EXPECT_EQ(entry.path().filename(), kAbc) << "no temporary file stays";
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

TEST_F(DirectoryStoreTest, AnotherStoreOfTheSameFolderSeesIt) {
  ASSERT_TRUE(store_->put("abc", text_).ok());
  const auto other = DirectoryStore::open(root_).value();
  EXPECT_EQ(other->get(kAbc)->bytes, "abc");
}

TEST_F(DirectoryStoreTest, EveryDamageIsNoticedAndPutRepairsIt) {
  ASSERT_TRUE(store_->put("abc", text_).ok());
  const std::string good = read_abc_file();
  for (size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    for (const std::string& bytes : {damaged, good.substr(0, i), good + damaged.substr(i)}) {
      write_file(abc_path(), bytes);
      const Result<Document> read = store_->get(kAbc);
      ASSERT_FALSE(read.ok()) << "byte " << i;
      EXPECT_EQ(read.failure().code, "document_corrupted");
      EXPECT_EQ(read.failure().reaction, Reaction::kCorrupted);
    }
  }
  ASSERT_TRUE(store_->put("abc", text_).ok());
  EXPECT_EQ(read_abc_file(), good);
}

TEST_F(DirectoryStoreTest, LeftoversOfACrashAreClearedAndDamageIsCounted) {
  ASSERT_TRUE(store_->put("abc", text_).ok());
  const fs::path leftover = abc_path().parent_path() / ".tmp-1-1";
  write_file(leftover, "half a docu");
  write_file(abc_path(), "rubbish");
  const Removal removal = store_->remove_expired(Instant::max()).value();
  EXPECT_EQ(removal.removed, 0);
  EXPECT_EQ(removal.unreadable, 1);
  EXPECT_FALSE(fs::exists(leftover));
  EXPECT_TRUE(fs::exists(abc_path())) << "what can't be read is not removed";
}

TEST_F(DirectoryStoreTest, SystemFailuresAreToBeRetried) {
  write_file(folder_.path() / "file", "");
  EXPECT_EQ(DirectoryStore::open(folder_.path() / "file").failure().code,
            "document_store_unavailable");
  EXPECT_EQ(DirectoryStore::open("/nonexistent/store").failure().reaction, Reaction::kRetry);
  // A file where the fan-out folder should be.
  write_file(root_ / "ba", "");
  const Result<DocumentRef> put = store_->put("abc", text_);
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.failure().code, "document_store_unavailable");
  EXPECT_EQ(put.failure().reaction, Reaction::kRetry);
  EXPECT_EQ(store_->get(kAbc).failure().code, "document_store_unavailable");
}

}  // namespace
}  // namespace encours
