// Goal: the local run is found as promised, and the token's tenant is read. Method: folders in
// /tmp.
#include "services/encoursctl/local_run.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "services/encoursctl/request_id.h"
#include "services/encoursctl/testing/terminal.h"
#include "services/encoursctl/token_tenants.h"

namespace encours::ctl {
namespace {

using testing::Terminal;

TEST(LocalRun, IsFoundFromTheCurrentFolderUpwards) {
  Terminal terminal;
  terminal.local_run({{"ingestion", "127.0.0.1:1"}, {"portfolio", "127.0.0.1:2"}});
  terminal.file("a/b/c", "");
  const auto run = find_local_run({"", terminal.folder() + "/a/b", "/nowhere/bin/encoursctl"});
  ASSERT_TRUE(run.ok()) << run.failure().message;
  EXPECT_EQ(run->token_file, terminal.folder() + "/token");
  EXPECT_EQ(run->clock_mode, "events");
  ASSERT_EQ(run->instances.size(), 2u);
  EXPECT_EQ(run->instances[1].service, "portfolio");
  EXPECT_EQ(run->instances[1].address, "127.0.0.1:2");
}

TEST(LocalRun, IsFoundFromTheProgramUpwards) {
  Terminal terminal;
  terminal.local_run("127.0.0.1:1");
  const auto run = find_local_run({"", "/", terminal.folder() + "/build/release/bin/encoursctl"});
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->file, terminal.folder() + "/.run/endpoints.yaml");
}

TEST(LocalRun, TheFolderOfTheEnvironmentIsTheOnlyOneThatCounts) {
  Terminal terminal;
  terminal.local_run("127.0.0.1:1");
  const auto run = find_local_run({"/nowhere", terminal.folder(), ""});
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.failure().code, "local_run_not_found");
  EXPECT_TRUE(find_local_run({terminal.folder() + "/.run", "/", ""}).ok());
}

TEST(LocalRun, ABrokenFileIsNamed) {
  Terminal terminal;
  const std::string file = terminal.file(".run/endpoints.yaml", "servers: [");
  EXPECT_EQ(find_local_run({"", terminal.folder(), ""}).failure().field, file);
  terminal.file(".run/endpoints.yaml", "token_file: x\n");
  EXPECT_EQ(find_local_run({"", terminal.folder(), ""}).failure().code, "unreadable_endpoints");
}

TEST(TokenTenants, ReadsTheClaim) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(token_tenants(testing::token_for(R"(["acme","beta"])")), (Names{"acme", "beta"}));
  EXPECT_EQ(token_tenants(testing::token_for(R"(["*"])")), (Names{"*"}));
  EXPECT_EQ(token_tenants(testing::token_for(R"("acme")")), Names());
  EXPECT_EQ(token_tenants("no token"), Names());
  EXPECT_EQ(token_tenants("a.!!.c"), Names());
}

TEST(RequestId, IsARandomUuid) {
  const std::regex shape("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  const std::string one = random_request_id();
  EXPECT_TRUE(std::regex_match(one, shape)) << one;
  EXPECT_NE(one, random_request_id());
}

}  // namespace
}  // namespace encours::ctl
