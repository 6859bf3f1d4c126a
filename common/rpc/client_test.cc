// Goal: a client's calls carry the token of a file, also after the file has changed, and errors
// come back with code and field.
// Method: a real server with the test service; files that are replaced.
#include "common/rpc/client.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/rpc/testing/echo_handlers.h"
#include "common/rpc/testing/test_server.h"

namespace encours::rpc {
namespace {

using testing::EchoHandlers;
using testing::TestServer;
using testing::write_file;
namespace echo = encours::rpc::testing::v1alpha1;

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() {
    server_.server().add<echo::EchoService>(handlers_);
    server_.start();
    write_file(token_file_,
               server_.issuer().token("ada", R"(["collector"])", R"(["acme"])") + "\n");
    ChannelConfig config;
    config.address = server_.address();
    client_ = Client::open(config, token_file_).value();
    stub_ = echo::EchoService::NewStub(client_->channel());
  }

  Result<echo::EchoResponse> echo_to(const std::string& tenant) {
    echo::EchoRequest request;
    request.set_tenant(tenant);
    request.set_text("hello");
    return client_->unary(*stub_, &echo::EchoService::Stub::Echo, request, 10'000);
  }

  TestServer server_{{echo::EchoService::service_full_name()}};
  EchoHandlers handlers_{server_.guard()};
  std::string token_file_ = server_.issuer().folder() + "/token";
  std::unique_ptr<Client> client_;
  std::unique_ptr<echo::EchoService::Stub> stub_;
};

TEST_F(ClientTest, CallsCarryTheTokenOfTheFile) {
  const auto response = echo_to("acme");
  ASSERT_TRUE(response.ok()) << describe(response.failure());
  EXPECT_EQ(response->text(), "hello");
  EXPECT_EQ(server_.lines().back().trace_id.size(), 32U);
}

TEST_F(ClientTest, ANewTokenIsTakenAtOnce) {
  EXPECT_EQ(echo_to("beta").failure().code, "tenant_not_allowed");
  write_file(token_file_, server_.issuer().token("ada", R"(["collector"])", R"(["beta"])"));
  EXPECT_TRUE(echo_to("beta").ok());
  EXPECT_EQ(echo_to("acme").failure(),
            refused("tenant_not_allowed", "tenant", "Your token is not for this tenant."));
}

TEST_F(ClientTest, AFileWithoutATokenIsTold) {
  write_file(token_file_, " \n");
  EXPECT_EQ(echo_to("acme").failure().code, "invalid_token_file");
  write_file(token_file_, "two words");
  EXPECT_EQ(echo_to("acme").failure().code, "invalid_token_file");
  std::filesystem::remove(token_file_);
  EXPECT_EQ(echo_to("acme").failure().code, "unreadable_file");
}

TEST_F(ClientTest, AServerThatIsAwayIsARetry) {
  server_.server().stop(0);
  const auto response = echo_to("acme");
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.failure().reaction, Reaction::kRetry);
  EXPECT_EQ(response.failure().code, "unavailable");
}

TEST(Client, OpenChecksItsSettings) {
  EXPECT_EQ(Client::open(ChannelConfig(), "").failure().field, "address");
  ChannelConfig config;
  config.address = "127.0.0.1:1";
  config.tls.ca_file = "/no/such/ca.pem";
  EXPECT_EQ(Client::open(config, "").failure().code, "unreadable_file");
}

}  // namespace
}  // namespace encours::rpc
