// Goal: an error tells field, rule and the next step in one line. Method: examples by hand.
#include "services/encoursctl/explain.h"

#include <gtest/gtest.h>

namespace encours::ctl {
namespace {

TEST(Explain, FieldMessageAndRule) {
  EXPECT_EQ(explain(refused("unknown_field", "filter", "There is no field 'overdu'")),
            "filter: There is no field 'overdu'. (unknown_field)");
}

TEST(Explain, SaysWhatToDoNext) {
  EXPECT_EQ(explain(refused("token_expired", "", "The token is not valid any more.")),
            "The token is not valid any more. (token_expired) Give a valid token with "
            "--token-file.");
  EXPECT_EQ(explain(error(Reaction::kRetry, "unavailable", "failed to connect")),
            "failed to connect. (unavailable) 'encoursctl status' shows what runs; deploy/run "
            "starts the local run.");
  EXPECT_EQ(explain(refused("promise_not_found", "", "No promise 17.")),
            "No promise 17. (promise_not_found) Look for it with the list command.");
}

TEST(Explain, HoldsNoControlCharactersOfAServer) {
  EXPECT_EQ(explain(fatal("internal", "a\x1b[31mb")), "a?[31mb. (internal)");
}

}  // namespace
}  // namespace encours::ctl
