// Goal: a slip of the pen finds the word that was meant, and nonsense finds nothing.
// Method: words by hand.
#include "common/base/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace encours {
namespace {

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> words{"overdue", "due_date", "number", "id", "segment"};
  EXPECT_EQ(nearest("overdu", words), "overdue");
  EXPECT_EQ(nearest("ovedrue", words), "overdue") << "swapped letters are one edit";
  EXPECT_EQ(nearest("dueDate", words), "due_date");
  EXPECT_EQ(nearest("nubmer", words), "number");
  EXPECT_EQ(nearest("is", words), "id");
  EXPECT_EQ(nearest("segment", words), "segment");
}

TEST(Nearest, NonsenseFindsNothing) {
  const std::vector<std::string> words{"overdue", "due_date"};
  EXPECT_EQ(nearest("paydex", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(nearest(std::string(5000, 'x'), words), "");
  EXPECT_EQ(nearest("overdue", std::vector<std::string>{}), "");
}

}  // namespace
}  // namespace encours
