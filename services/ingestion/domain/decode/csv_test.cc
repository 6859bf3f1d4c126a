// Goal: a file is cut into the records that RFC 4180 says, with the right lines, whatever the
// chunks, and a huge record costs no memory. Method: small files by hand, each fed whole and byte
// by byte; the expected SHA-256 was computed with coreutils sha256sum.
#include "services/ingestion/domain/decode/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

using ::testing::ElementsAre;

std::vector<CsvRecord> split(std::string_view file,
                             std::size_t chunk_bytes,
                             bool quotes = true,
                             std::size_t max_record_bytes = kMaxRecordBytes) {
  std::vector<CsvRecord> records;
  const auto sink = [&](CsvRecord record) { records.push_back(std::move(record)); };
  CsvSplitter splitter(',', quotes, max_record_bytes);
  for (std::size_t at = 0; at < file.size(); at += chunk_bytes) {
    splitter.feed(file.substr(at, chunk_bytes), sink);
  }
  splitter.finish(sink);
  return records;
}

// "line:bytes" of each record.
std::vector<std::string> texts(const std::vector<CsvRecord>& records) {
  std::vector<std::string> out;
  for (const auto& record : records) {
    out.push_back(std::to_string(record.line) + ":" + record.bytes);
  }
  return out;
}

struct SplitCase {
  const char* name;
  std::string file;
  std::vector<std::string> expected;
};

class Split : public ::testing::TestWithParam<SplitCase> {};

TEST_P(Split, whole_and_byte_by_byte) {
  EXPECT_EQ(texts(split(GetParam().file, 1 << 20)), GetParam().expected);
  EXPECT_EQ(texts(split(GetParam().file, 1)), GetParam().expected);
  EXPECT_EQ(texts(split(GetParam().file, 2)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    files,
    Split,
    ::testing::Values(
        SplitCase{"empty", "", {}},
        SplitCase{"only_a_mark", "\xEF\xBB\xBF", {}},
        SplitCase{"only_blank_lines", "\n\r\n\n", {}},
        SplitCase{"line_feeds", "a,b\n1,2\n", {"1:a,b", "2:1,2"}},
        SplitCase{"carriage_returns", "a,b\r\n1,2\r\n", {"1:a,b", "2:1,2"}},
        SplitCase{"no_last_line_end", "a\n1", {"1:a", "2:1"}},
        SplitCase{"no_last_line_feed", "a\r\n1\r", {"1:a", "2:1"}},
        SplitCase{"mark", "\xEF\xBB\xBF\"a\nb\"\n1", {"1:\"a\nb\"", "3:1"}},
        SplitCase{"half_a_mark", "\xEF\xBBx\n1", {"1:\xEF\xBBx", "2:1"}},
        SplitCase{"ends_in_a_mark", "\xEF", {"1:\xEF"}},
        SplitCase{"blank_lines_between", "a\n\n\r\n1\n", {"1:a", "4:1"}},
        SplitCase{"quote_over_lines", "\"x\n\ny\",2\n3,4\n", {"1:\"x\n\ny\",2", "4:3,4"}},
        SplitCase{"quote_with_line_end", "\"x\r\ny\"\r\nz", {"1:\"x\r\ny\"", "3:z"}},
        SplitCase{"doubled_quote", "\"a\"\"\n\",1\n2", {"1:\"a\"\"\n\",1", "3:2"}},
        SplitCase{"quote_inside_a_plain_field", "5\" pipe,1\n2\"\n", {"1:5\" pipe,1", "2:2\""}},
        SplitCase{"quote_after_separator", "1,\"a\nb\"\n2", {"1:1,\"a\nb\"", "3:2"}},
        SplitCase{"lone_carriage_return", "a\rb\nc", {"1:a\rb", "2:c"}},
        SplitCase{"two_carriage_returns", "a\r\r\nc", {"1:a\r", "2:c"}},
        SplitCase{"unclosed_quote_takes_the_rest", "a\n\"b\nc\n", {"1:a", "2:\"b\nc\n"}},
        SplitCase{"text_after_quote", "\"a\"b\nc", {"1:\"a\"b", "2:c"}}),
    [](const auto& instance) { return instance.param.name; });

TEST(CsvSplitter, without_quotes_each_line_is_a_record) {
  EXPECT_THAT(texts(split("{\"a\":\"x\n\"}\n", 3, false)), ElementsAre("1:{\"a\":\"x", "2:\"}"));
}

TEST(CsvSplitter, a_record_above_the_limit_is_reported_without_being_held) {
  const std::string large(20 * 1024 * 1024, 'x');
  const std::string file = "a,b\n" + large + "\n1,2\n";
  for (const std::size_t chunk_bytes : {std::size_t{1} << 16, file.size()}) {
    const auto records = split(file, chunk_bytes);
    ASSERT_EQ(records.size(), 3u);
    EXPECT_FALSE(records[0].too_large);
    EXPECT_TRUE(records[1].too_large);
    EXPECT_EQ(records[1].line, 2);
    EXPECT_EQ(records[1].size_bytes, 20971520);
    EXPECT_EQ(records[1].bytes, std::string(4096, 'x'));
    // head -c 20971520 /dev/zero | tr '\0' x | sha256sum
    EXPECT_EQ(records[1].sha256,
              "6adfa0775cbd16a3f50d1fda1d7bd7f375dd1f9af5e6dfb751a87d3dff68699c");
    EXPECT_EQ(records[2].bytes, "1,2");
    EXPECT_EQ(records[2].line, 3);
  }
}

TEST(CsvSplitter, a_record_of_exactly_the_limit_is_whole) {
  const auto records = split("12345\n123456\n1\n", 4, true, 5);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].bytes, "12345");
  EXPECT_FALSE(records[0].too_large);
  EXPECT_TRUE(records[1].too_large);
  EXPECT_EQ(records[1].size_bytes, 6);
  EXPECT_EQ(records[1].bytes, "123456");
  // printf 123456 | sha256sum
  EXPECT_EQ(records[1].sha256, "8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92");
  EXPECT_FALSE(records[2].too_large);
}

TEST(CsvSplitter, a_huge_quoted_field_ends_where_its_quote_ends) {
  const auto records = split("\"12\n34\n56\"\r\nb\n", 3, true, 5);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_TRUE(records[0].too_large);
  EXPECT_EQ(records[0].size_bytes, 10);
  EXPECT_EQ(records[1].bytes, "b");
  EXPECT_EQ(records[1].line, 4);
}

struct FieldCase {
  const char* name;
  std::string record;
  std::vector<std::string> expected;
};

class Fields : public ::testing::TestWithParam<FieldCase> {};

TEST_P(Fields, are_unquoted) {
  const auto fields = split_csv_record(GetParam().record, ';');
  ASSERT_TRUE(fields.ok());
  EXPECT_EQ(*fields, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(records,
                         Fields,
                         ::testing::Values(FieldCase{"one_empty", "", {""}},
                                           FieldCase{"two_empty", ";", {"", ""}},
                                           FieldCase{"plain", "a;b;c", {"a", "b", "c"}},
                                           FieldCase{"last_empty", "a;", {"a", ""}},
                                           FieldCase{"spaces_are_kept", " a ; b", {" a ", " b"}},
                                           FieldCase{"quoted", "\"a;b\";\"c\"", {"a;b", "c"}},
                                           FieldCase{"empty_quotes", "\"\";x", {"", "x"}},
                                           FieldCase{"doubled", "\"a\"\"b\"", {"a\"b"}},
                                           FieldCase{"only_a_quote", "\"\"\"\"", {"\""}},
                                           FieldCase{
                                               "inner_quote", "5\" pipe;b", {"5\" pipe", "b"}},
                                           FieldCase{"line_feed", "\"a\nb\"", {"a\nb"}}),
                         [](const auto& instance) { return instance.param.name; });

TEST(SplitCsvRecord, refuses_what_is_no_record) {
  EXPECT_EQ(split_csv_record("a;\"b", ';').failure().code, "unclosed_quote");
  EXPECT_EQ(split_csv_record("\"", ';').failure().code, "unclosed_quote");
  EXPECT_EQ(split_csv_record("\"a\"b;c", ';').failure().code, "bad_quote");
  EXPECT_EQ(split_csv_record(std::string(1000, ';'), ';').failure().code, "too_many_columns");
  EXPECT_TRUE(split_csv_record(std::string(999, ';'), ';').ok());
}

}  // namespace
}  // namespace encours::ingestion
