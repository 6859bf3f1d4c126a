// Goal: text is UTF-8 or refused, and shown names hold no control characters. Method: the
// boundary cases of RFC 3629 table 3-7 and known bytes of the two one-byte encodings.
#include "services/ingestion/domain/decode/encoding.h"

#include <gtest/gtest.h>

namespace encours::ingestion {
namespace {

using v1alpha1::TEXT_ENCODING_LATIN_1;
using v1alpha1::TEXT_ENCODING_UTF_8;
using v1alpha1::TEXT_ENCODING_WINDOWS_1252;

TEST(Utf8, takes_the_first_and_last_character_of_each_length) {
  for (const char* text : {"",
                           "a",
                           "\x7F",
                           "\xC2\x80",
                           "\xDF\xBF",
                           "\xE0\xA0\x80",
                           "\xED\x9F\xBF",
                           "\xEE\x80\x80",
                           "\xEF\xBF\xBF",
                           "\xF0\x90\x80\x80",
                           "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(Utf8, refuses_what_is_not_well_formed) {
  for (const char* bytes : {"\x80",
                            "\xBF",
                            "\xC0\x80",
                            "\xC1\xBF",
                            "\xC2",
                            "\xC2x",
                            "\xE0\x9F\xBF",
                            "\xE2\x82",
                            "\xED\xA0\x80",
                            "\xED\xBF\xBF",
                            "\xF0\x8F\xBF\xBF",
                            "\xF4\x90\x80\x80",
                            "\xF5\x80\x80\x80",
                            "\xFF",
                            "caf\xE9"}) {
    EXPECT_FALSE(is_utf8(bytes));
    EXPECT_EQ(to_utf8(bytes, TEXT_ENCODING_UTF_8), std::nullopt);
  }
}

TEST(ToUtf8, reads_one_byte_encodings) {
  EXPECT_EQ(to_utf8("caf\xE9", TEXT_ENCODING_LATIN_1), "café");
  EXPECT_EQ(to_utf8("caf\xE9", TEXT_ENCODING_WINDOWS_1252), "café");
  EXPECT_EQ(to_utf8("5 \x80", TEXT_ENCODING_WINDOWS_1252), "5 €");
  EXPECT_EQ(to_utf8("\x9C\x8C", TEXT_ENCODING_WINDOWS_1252), "œŒ");
  EXPECT_EQ(to_utf8("\x80", TEXT_ENCODING_LATIN_1), "\xC2\x80");
  for (const char* undefined : {"\x81", "\x8D", "\x8F", "\x90", "\x9D"}) {
    EXPECT_EQ(to_utf8(undefined, TEXT_ENCODING_WINDOWS_1252), std::nullopt);
  }
}

TEST(Printable, hides_what_a_terminal_must_not_get) {
  EXPECT_EQ(printable("due_date"), "due_date");
  EXPECT_EQ(printable("a\x1B[31m\xFF\xC2\x85z"), "a?[31m??z");
  EXPECT_EQ(printable("échéance", 3), "éc...");
  EXPECT_EQ(printable("éch", 4), "éch");
}

TEST(Trimmed, takes_blanks_off_both_ends) {
  EXPECT_EQ(trimmed(" \ta b \xC2\xA0"), "a b");
  EXPECT_EQ(trimmed("\xC2\xA0"), "");
  EXPECT_EQ(trimmed(""), "");
}

}  // namespace
}  // namespace encours::ingestion
