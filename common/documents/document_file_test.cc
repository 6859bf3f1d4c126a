// Goal: the header of a stored document is read back, and any change to it is noticed.
// Method: one header written by hand (its check by coreutils' sha256sum), then every byte of it
// changed in turn.
#include "common/documents/document_file.h"

#include <gtest/gtest.h>

namespace encours {
namespace {

// printf 'encours-document 1\ncontent_type: text/plain\nexpires_at: never\n' | sha256sum
constexpr const char* kFile =
    "encours-document 1\ncontent_type: text/plain\nexpires_at: never\n"
    "check: 00a565ed1840e431\n\nHello";

TEST(DocumentFile, WritesAndReadsTheHeader) {
  EXPECT_EQ(document_header({"text/plain", {}}) + "Hello", kFile);
  const auto header = read_document_header(kFile);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->meta, (DocumentMeta{"text/plain", {}}));
  EXPECT_EQ(std::string_view(kFile).substr(header->size_bytes), "Hello");

  const DocumentMeta dated{"text/plain; charset=utf-8",
                           Instant::parse("2036-01-31T00:00:00Z").value()};
  EXPECT_EQ(read_document_header(document_header(dated))->meta, dated);
}

TEST(DocumentFile, NoticesEveryChangedByte) {
  const std::string header = document_header({"text/plain", Instant::from_unix_seconds(86400)});
  for (size_t i = 0; i < header.size(); ++i) {
    std::string changed = header;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read_document_header(changed)) << "byte " << i;
    EXPECT_FALSE(read_document_header(header.substr(0, i))) << "cut at " << i;
  }
}

}  // namespace
}  // namespace encours
