#include "tests/fault/own_broker.h"

#include <unistd.h>

#include <cstdlib>

namespace encours::test {

void OwnBrokerTest::end() {
  oracle.reset();
  run.reset();
  broker.reset();
  if (!HasFailure() && !dir_.empty()) std::filesystem::remove_all(dir_);
}

void OwnBrokerTest::make_broker() {
  char name[] = "/tmp/encours-broker-XXXXXX";
  ASSERT_NE(::mkdtemp(name), nullptr) << "no folder could be made in /tmp";
  dir_ = name;
  broker = std::make_unique<Broker>(dir_);
}

}  // namespace encours::test
