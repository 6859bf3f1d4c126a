// Goal: a Result is a value or an Error, and the macros return the failure unchanged.
// Method: small functions that fail at a chosen step.
#include "common/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace encours {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return refused("odd_number", "number", "The number must be even.");
  return number / 2;
}

Result<int> quarter(int number) {
  ENCOURS_ASSIGN(const int first, half(number));
  ENCOURS_ASSIGN(const int second, half(first));
  return second;
}

Status check_quarter(int number) {
  ENCOURS_TRY(quarter(number));
  return {};
}

TEST(Result, ValueOrFailure) {
  EXPECT_EQ(*quarter(12), 3);
  const Result<int> failed = quarter(6);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.failure(),
            (Error{Reaction::kRefused, "odd_number", "The number must be even.", "number"}));
  EXPECT_TRUE(check_quarter(8).ok());
  EXPECT_EQ(check_quarter(7).failure().code, "odd_number");
}

TEST(Result, MoveOnlyValue) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Error, DescribeNamesReactionCodeAndField) {
  EXPECT_EQ(describe(half(3).failure()), "refused odd_number (number): The number must be even.");
  EXPECT_EQ(describe(fatal("no_disk", "The volume is gone.")),
            "fatal no_disk: The volume is gone.");
}

TEST(Error, EveryReactionHasItsWord) {
  EXPECT_STREQ(reaction_name(Reaction::kRetry), "retry");
  EXPECT_STREQ(reaction_name(Reaction::kAbort), "abort");
  EXPECT_STREQ(reaction_name(Reaction::kMigrated), "migrated");
  EXPECT_STREQ(reaction_name(Reaction::kCorrupted), "corrupted");
  EXPECT_STREQ(reaction_name(Reaction::kPoison), "poison");
  EXPECT_STREQ(reaction_name(Reaction::kRefused), "refused");
  EXPECT_STREQ(reaction_name(Reaction::kFatal), "fatal");
}

TEST(ResultDeathTest, WrongAccessStopsTheProcess) {
  EXPECT_DEATH(static_cast<void>(half(3).value()), "value\\(\\) of a failed Result");
  EXPECT_DEATH(static_cast<void>(half(2).failure()), "failure\\(\\) of a good Result");
}

}  // namespace
}  // namespace encours
