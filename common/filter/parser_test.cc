// Goal: texts are read by the grammar of AIP-160, and mistakes are found where they are.
// Method: trees are compared in written-out form; columns are counted by hand.
#include "common/filter/parser.h"

#include <gtest/gtest.h>

#include <string>

namespace encours::filter {
namespace {

std::string parsed(std::string_view text) {
  Problem problem;
  const std::optional<Parsed> result = parse(text, problem);
  if (!result) return problem.code + "@" + std::to_string(problem.column);
  return result->root == nullptr ? "" : to_text(*result->root);
}

TEST(Parser, Conditions) {
  EXPECT_EQ(parsed(""), "");
  EXPECT_EQ(parsed("  \t\n"), "");
  EXPECT_EQ(parsed("a = 1"), "a = \"1\"");
  EXPECT_EQ(parsed("a=1"), "a = \"1\"");
  EXPECT_EQ(parsed("a != 1"), "a != \"1\"");
  EXPECT_EQ(parsed("a<=1"), "a <= \"1\"");
  EXPECT_EQ(parsed("a >= -10000.00"), "a >= \"-10000.00\"");
  EXPECT_EQ(parsed("a > b"), "a > \"b\"");
  EXPECT_EQ(parsed("a.b.c:x"), "a.b.c : \"x\"");
  EXPECT_EQ(parsed("a.AND:x"), "a.AND : \"x\"");
  EXPECT_EQ(parsed("a:*"), "a : *");
  EXPECT_EQ(parsed("\u00a0a\u202f=\u00a0b\u00a0"), "a = \"b\"");
}

TEST(Parser, Values) {
  EXPECT_EQ(parsed("a = \"x y\""), "a = \"x y\"");
  EXPECT_EQ(parsed("a = 'it\"s'"), "a = \"it\\\"s\"");
  EXPECT_EQ(parsed("a = \"q\\\"q\\\\\""), "a = \"q\\\"q\\\\\"");
  EXPECT_EQ(parsed("a = \"AC*\""), "a = \"AC*\"");
  EXPECT_EQ(parsed("a = \"5\\*\""), "a = \"5\\*\"");
  EXPECT_EQ(parsed("a = \"*\""), "a = \"*\"") << "a quoted star is a text";
  EXPECT_EQ(parsed("a = \"\""), "a = \"\"");
  EXPECT_EQ(parsed("a = 2026-01-31T08:00:00+01:00"), "a = \"2026-01-31T08:00:00+01:00\"");
  EXPECT_EQ(parsed("a:O'Brien"), "a : \"O'Brien\"");
  EXPECT_EQ(parsed("a = \u00c9lan"), "a = \"\u00c9lan\"");
}

TEST(Parser, OrBindsTighterThanAnd) {
  EXPECT_EQ(parsed("a=1 AND b=2 OR c=3"), "(a = \"1\" AND (b = \"2\" OR c = \"3\"))");
  EXPECT_EQ(parsed("a=1 OR b=2 AND c=3"), "((a = \"1\" OR b = \"2\") AND c = \"3\")");
  EXPECT_EQ(parsed("a=1 b=2 OR c=3 d=4"), "(a = \"1\" AND (b = \"2\" OR c = \"3\") AND d = \"4\")");
  EXPECT_EQ(parsed("(a=1 AND b=2) OR c=3"), "((a = \"1\" AND b = \"2\") OR c = \"3\")");
  EXPECT_EQ(parsed("((a=1))"), "a = \"1\"");
}

TEST(Parser, Negation) {
  EXPECT_EQ(parsed("NOT a=1"), "NOT a = \"1\"");
  EXPECT_EQ(parsed("-a=1 AND NOT(b=2 OR c=3)"), "(NOT a = \"1\" AND NOT (b = \"2\" OR c = \"3\"))");
  EXPECT_EQ(parsed("a=1 -b:*"), "(a = \"1\" AND NOT b : *)");
  EXPECT_EQ(parsed("a=-1"), "a = \"-1\"") << "behind an operator it is a sign";
  EXPECT_EQ(parsed("a=1 OR NOT b=2"), "(a = \"1\" OR NOT b = \"2\")");
}

TEST(Parser, MistakesHaveTheirColumn) {
  EXPECT_EQ(parsed("a = 1 AND"), "syntax_error@10");
  EXPECT_EQ(parsed("AND a = 1"), "syntax_error@1");
  EXPECT_EQ(parsed("a = 1 OR OR b = 2"), "syntax_error@10");
  EXPECT_EQ(parsed("a ="), "syntax_error@4");
  EXPECT_EQ(parsed("a == 1"), "syntax_error@4");
  EXPECT_EQ(parsed("a <> 1"), "syntax_error@4");
  EXPECT_EQ(parsed("a ! 1"), "bare_value@1");
  EXPECT_EQ(parsed("(a = 1"), "syntax_error@1");
  EXPECT_EQ(parsed("a = 1)"), "syntax_error@6");
  EXPECT_EQ(parsed("()"), "syntax_error@2");
  EXPECT_EQ(parsed("a. = 1"), "syntax_error@4");
  EXPECT_EQ(parsed(".a = 1"), "syntax_error@1");
  EXPECT_EQ(parsed("a = 1, b = 2"), "syntax_error@6");
  EXPECT_EQ(parsed("a = (1 OR 2)"), "syntax_error@5");
  EXPECT_EQ(parsed("NOT NOT a = 1"), "syntax_error@5");
  EXPECT_EQ(parsed("dupont"), "bare_value@1");
  EXPECT_EQ(parsed("a = 1 \"dupont\""), "bare_value@7");
  EXPECT_EQ(parsed("a = 1 and b = 2"), "syntax_error@7");
  EXPECT_EQ(parsed("a = \"open"), "unterminated_string@5");
  EXPECT_EQ(parsed("a = \"open\\\""), "unterminated_string@5");
  EXPECT_EQ(parsed("days(a) = 1"), "unknown_function@1");
  EXPECT_EQ(parsed("name = \"\u00c9\u00e9\u20ac\" AND"), "syntax_error@17") << "characters count";
}

TEST(Parser, LowerCaseWordIsSuggested) {
  Problem problem;
  EXPECT_FALSE(parse("a = 1 or b = 2", problem));
  EXPECT_EQ(problem.suggestion, "OR");
}

std::string nested(int depth) {
  std::string text = "a=1";
  for (int i = 0; i < depth; ++i) text = "(" + text + ")";
  return text;
}

std::string terms(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "a=1 ";
  return text;
}

TEST(Parser, Limits) {
  EXPECT_EQ(parsed(nested(32)), "a = \"1\"");
  EXPECT_EQ(parsed(nested(33)), "filter_too_deep@33");
  EXPECT_EQ(parsed(nested(2000)), "filter_too_deep@33");
  EXPECT_EQ(parsed(terms(101)), "filter_too_many_terms@401");
  EXPECT_EQ(parsed("a = \"" + std::string(4090, 'x') + "\"").size(), 4096u);
  EXPECT_EQ(parsed("a = \"" + std::string(4091, 'x') + "\""), "filter_too_long@1");
  EXPECT_EQ(parsed("a = \"\xff\""), "invalid_text@6");
  EXPECT_EQ(parsed(std::string("a\0", 2)), "invalid_text@2");
  EXPECT_EQ(parsed(terms(100)).find("filter"), std::string::npos);
}

TEST(Parser, WrittenOutFormIsReadTheSame) {
  for (const char* text :
       {"a=1 b:* OR -c.d<\"x*\\*\" (e='\"\\\\' OR f=\"*\") NOT(g=1 h=2)", "NOT (NOT a=1)"}) {
    const std::string once = parsed(text);
    EXPECT_EQ(parsed(once), once);
  }
}

}  // namespace
}  // namespace encours::filter
