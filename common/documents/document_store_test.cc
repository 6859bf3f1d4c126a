// Goal: every DocumentStore keeps the same contract.
// Method: one set of tests, run against each implementation. The hash of "abc" is from FIPS 180-4.
#include "common/documents/document_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/documents/directory_store.h"
#include "common/documents/memory_store.h"
#include "common/documents/test_folder.h"

namespace encours {
namespace {

constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kAbsent = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Instant day(int number) { return Instant::from_unix_seconds(number * 86400); }

DocumentMeta pdf(std::optional<Instant> expires_at = {}) { return {"application/pdf", expires_at}; }

std::unique_ptr<DocumentStore> make_store(const std::string& kind, const TestFolder& folder) {
  if (kind == "memory") return std::make_unique<MemoryStore>();
  return DirectoryStore::open(folder.path() / "store").value();
}

class DocumentStoreTest : public testing::TestWithParam<std::string> {
 protected:
  TestFolder folder_;
  std::unique_ptr<DocumentStore> store_ = make_store(GetParam(), folder_);
};

INSTANTIATE_TEST_SUITE_P(All, DocumentStoreTest, testing::Values("memory", "directory"));

TEST_P(DocumentStoreTest, PutAndGet) {
  EXPECT_FALSE(*store_->exists(kAbc));
  EXPECT_EQ(*store_->put("abc", pdf(day(9))), (DocumentRef{kAbc, 3, "application/pdf"}));
  EXPECT_TRUE(*store_->exists(kAbc));
  const Document document = store_->get(kAbc).value();
  EXPECT_EQ(document.bytes, "abc");
  EXPECT_EQ(document.meta, pdf(day(9)));
}

TEST_P(DocumentStoreTest, AnyBytes) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes.push_back(static_cast<char>(i * 7));
  for (const std::string& content : {std::string(), std::string("\n\n\0\n", 4), bytes}) {
    const DocumentRef ref = store_->put(content, pdf()).value();
    EXPECT_EQ(ref.size_bytes, static_cast<int64_t>(content.size()));
    EXPECT_EQ(store_->get(ref.sha256)->bytes, content);
  }
}

TEST_P(DocumentStoreTest, PutAgainKeepsTypeAndTakesLaterExpiry) {
  ASSERT_TRUE(store_->put("abc", pdf(day(5))).ok());
  EXPECT_EQ(store_->put("abc", {"text/plain", day(3)})->content_type, "text/plain")
      << "a reference depends only on what was put";
  EXPECT_EQ(store_->get(kAbc)->meta, pdf(day(5)));
  ASSERT_TRUE(store_->put("abc", pdf(day(7))).ok());
  EXPECT_EQ(store_->get(kAbc)->meta, pdf(day(7)));
  ASSERT_TRUE(store_->put("abc", pdf()).ok());
  ASSERT_TRUE(store_->put("abc", pdf(day(8))).ok());
  EXPECT_EQ(store_->get(kAbc)->meta, pdf()) << "for ever is later than any day";
}

TEST_P(DocumentStoreTest, RemoveExpired) {
  const std::string first = store_->put("first", pdf(day(5)))->sha256;
  const std::string second = store_->put("second", pdf(day(6)))->sha256;
  const std::string kept = store_->put("kept", pdf())->sha256;
  EXPECT_EQ(store_->remove_expired(day(5) - Duration(1))->removed, 0);
  EXPECT_EQ(store_->remove_expired(day(5))->removed, 1);
  EXPECT_FALSE(*store_->exists(first));
  EXPECT_TRUE(*store_->exists(second));
  EXPECT_EQ(store_->remove_expired(day(100))->removed, 1);
  EXPECT_TRUE(*store_->exists(kept));
}

TEST_P(DocumentStoreTest, Remove) {
  ASSERT_TRUE(store_->put("abc", pdf()).ok());
  EXPECT_TRUE(store_->remove(kAbc).ok());
  EXPECT_FALSE(*store_->exists(kAbc));
  EXPECT_TRUE(store_->remove(kAbc).ok()) << "removing twice is no error";
}

TEST_P(DocumentStoreTest, Refusals) {
  EXPECT_EQ(store_->get(kAbsent).failure().code, "document_not_found");
  for (const std::string& id : {std::string(),
                                std::string("../../etc/passwd"),
                                std::string(64, 'A'),
                                std::string(63, 'a'),
                                std::string(65, 'a'),
                                std::string(64, '/')}) {
    EXPECT_EQ(store_->get(id).failure().code, "bad_document_id") << id;
    EXPECT_EQ(store_->exists(id).failure().code, "bad_document_id") << id;
    EXPECT_EQ(store_->remove(id).failure().code, "bad_document_id") << id;
  }
  for (const std::string& type : {std::string(),
                                  std::string("text/plain\nexpires_at: never"),
                                  std::string("text/\xc3\xa9"),
                                  std::string(128, 'x')}) {
    EXPECT_EQ(store_->put("abc", {type, {}}).failure().code, "bad_content_type") << type;
  }
  const std::string huge(static_cast<size_t>(kMaxDocumentBytes) + 1, 'x');
  EXPECT_EQ(store_->put(huge, pdf()).failure().code, "document_too_large");
}

TEST_P(DocumentStoreTest, ManyThreadsPutTheSame) {
  std::vector<std::thread> threads;
  for (int i = 1; i <= 8; ++i) {
    threads.emplace_back([this, i] {
      for (int j = 0; j < 5; ++j) {
        EXPECT_TRUE(store_->put("abc", pdf(day(10 * i + j))).ok());
        EXPECT_EQ(store_->get(kAbc)->bytes, "abc");
        EXPECT_TRUE(store_->remove_expired(day(0)).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store_->get(kAbc)->meta, pdf(day(84))) << "the latest expiry of all";
}

}  // namespace
}  // namespace encours
