// Goal: every text can be walked, and nothing invalid gets through.
// Method: sequences from the Unicode standard's table 3-7 and its classic ill-formed forms.
#include "common/base/utf8.h"

#include <gtest/gtest.h>

namespace encours {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, ReadsAndWritesEveryLength) {
  const auto round_trip = [](std::string_view text, char32_t value) {
    const CodePoint read = decode_utf8(text);
    EXPECT_TRUE(read.valid) << text;
    EXPECT_EQ(read.value, value) << text;
    EXPECT_EQ(read.bytes, text.size()) << text;
    std::string written;
    append_utf8(written, value);
    EXPECT_EQ(written, text);
  };
  round_trip("\0"sv, 0);
  round_trip("a", U'a');
  round_trip("\xC2\x80", 0x80);
  round_trip("\xC3\xA9", U'\u00e9');
  round_trip("\xDF\xBF", 0x7FF);
  round_trip("\xE0\xA0\x80", 0x800);
  round_trip("\xE2\x82\xAC", U'\u20ac');
  round_trip("\xEF\xBF\xBF", 0xFFFF);
  round_trip("\xF0\x90\x80\x80", 0x10000);
  round_trip("\xF4\x8F\xBF\xBF", 0x10FFFF);
}

TEST(Utf8, InvalidBytesAreReplacedOneByOne) {
  const std::string_view r = "\xEF\xBF\xBD";
  const auto expect_replaced = [&r](std::string_view text, size_t times) {
    std::string expected = "<";
    for (size_t i = 0; i < times; ++i) expected += r;
    std::string input = "<";
    input += text;
    EXPECT_EQ(valid_utf8(input + ">"), expected + ">");
  };
  expect_replaced("\x80", 1);
  expect_replaced("\xFF", 1);
  expect_replaced("\xC0\xAF", 2);          // "/" in two bytes.
  expect_replaced("\xE0\x80\xAF", 3);      // "/" in three.
  expect_replaced("\xED\xA0\x80", 3);      // A surrogate.
  expect_replaced("\xF4\x90\x80\x80", 4);  // Beyond U+10FFFF.
  expect_replaced("\xE2\x82", 2);          // Cut off.
}

TEST(Utf8, CutNeverSplits) {
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(cut_utf8("abc", 2), "ab");
  EXPECT_EQ(cut_utf8("a\u20acb", 3), "a");
  EXPECT_EQ(cut_utf8("a\u20acb", 4), "a\u20ac");
  EXPECT_EQ(cut_utf8("\xF0\x9F\x98\x80", 3), "");
  EXPECT_EQ(cut_utf8("\x80\x80\x80\x80\x80\x80", 5).size(), 2u) << "rubbish is cut near enough";
}

}  // namespace
}  // namespace encours
