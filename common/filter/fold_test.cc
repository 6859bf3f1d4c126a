// Goal: searching finds what a person would call the same.
// Method: pairs and patterns by hand, French first.
#include "common/filter/fold.h"

#include <gtest/gtest.h>

namespace encours::filter {
namespace {

TEST(Fold, CaseAndAccentsDoNotCount) {
  EXPECT_EQ(fold("SOCI\u00c9T\u00c9 G\u00c9N\u00c9RALE"), "societe generale");
  EXPECT_EQ(fold("L\u2019\u0152uvre d\u2019\u00c2ge \u00e0 No\u00ebl, \u00e7a"),
            "l'oeuvre d'age a noel, ca");
  EXPECT_EQ(fold("Stra\u00dfe M\u00fcller \u00d8rsted \u0141\u00f3d\u017a"),
            "strasse muller orsted lodz");
  EXPECT_EQ(fold("e\u0301"), "e") << "an accent of its own";
  EXPECT_EQ(fold("\u00d7 \u00f7 \u20ac \u0416"), "\u00d7 \u00f7 \u20ac \u0416");
  EXPECT_EQ(fold("a\xff"), "a\ufffd");
  EXPECT_EQ(fold(""), "");
}

TEST(Pattern, Wildcards) {
  const auto fits = [](std::vector<std::string> pieces, std::string_view text) {
    return Pattern(std::move(pieces), false).fits(text);
  };
  EXPECT_TRUE(fits({"abc"}, "abc"));
  EXPECT_FALSE(fits({"abc"}, "ABC"));
  EXPECT_TRUE(fits({"ab", ""}, "abc"));
  EXPECT_TRUE(fits({"", "bc"}, "abc"));
  EXPECT_TRUE(fits({"", "b", ""}, "abc"));
  EXPECT_TRUE(fits({"a", "c"}, "abc"));
  EXPECT_TRUE(fits({"", ""}, ""));
  EXPECT_FALSE(fits({"ab", "bc"}, "abc")) << "the pieces must not share letters";
  EXPECT_TRUE(fits({"a", "b", "b", "a"}, "axbxbxa"));
  EXPECT_FALSE(fits({"a", "b", "b", "a"}, "axbxa"));
  EXPECT_TRUE(fits({"", "ab", "b", ""}, "aabb")) << "the first place leaves the most room";
}

TEST(Pattern, FoundIn) {
  EXPECT_TRUE(Pattern({"Soci\u00e9t\u00e9"}, true).found_in("LA SOCIETE DUPONT"));
  EXPECT_FALSE(Pattern({"dupond"}, true).found_in("LA SOCIETE DUPONT"));
  EXPECT_TRUE(Pattern({"la", "dupont"}, true).found_in("La soci\u00e9t\u00e9 Dupont"));
  EXPECT_FALSE(Pattern({"soc", ""}, true).found_in("La soci\u00e9t\u00e9"))
      << "with a star the whole has to fit";
}

}  // namespace
}  // namespace encours::filter
