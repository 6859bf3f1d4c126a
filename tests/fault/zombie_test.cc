// Goal: an owner that stood still while others took its place does no harm when it wakes (rows 17
// and 21). Method: SIGSTOP at a fault point, the group's and the transaction's time-outs, SIGCONT.
//   changelog p-0: Z Z Z | S S C S C     Z open: the last stable offset stays before it
#include "tests/fault/zombies.h"

namespace encours::test {
namespace {

class Zombie : public ZombieTest {};

TEST_F(Zombie, Row17ZombieWakesBeforeEndTxn) {
  ASSERT_NO_FATAL_FAILURE(stopped_before_end_txn());
  expect_exact();
  EXPECT_EQ(run->process("a").lines_with("recycle migrated").size(), 1u);
}

// Fenced by whoever leads the group without it.
TEST_F(Zombie, Row17ZombieWakesBeforeItsOffsets) {
  ASSERT_NO_FATAL_FAILURE(stopped_before_offsets());
  ASSERT_TRUE(run->process("a").await_line("recycle ", kPatienceMs));
  expect_exact();
  EXPECT_EQ(run->process("a").lines_with("recycle ").size(), 1u);
}

// Where nobody fences it, its generation alone keeps it out.
TEST_F(Zombie, Row17ZombieIsRefusedByItsGeneration) {
  mutation = "forget_to_fence";
  ASSERT_NO_FATAL_FAILURE(stopped_before_offsets());
  ASSERT_TRUE(run->process("a").await_line("recycle migrated", kPatienceMs));
  expect_exact();
  EXPECT_EQ(run->process("a").lines_with("recycle migrated").size(), 1u);
}

// What it has open is ended by who fences it, so nobody waits.
TEST_F(Zombie, Row21RestoreWhereAZombieWorked) {
  ASSERT_NO_FATAL_FAILURE(restored_behind_open_transaction(false));
  expect_exact();
}

TEST_F(Zombie, Row21RestoreBehindAnOpenTransaction) {
  mutation = "forget_to_fence";
  ASSERT_NO_FATAL_FAILURE(restored_behind_open_transaction(true));
  expect_exact();
}

}  // namespace
}  // namespace encours::test
