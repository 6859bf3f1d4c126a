// Goal: plaintext stays on the loopback, TLS and mutual TLS let the right ones in, health follows
// the service, limits hold, stop() is orderly, reflection is as the build says.
// Method: real servers on free ports; certificates made by OpenSSL in the test.
#include "common/rpc/server.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "common/rpc/address.h"
#include "common/rpc/testing/certificates.h"
#include "common/rpc/testing/echo_handlers.h"
#include "common/rpc/testing/test_server.h"

namespace encours::rpc {
namespace {

using grpc::StatusCode;
using testing::EchoHandlers;
using testing::Meeting;
using testing::set_token;
using testing::TestCertificates;
using testing::TestServer;
namespace echo = encours::rpc::testing::v1alpha1;

class ServerTest : public ::testing::Test {
 protected:
  grpc::Status echo_on(const std::shared_ptr<grpc::Channel>& channel, std::size_t text_size = 5) {
    const Meeting with_the_handlers;
    grpc::ClientContext context;
    context.set_deadline(deadline_in(10'000));
    set_token(&context, rig_.issuer().token("ada", R"(["collector"])", R"(["acme"])"));
    echo::EchoRequest request;
    request.set_tenant("acme");
    request.set_text(std::string(text_size, 'x'));
    echo::EchoResponse response;
    return echo::EchoService::NewStub(channel)->Echo(&context, request, &response);
  }
  // Serving status by grpc.health.v1: 1 is SERVING, 2 NOT_SERVING; 0 where the call failed.
  int health() {
    grpc::GenericStub stub(rig_.channel());
    grpc::ClientContext context;
    context.set_deadline(deadline_in(10'000));
    std::promise<grpc::Status> done;
    const grpc::Slice nothing;
    const grpc::ByteBuffer request(&nothing, 1);
    grpc::ByteBuffer response;
    stub.UnaryCall(&context,
                   "/grpc.health.v1.Health/Check",
                   {},
                   &request,
                   &response,
                   [&](grpc::Status status) { done.set_value(std::move(status)); });
    if (!done.get_future().get().ok()) return 0;
    grpc::Slice bytes;
    if (!response.TrySingleSlice(&bytes).ok() || bytes.size() != 2) return 0;
    return bytes.begin()[1];  // Field 1, a varint.
  }

  TestServer rig_{{echo::EchoService::service_full_name()}};
  EchoHandlers handlers_{rig_.guard()};
};

TEST(Loopback, IsToldByTheAddressAlone) {
  for (const char* near : {"127.0.0.1:80", "127.9.9.9:1", "localhost:1", "[::1]:5", "unix:/x"}) {
    EXPECT_TRUE(is_loopback(near)) << near;
  }
  for (const char* far : {"0.0.0.0:80",
                          "10.0.0.1:1",
                          "[::]:5",
                          "kafka-0:1",
                          "127.0.0.1.evil.com:1",
                          "localhost.evil.com:1",
                          "",
                          ":80",
                          "1270.0.1:2"}) {
    EXPECT_FALSE(is_loopback(far)) << far;
  }
}

TEST_F(ServerTest, PlaintextNeedsTheLoopbackOrTheFlag) {
  ServerConfig config;
  config.listen_address = "0.0.0.0:0";
  Server server(config, rig_.guard());
  server.add<echo::EchoService>(handlers_);
  EXPECT_EQ(server.start().failure().code, "plaintext_refused");

  config.allow_plaintext = true;
  Server open_server(config, rig_.guard());
  open_server.add<echo::EchoService>(handlers_);
  EXPECT_TRUE(open_server.start().ok());

  ChannelConfig far;
  far.address = "10.0.0.1:1";
  EXPECT_EQ(open_channel(far).failure().code, "plaintext_refused");
  far.allow_plaintext = true;
  EXPECT_TRUE(open_channel(far).ok());
}

TEST_F(ServerTest, StartsOnlyWithServicesThatHaveRules) {
  Server empty(ServerConfig(), rig_.guard());
  EXPECT_EQ(empty.start().failure().code, "no_service");

  echo::FaultyService::Service faulty;
  Server without_rules(ServerConfig(), rig_.guard());
  without_rules.add<echo::FaultyService>(faulty);
  EXPECT_EQ(without_rules.start().failure().code, "service_without_rules");
}

TEST_F(ServerTest, ATakenPortIsAnError) {
  rig_.server().add<echo::EchoService>(handlers_);
  rig_.start();
  ServerConfig config;
  config.listen_address = rig_.address();
  Server second(config, rig_.guard());
  second.add<echo::EchoService>(handlers_);
  EXPECT_EQ(second.start().failure().code, "cannot_listen");
}

TEST_F(ServerTest, HealthFollowsTheService) {
  rig_.server().add<echo::EchoService>(handlers_);
  rig_.start();
  EXPECT_EQ(health(), 2);
  rig_.server().set_ready(true);
  EXPECT_EQ(health(), 1);
  rig_.server().set_ready(false);
  EXPECT_EQ(health(), 2);
}

TEST_F(ServerTest, RefusesWhatIsTooLarge) {
  rig_.server().add<echo::EchoService>(handlers_);
  rig_.start();
  const auto channel = rig_.channel();
  EXPECT_TRUE(echo_on(channel, 3 * 1024 * 1024).ok());
  EXPECT_EQ(echo_on(channel, 5 * 1024 * 1024).error_code(), StatusCode::RESOURCE_EXHAUSTED);

  // This one may cost the connection on which it came, so it has one of its own.
  grpc::ClientContext context;
  context.AddMetadata("x-large", std::string(40'000, 'x'));
  echo::EchoResponse response;
  EXPECT_FALSE(echo::EchoService::NewStub(rig_.channel())
                   ->Echo(&context, echo::EchoRequest(), &response)
                   .ok());
  EXPECT_TRUE(rig_.lines().size() == 1) << "it has not reached the guard";
  EXPECT_TRUE(echo_on(channel).ok()) << "others go on";
}

TEST_F(ServerTest, StopWaitsForCallsAndEndsStreams) {
  std::promise<void> entered;
  handlers_.on_echo = [&](Call&, const echo::EchoRequest&) -> Result<echo::EchoResponse> {
    entered.set_value();
    while (!rig_.guard().draining()) std::this_thread::yield();
    return echo::EchoResponse();
  };
  rig_.server().add<echo::EchoService>(handlers_);
  rig_.start();
  const auto channel = rig_.channel();
  auto running = std::async(std::launch::async, [&] { return echo_on(channel); });
  entered.get_future().wait();
  rig_.server().stop(60'000);
  EXPECT_TRUE(running.get().ok()) << "a call in flight is finished";
  EXPECT_EQ(echo_on(rig_.channel()).error_code(), StatusCode::UNAVAILABLE);
  rig_.server().set_ready(true);  // Late, and harmless.
}

TEST_F(ServerTest, StopCancelsWhatOutlastsTheGrace) {
  std::promise<void> entered;
  handlers_.on_echo = [&](Call& call, const echo::EchoRequest&) -> Result<echo::EchoResponse> {
    entered.set_value();
    while (!call.context().IsCancelled()) std::this_thread::yield();
    return *call.stop();
  };
  rig_.server().add<echo::EchoService>(handlers_);
  rig_.start();
  const auto channel = rig_.channel();
  auto running = std::async(std::launch::async, [&] { return echo_on(channel); });
  entered.get_future().wait();
  rig_.server().stop(0);
  EXPECT_FALSE(running.get().ok());
}

TEST_F(ServerTest, TlsTellsWhoIsWho) {
  const TestCertificates ours;
  const TestCertificates foreign;
  ServerConfig config;
  config.listen_address = "127.0.0.1:0";
  config.tls = {ours.ca_file(), ours.certificate_file(), ours.key_file()};
  Server server(config, rig_.guard());
  server.add<echo::EchoService>(handlers_);
  ASSERT_TRUE(server.start().ok());

  ChannelConfig to;
  to.address = "127.0.0.1:" + std::to_string(server.port());
  to.tls_name = "encours.test";
  const auto try_with = [&](TlsFiles tls) {
    to.tls = std::move(tls);
    return echo_on(open_channel(to).value()).error_code();
  };
  EXPECT_EQ(try_with({ours.ca_file(), ours.certificate_file(), ours.key_file()}), StatusCode::OK);
  EXPECT_EQ(try_with({ours.ca_file(), "", ""}), StatusCode::UNAVAILABLE) << "no certificate";
  EXPECT_EQ(try_with({ours.ca_file(), foreign.certificate_file(), foreign.key_file()}),
            StatusCode::UNAVAILABLE)
      << "another authority's";
  EXPECT_EQ(try_with({foreign.ca_file(), ours.certificate_file(), ours.key_file()}),
            StatusCode::UNAVAILABLE)
      << "the client doesn't trust the server";
  to.tls_name = "other.test";
  EXPECT_EQ(try_with({ours.ca_file(), ours.certificate_file(), ours.key_file()}),
            StatusCode::UNAVAILABLE)
      << "the name is another";

  config.tls.certificate_file = "/no/such/file";
  Server broken(config, rig_.guard());
  broken.add<echo::EchoService>(handlers_);
  EXPECT_EQ(broken.start().failure().code, "unreadable_file");
}

TEST_F(ServerTest, ReflectionIsForDevelopmentOnly) {
  rig_.server().add<echo::EchoService>(handlers_);
  rig_.start();
  grpc::GenericStub stub(rig_.channel());
  grpc::ClientContext context;
  context.set_deadline(deadline_in(10'000));
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  call->WritesDone(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
#ifdef ENCOURS_FAULT_POINTS
  EXPECT_EQ(status.error_code(), StatusCode::OK);
#else
  EXPECT_EQ(status.error_code(), StatusCode::UNIMPLEMENTED);
#endif
}

}  // namespace
}  // namespace encours::rpc
