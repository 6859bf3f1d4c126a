// Goal: a page token comes back as it was and fits no other query; a page holds the first rows
// behind a key. Method: tokens and pages by hand.
#include "common/query/page.h"

#include <gtest/gtest.h>

#include "common/query/page_token.h"

namespace encours::query {
namespace {

TEST(PageToken, ComesBackAsItWas) {
  PageToken token;
  token.digest = digest_of({"customers", "t", "overdue > 0"});
  token.day = Date::parse("2026-03-31").value();
  token.known_at = Instant::parse("2026-03-31T22:00:00.000001Z").value();
  token.after = std::string("\0\1\xFF", 3) + "C1";
  const auto back = decode_page_token(token.encode(), token.digest);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->day, token.day);
  EXPECT_EQ(back->known_at, token.known_at);
  EXPECT_EQ(back->after, token.after);
  EXPECT_EQ(token.encode().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789-_"),
            std::string::npos);
}

TEST(PageToken, NoTextIsTheFirstPage) {
  const auto first = decode_page_token("", "d");
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first->after.empty());
  EXPECT_FALSE(first->day);
  EXPECT_FALSE(first->known_at);
}

TEST(PageToken, IsRefusedForAnotherQuery) {
  PageToken token;
  token.digest = digest_of({"customers", "t", "overdue > 0"});
  const auto other = decode_page_token(token.encode(), digest_of({"customers", "t", ""}));
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.failure().code, "page_token_of_another_query");
  EXPECT_EQ(other.failure().field, "page_token");
  // Parts are not run together.
  EXPECT_NE(digest_of({"ab", "c"}), digest_of({"a", "bc"}));
}

TEST(PageToken, RubbishIsRefused) {
  PageToken token;
  token.digest = "d";
  const std::string good = token.encode();
  for (const std::string& text : {std::string("*"),
                                  std::string("AAAA"),
                                  good + "AAAA",
                                  good.substr(0, good.size() - 4),
                                  std::string(20000, 'A')}) {
    const auto read = decode_page_token(text, "d");
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.failure().code, "invalid_page_token");
  }
}

TEST(PageSize, UsualLargestAndRefused) {
  EXPECT_EQ(*page_size_of(0, 50, 1000), 50u);
  EXPECT_EQ(*page_size_of(7, 50, 1000), 7u);
  EXPECT_EQ(*page_size_of(5000, 50, 1000), 1000u);
  EXPECT_EQ(page_size_of(-1, 50, 1000).failure().code, "invalid_page_size");
}

std::string rows_of(Page<int> page) {
  const auto finished = std::move(page).finish();
  std::string out;
  for (const int row : finished.rows) out += std::to_string(row) + " ";
  return out + (finished.more ? "more after " + finished.last_key : "end");
}

TEST(Page, HoldsTheFirstRowsBehindAKey) {
  const auto filled = [](const std::string& after, std::size_t size) {
    Page<int> page(after, size);
    for (const int n : {5, 1, 4, 2, 3}) page.offer("k" + std::to_string(n), n);
    return page;
  };
  EXPECT_EQ(rows_of(filled("", 2)), "1 2 more after k2");
  EXPECT_EQ(rows_of(filled("k2", 2)), "3 4 more after k4");
  EXPECT_EQ(rows_of(filled("k4", 2)), "5 end");
  EXPECT_EQ(rows_of(filled("", 5)), "1 2 3 4 5 end");
  EXPECT_EQ(rows_of(filled("", 4)), "1 2 3 4 more after k4");
  EXPECT_EQ(rows_of(filled("k5", 4)), "end");
}

TEST(Page, KnowsWhatItStillWants) {
  Page<int> page("b", 1);
  EXPECT_FALSE(page.wants("a"));
  EXPECT_FALSE(page.wants("b"));
  EXPECT_TRUE(page.wants("d"));
  page.offer("d", 1);
  EXPECT_TRUE(page.wants("e"));  // One more says that there is a next page.
  page.offer("e", 2);
  EXPECT_FALSE(page.wants("f"));
  EXPECT_TRUE(page.wants("c"));
}

}  // namespace
}  // namespace encours::query
