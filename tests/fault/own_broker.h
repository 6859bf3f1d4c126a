// What a test begins with that may do to its broker what it likes: one of its own, without a past.
#pragma once

#include "tests/fault/broker.h"
#include "tests/fault/run.h"

namespace encours::test {

class OwnBrokerTest : public FaultTest {
 protected:
  void TearDown() override { end(); }
  // The processes of the run go before their broker.
  virtual void end();

  // Makes it, to be started by the test.
  void make_broker();

  std::unique_ptr<Broker> broker;

 private:
  std::filesystem::path dir_;
};

}  // namespace encours::test
