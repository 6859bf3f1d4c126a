// The three histories of a zombie: an owner that stands still while others take its place.
//
// Each runs up to the point where the test judges it; the mutation tests run the same histories
// with a rule broken, which shows that they can fail. SIGSTOP comes from a fault point, SIGCONT
// from the test; the broker's time-outs do the rest.
#pragma once

#include "tests/fault/run.h"

namespace encours::test {

class ZombieTest : public FaultTest {
 protected:
  // Row 17: stopped just before EndTxn, its offsets sent; its transaction times out.
  void stopped_before_end_txn();
  // Row 17: stopped before its offsets are sent; only the group's generation can refuse it.
  void stopped_before_offsets();
  // Row 21: a second owner commits behind the zombie's open transaction; a third restores. With
  // `waits` the third must not be done before the zombie's transaction is.
  void restored_behind_open_transaction(bool waits);
};

}  // namespace encours::test
