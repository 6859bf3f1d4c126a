// Goal: flags stand anywhere, exit codes and the choice of tenant, token and server are as
// promised. Method: command lines against the fake server.
#include "services/encoursctl/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Program : public ::testing::Test {
 protected:
  Program() {
    server_.answers.list_invoices = [this](const portfolio::ListInvoicesRequest& request) {
      asked_ = request;
      portfolio::ListInvoicesResponse response;
      response.add_invoices()->set_number("F-1");
      return response;
    };
    terminal_.local_run(server_.address());
  }

  FakeServer server_;
  Terminal terminal_;
  portfolio::ListInvoicesRequest asked_;
};

TEST_F(Program, GlobalFlagsStandBeforeOrAfterTheCommand) {
  const Ran before = terminal_.run({"--tenant", "acme", "--output", "csv", "invoices", "list"});
  const Ran after = terminal_.run({"invoices", "list", "--output", "csv", "--tenant", "acme"});
  const Ran between = terminal_.run({"invoices", "--tenant=acme", "list", "--output=csv"});
  EXPECT_EQ(before.code, 0) << before.err;
  EXPECT_EQ(asked_.tenant(), "acme");
  EXPECT_THAT(before.out, StartsWith("number,account,"));
  EXPECT_EQ(after.out, before.out) << after.err;
  EXPECT_EQ(between.out, before.out) << between.err;
}

TEST_F(Program, WrongUsageIsOneAndHelpIsZero) {
  EXPECT_EQ(terminal_.run({}).code, 1);
  EXPECT_EQ(terminal_.run({"nothing"}).code, 1);
  EXPECT_EQ(terminal_.run({"invoices"}).code, 1);
  EXPECT_EQ(terminal_.run({"invoices", "list", "--output", "xml"}).code, 1);
  EXPECT_EQ(terminal_.run({"invoices", "list", "--page-size", "0"}).code, 1);
  const Ran help = terminal_.run({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("\n  status "));
}

TEST_F(Program, EveryCommandHasHelpWithAnExample) {
  const std::vector<std::vector<std::string>> commands = {{"import"},
                                                          {"clock", "advance"},
                                                          {"tenants", "list"},
                                                          {"tenants", "open"},
                                                          {"tenants", "go-live"},
                                                          {"customers", "list"},
                                                          {"customers", "get"},
                                                          {"invoices", "list"},
                                                          {"aged-balance"},
                                                          {"timeline"},
                                                          {"alerts", "list"},
                                                          {"alerts", "tail"},
                                                          {"alerts", "ack"},
                                                          {"dead-letters", "list"},
                                                          {"dead-letters", "show"},
                                                          {"dump"},
                                                          {"dead-letters", "replay"},
                                                          {"verify"},
                                                          {"status"},
                                                          {"topics", "apply"}};
  for (auto command : commands) {
    const std::string name = command.back();
    command.emplace_back("--help");
    const Ran help = terminal_.run(command);
    EXPECT_EQ(help.code, 0) << name;
    EXPECT_THAT(help.out, HasSubstr("Example: encoursctl ")) << name;
  }
}

TEST_F(Program, TheTenantIsThatOfTheToken) {
  terminal_.file("token", token_for(R"(["beta"])"));
  EXPECT_EQ(terminal_.run({"invoices", "list"}).code, 0);
  EXPECT_EQ(asked_.tenant(), "beta");
  EXPECT_THAT(server_.authorizations(), ::testing::Contains("Bearer " + token_for(R"(["beta"])")));
}

TEST_F(Program, ATokenForSeveralTenantsNeedsAChoice) {
  server_.answers.list_tenants = [](const ingestion::ListTenantsRequest&) {
    ingestion::ListTenantsResponse response;
    response.add_tenants()->set_tenant("acme");
    response.add_tenants()->set_tenant("beta");
    return response;
  };
  const Ran ran = terminal_.run({"invoices", "list"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.err,
            "error: --tenant: Your token is for more than one tenant: choose one with --tenant "
            "NAME. There are: acme, beta. (tenant_needed)\n");
}

TEST_F(Program, WithoutALocalRunItSaysSo) {
  Terminal elsewhere;
  const Ran ran = elsewhere.run({"status"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("deploy/run"));
}

TEST_F(Program, ARefusalIsOneLineWithFieldAndRule) {
  server_.answers.list_invoices =
      [](const portfolio::ListInvoicesRequest&) -> Result<portfolio::ListInvoicesResponse> {
    return refused("unknown_field", "filter", "There is no field 'overdu'; did you mean overdue?");
  };
  const Ran ran = terminal_.run({"invoices", "list", "--tenant", "acme"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err,
            "error: filter: There is no field 'overdu'; did you mean overdue? (unknown_field)\n");
}

TEST_F(Program, AServerThatIsNamedIsAskedForTheOthers) {
  FakeServer seed;
  seed.answers.list_endpoints = [this](const runtime::ListEndpointsRequest&) {
    runtime::ListEndpointsResponse response;
    auto* endpoint = response.add_endpoints();
    endpoint->set_service("portfolio");
    endpoint->set_address(server_.address());
    return response;
  };
  const Ran ran = terminal_.run({"invoices", "list", "--server", seed.address(), "--tenant", "x"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(asked_.tenant(), "x");
}

TEST_F(Program, AServerThatDoesNotTellOfOthersAnswersForAll) {
  Terminal elsewhere;
  const Ran ran = elsewhere.run({"--server",
                                 server_.address(),
                                 "--token-file",
                                 elsewhere.folder() + "/token",
                                 "--tenant",
                                 "x",
                                 "invoices",
                                 "list"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(asked_.tenant(), "x");
}

TEST_F(Program, TheDevelopmentTokenStaysOnThisMachine) {
  const Ran ran = terminal_.run({"invoices", "list", "--server", "encours.example:443"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("token_file_needed"));
  EXPECT_TRUE(server_.authorizations().empty());
}

TEST_F(Program, ATokenFileThatIsNotThereIsToldAtOnce) {
  terminal_.patience.read_ms = 60'000;
  const Ran ran = terminal_.run({"invoices", "list", "--tenant", "x", "--token-file", "/no/such"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("/no/such"));
}

}  // namespace
}  // namespace encours::ctl
