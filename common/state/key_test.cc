// Goal: key order is part order, and no part runs into the next. Method: hand-written byte strings
// of the grammar in key.h, and pairs whose order is known.
#include "common/state/key.h"

#include <gtest/gtest.h>

namespace encours {
namespace {

TEST(Key, WritesTheGrammarByteForByte) {
  const std::string text = KeyWriter().text(std::string_view("a\0b", 3)).take();
  EXPECT_EQ(text, std::string("a\x00\xFF"
                              "b\x00\x01",
                              6));
  EXPECT_EQ(KeyWriter().number(1).bytes(), std::string("\x80\0\0\0\0\0\0\x01", 8));
  EXPECT_EQ(KeyWriter().number(-1).bytes(), std::string("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8));
}

TEST(Key, OrdersTextsAndNumbersAsPeopleDo) {
  const auto text = [](std::string_view t) { return KeyWriter().text(t).take(); };
  EXPECT_LT(text("a"), text("ab"));
  EXPECT_LT(text("ab"), text("b"));
  EXPECT_LT(text(std::string_view("a\0", 2)), text("aa"));
  EXPECT_LT(text("a"), text(std::string_view("a\0", 2)));
  const auto number = [](std::int64_t n) { return KeyWriter().number(n).take(); };
  EXPECT_LT(number(-5), number(-4));
  EXPECT_LT(number(-1), number(0));
  EXPECT_LT(number(255), number(256));
}

TEST(Key, ATextIsNoPrefixOfALongerText) {
  EXPECT_NE(KeyWriter().text("ab").take().rfind(KeyWriter().text("a").take(), 0), 0u);
}

TEST(Key, ReadsBackWhatWasWritten) {
  const std::string bytes =
      KeyWriter().byte(7).text(std::string_view("x\0y", 3)).number(-42).take();
  KeyReader reader(bytes);
  EXPECT_EQ(reader.byte(), 7);
  EXPECT_EQ(reader.text(), std::string("x\0y", 3));
  EXPECT_EQ(reader.number(), -42);
  EXPECT_TRUE(reader.empty());
}

TEST(Key, RefusesBytesThatAreNoKey) {
  EXPECT_FALSE(KeyReader("abc").text());
  EXPECT_FALSE(KeyReader(std::string_view("a\x00\x02", 3)).text());
  EXPECT_FALSE(KeyReader("1234567").number());
  EXPECT_FALSE(KeyReader("").byte());
}

TEST(Key, AfterPrefixEndsTheRange) {
  EXPECT_EQ(after_prefix("ab"), "ac");
  EXPECT_EQ(after_prefix("a\xFF"), "b");
  EXPECT_EQ(after_prefix("\xFF\xFF"), "");
}

}  // namespace
}  // namespace encours
