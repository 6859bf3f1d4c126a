// Goal: no call reaches a handler unless token, role, tenant and request_id are right; statuses,
// deadlines, stream limits, metrics and log lines are as promised.
// Method: a real server on the loopback with the test service, tokens signed in the test, a clock
// that the test moves. No sleep: streams are met at promises.
#include "common/rpc/guard.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <stdexcept>

#include "common/rpc/status.h"
#include "common/rpc/testing/echo_handlers.h"
#include "common/rpc/testing/guarded.h"
#include "common/rpc/testing/test_server.h"

namespace encours::rpc {
namespace {

using grpc::StatusCode;
using testing::EchoHandlers;
using ::testing::HasSubstr;
using testing::kTestNowSeconds;
using testing::Meeting;
using ::testing::Not;
using testing::set_token;
using testing::TestServer;
namespace echo = encours::rpc::testing::v1alpha1;

const char* const kCollector = R"(["collector"])";
const char* const kAcme = R"(["acme"])";

GuardConfig small_limits() {
  GuardConfig config;
  config.max_query_ms = 4'000;
  config.max_write_ms = 9'000;
  config.max_streams = 3;
  config.max_streams_per_caller = 2;
  return config;
}

class GuardTest : public ::testing::Test {
 protected:
  GuardTest() {
    server_.server().add<echo::EchoService>(handlers_);
    server_.start();
    stub_ = echo::EchoService::NewStub(server_.channel());
  }

  // What a call ended with: the status and the Error that a client makes of it.
  struct Ended {
    grpc::Status status;
    std::string code;
    std::string field;
    std::string text;
  };

  template <class Request, class Response>
  Ended call(grpc::Status (echo::EchoService::Stub::*method)(grpc::ClientContext*,
                                                             const Request&,
                                                             Response*),
             const Request& request,
             const std::string& token,
             std::function<void(grpc::ClientContext&)> prepare = {}) {
    const Meeting with_the_handlers;
    grpc::ClientContext context;
    if (!token.empty()) set_token(&context, token);
    if (prepare) prepare(context);
    Response response;
    Ended ended;
    ended.status = ((*stub_).*method)(&context, request, &response);
    if constexpr (requires { response.text(); }) ended.text = response.text();
    if (!ended.status.ok()) {
      const Error failure = from_grpc(ended.status, context);
      ended.code = failure.code;
      ended.field = failure.field;
    }
    return ended;
  }

  Ended echo_as(const std::string& token, const std::string& tenant = "acme") {
    echo::EchoRequest request;
    request.set_tenant(tenant);
    request.set_text("hello");
    return call(&echo::EchoService::Stub::Echo, request, token);
  }
  std::string collector(std::int64_t expires_at = kTestNowSeconds + 600) const {
    return server_.issuer().token("ada", kCollector, kAcme, expires_at);
  }

  TestServer server_{{echo::EchoService::service_full_name()}, small_limits()};
  EchoHandlers handlers_{server_.guard()};
  std::unique_ptr<echo::EchoService::Stub> stub_;
};

TEST_F(GuardTest, LetsARightfulCallThrough) {
  const Ended ended = echo_as(collector());
  EXPECT_TRUE(ended.status.ok()) << ended.status.error_message();
  EXPECT_EQ(ended.text, "hello");
}

TEST_F(GuardTest, RefusesEveryMethodWithoutAToken) {
  EXPECT_THAT(
      testing::unguarded_methods(server_.channel(), {echo::EchoService::service_full_name()}),
      ::testing::IsEmpty());
  // The walk does see what is not refused: this service isn't even there.
  EXPECT_THAT(
      testing::unguarded_methods(server_.channel(), {echo::FaultyService::service_full_name()}),
      ::testing::SizeIs(2));
}

TEST_F(GuardTest, RefusesTokensRolesAndTenants) {
  const auto& issuer = server_.issuer();
  EXPECT_EQ(echo_as("").code, "token_missing");
  EXPECT_EQ(echo_as("").status.error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(echo_as("rubbish").code, "token_refused");
  EXPECT_EQ(echo_as(collector(kTestNowSeconds - 61)).code, "token_expired");

  const Ended role = echo_as(issuer.token("eve", R"(["sales","erp"])", kAcme));
  EXPECT_EQ(role.status.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(role.code, "role_not_allowed");
  EXPECT_FALSE(server_.lines().back().caller_digest.empty()) << "who was refused is in the log";

  const Ended tenant = echo_as(collector(), "beta");
  EXPECT_EQ(tenant.status.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(tenant.code, "tenant_not_allowed");
  EXPECT_EQ(tenant.field, "tenant");
  EXPECT_EQ(echo_as(collector(), "").code, "tenant_missing");
  EXPECT_EQ(echo_as(issuer.token("eve", kCollector, R"(["*"])"), "a/b").code, "invalid_tenant");

  EXPECT_EQ(call(&echo::EchoService::Stub::Install,
                 echo::InstallRequest(),
                 issuer.token("eve", R"(["admin"])", kAcme))
                .code,
            "tenant_not_allowed");
  EXPECT_TRUE(call(&echo::EchoService::Stub::Install,
                   echo::InstallRequest(),
                   issuer.token("eve", R"(["admin"])", R"(["*"])"))
                  .status.ok());
}

TEST_F(GuardTest, AuthorizeAsksTheSameOfAHandlerWithoutAThread) {
  std::vector<std::string> answers;
  handlers_.on_echo = [&](Call& call, const echo::EchoRequest&) -> Result<echo::EchoResponse> {
    const auto ask = [&](const auto* request, const char* tenant) {
      const auto caller = server_.guard().authorize(call.context(), request, tenant);
      answers.push_back(caller.ok() ? caller->subject : caller.failure().code);
    };
    ask(echo::EchoRequest::descriptor(), "acme");
    ask(echo::EchoRequest::descriptor(), "beta");
    ask(echo::WriteRequest::descriptor(), "acme");
    ask(echo::WithoutRuleRequest::descriptor(), "acme");
    return echo::EchoResponse();
  };
  ASSERT_TRUE(echo_as(collector()).status.ok());
  EXPECT_THAT(answers,
              ::testing::ElementsAre(
                  "ada", "tenant_not_allowed", "role_not_allowed", "method_without_rule"));
}

TEST_F(GuardTest, TwoTokensAreNone) {
  const Ended ended = call(&echo::EchoService::Stub::Echo,
                           echo::EchoRequest(),
                           collector(),
                           [&](grpc::ClientContext& context) { set_token(&context, collector()); });
  EXPECT_EQ(ended.code, "token_refused");
}

TEST_F(GuardTest, AWriteNeedsARequestId) {
  const std::string token = server_.issuer().token("ada", R"(["credit_manager"])", kAcme);
  echo::WriteRequest request;
  request.set_tenant("acme");
  const auto code_with = [&](const std::string& request_id) {
    request.set_request_id(request_id);
    return call(&echo::EchoService::Stub::Write, request, token).code;
  };
  EXPECT_EQ(code_with(""), "request_id_missing");
  EXPECT_EQ(code_with("two words"), "invalid_request_id");
  EXPECT_EQ(code_with(std::string(129, 'x')), "invalid_request_id");
  EXPECT_EQ(code_with(std::string(128, 'x')), "");
}

TEST_F(GuardTest, TheServerCapsEveryDeadline) {
  std::int64_t left_ms = 0;
  handlers_.on_echo = [&](Call& call, const echo::EchoRequest&) -> Result<echo::EchoResponse> {
    left_ms = call.left_ms();
    return echo::EchoResponse();
  };
  ASSERT_TRUE(echo_as(collector()).status.ok());
  EXPECT_EQ(left_ms, 4'000) << "no deadline of the client";

  echo::EchoRequest request;
  request.set_tenant("acme");
  call(&echo::EchoService::Stub::Echo, request, collector(), [](grpc::ClientContext& context) {
    context.set_deadline(deadline_in(3'600'000));
  });
  EXPECT_EQ(left_ms, 4'000) << "a longer one";
  call(&echo::EchoService::Stub::Echo, request, collector(), [](grpc::ClientContext& context) {
    context.set_deadline(deadline_in(3'000));
  });
  // gRPC rounds a time-out up by at most a hundredth on its way.
  EXPECT_LE(left_ms, 3'030) << "a shorter one";
  EXPECT_GT(left_ms, 0);
}

TEST_F(GuardTest, ErrorsReachTheClientWithCodeAndField) {
  handlers_.on_echo = [](Call&, const echo::EchoRequest&) -> Result<echo::EchoResponse> {
    return refused("customer_not_found", "Société\n", "No customer has this number.");
  };
  const Ended ended = echo_as(collector());
  EXPECT_EQ(ended.status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(ended.status.error_message(), "No customer has this number.");
  EXPECT_EQ(ended.code, "customer_not_found");
  EXPECT_EQ(ended.field, "Société\n");
  EXPECT_FALSE(ended.status.error_details().empty());
}

TEST_F(GuardTest, InsideFailuresAreLoggedAndNotTold) {
  handlers_.on_echo = [](Call&, const echo::EchoRequest&) -> Result<echo::EchoResponse> {
    return fatal("store_gone", "/var/lib/encours is read-only");
  };
  const Ended failed = echo_as(collector());
  EXPECT_EQ(failed.status.error_code(), StatusCode::INTERNAL);
  EXPECT_THAT(failed.status.error_message(), Not(HasSubstr("/var")));
  EXPECT_THAT(failed.status.error_message(), HasSubstr(server_.lines().back().trace_id));
  EXPECT_THAT(server_.lines().back().inside, HasSubstr("/var/lib/encours is read-only"));

  handlers_.on_echo = [](Call&, const echo::EchoRequest&) -> Result<echo::EchoResponse> {
    throw std::runtime_error("secret of a user");
  };
  const Ended thrown = echo_as(collector());
  EXPECT_EQ(thrown.status.error_code(), StatusCode::INTERNAL);
  EXPECT_EQ(thrown.code, "unexpected_exception");
  EXPECT_THAT(server_.lines().back().inside, HasSubstr("unexpected_exception"));
  EXPECT_THAT(server_.lines().back().inside, Not(HasSubstr("secret")));
}

TEST_F(GuardTest, TheLineNamesNobody) {
  const std::string token = server_.issuer().token("ada@example.test", kCollector, kAcme);
  echo::EchoRequest request;
  request.set_tenant("acme");
  call(&echo::EchoService::Stub::Echo, request, token, [](grpc::ClientContext& context) {
    context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  });
  ASSERT_EQ(server_.lines().size(), 1U);
  const CallLine line = server_.lines()[0];
  EXPECT_EQ(line.method, "/encours.rpc.testing.v1alpha1.EchoService/Echo");
  EXPECT_EQ(line.code, StatusCode::OK);
  EXPECT_EQ(line.error_code, "");
  EXPECT_EQ(line.tenant, "acme");
  // printf 'ada@example.test' | sha256sum
  EXPECT_EQ(line.caller_digest, "b97222ea69da");
  EXPECT_EQ(line.trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(line.inside, "");
  // What a stranger writes as tenant or id doesn't get into the log.
  echo_as(collector(), "evil\nline");
  EXPECT_EQ(server_.lines().back().tenant, "");
}

TEST_F(GuardTest, CountsByMethodAndCode) {
  echo_as(collector());
  echo_as(collector());
  echo_as(collector(), "beta");
  const std::string text = server_.metrics().text();
  const std::string method = R"(method="/encours.rpc.testing.v1alpha1.EchoService/Echo")";
  EXPECT_THAT(text, HasSubstr("encours_rpc_duration_seconds_count{code=\"OK\"," + method + "} 2"));
  EXPECT_THAT(
      text,
      HasSubstr("encours_rpc_duration_seconds_count{code=\"PERMISSION_DENIED\"," + method + "} 1"));
  EXPECT_THAT(text, HasSubstr("encours_rpc_running_calls 0"));
  EXPECT_THAT(text, HasSubstr("encours_rpc_open_streams 0"));
}

TEST_F(GuardTest, ForwardedCallsSayWhatTheyAskFor) {
  bool forwarded = false;
  std::vector<std::int32_t> asked;
  handlers_.on_echo = [&](Call& call, const echo::EchoRequest&) -> Result<echo::EchoResponse> {
    forwarded = call.forwarded();
    asked = call.asked_partitions();
    return echo::EchoResponse();
  };
  echo::EchoRequest request;
  request.set_tenant("acme");
  const auto with = [&](const char* partitions) {
    return call(
        &echo::EchoService::Stub::Echo, request, collector(), [&](grpc::ClientContext& context) {
          context.AddMetadata(kForwardedKey, "1");
          if (partitions) context.AddMetadata(kPartitionsKey, partitions);
        });
  };
  EXPECT_TRUE(with("0,3,5").status.ok());
  EXPECT_TRUE(forwarded);
  EXPECT_EQ(asked, (std::vector<std::int32_t>{0, 3, 5}));
  EXPECT_TRUE(with(nullptr).status.ok());
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(with("1,x").code, "invalid_partitions");
  EXPECT_TRUE(echo_as(collector()).status.ok());
  EXPECT_FALSE(forwarded);
}

TEST_F(GuardTest, AClientsStreamIsCheckedByItsFirstMessage) {
  const auto upload = [&](const std::string& token, const std::vector<std::string>& tenants) {
    grpc::ClientContext context;
    set_token(&context, token);
    echo::UploadResponse response;
    const auto writer = stub_->Upload(&context, &response);
    for (const std::string& tenant : tenants) {
      echo::UploadRequest request;
      request.set_tenant(tenant);
      if (!writer->Write(request)) break;
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    return status.ok() ? std::to_string(response.message_count()) : from_grpc(status, context).code;
  };
  const std::string erp = server_.issuer().token("sap", R"(["erp"])", kAcme);
  EXPECT_EQ(upload(erp, {"acme", "", ""}), "3");
  EXPECT_EQ(upload(erp, {"beta"}), "tenant_not_allowed");
  EXPECT_EQ(upload(erp, {""}), "tenant_missing");
  EXPECT_EQ(upload(erp, {}), "empty_stream");
  EXPECT_EQ(upload(collector(), {"acme"}), "role_not_allowed");
}

// A stream that writes one message and then waits until it is told to stop.
class WatchTest : public GuardTest {
 protected:
  WatchTest() {
    handlers_.on_watch = [this](Call& call,
                                grpc::ServerWriter<echo::WatchResponse>& writer) -> Status {
      writer.Write(echo::WatchResponse());
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return look_ && call.stop(); });
      return *call.stop();
    };
  }
  struct Stream {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<echo::WatchResponse>> reader;
    // True once the handler runs.
    bool opened = false;

    std::string end() {
      const grpc::Status status = reader->Finish();
      return status.ok() ? "" : from_grpc(status, context).code;
    }
  };
  std::unique_ptr<Stream> open(const std::string& token) {
    const Meeting with_the_handlers;
    auto stream = std::make_unique<Stream>();
    set_token(&stream->context, token);
    echo::WatchRequest request;
    request.set_tenant("acme");
    stream->reader = stub_->Watch(&stream->context, request);
    echo::WatchResponse response;
    stream->opened = stream->reader->Read(&response);
    return stream;
  }
  void look() {
    const std::lock_guard lock(mutex_);
    look_ = true;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool look_ = false;
};

TEST_F(WatchTest, AStreamEndsWithItsToken) {
  const auto stream = open(collector(kTestNowSeconds + 600));
  ASSERT_TRUE(stream->opened);
  server_.clock().set_now(Instant::from_unix_seconds(kTestNowSeconds + 660));
  look();
  EXPECT_EQ(stream->end(), "token_expired");
}

TEST_F(WatchTest, AStreamEndsWhenTheServerGoes) {
  const auto stream = open(collector());
  ASSERT_TRUE(stream->opened);
  server_.guard().drain();
  look();
  EXPECT_EQ(stream->end(), "shutting_down");
}

TEST_F(WatchTest, StreamsAreLimitedPerCallerAndInAll) {
  const std::string other = server_.issuer().token("bob", kCollector, kAcme);
  const auto first = open(collector());
  const auto second = open(collector());
  ASSERT_TRUE(first->opened && second->opened);
  const auto third = open(collector());
  EXPECT_FALSE(third->opened);
  EXPECT_EQ(third->end(), "too_many_streams");
  const auto of_other = open(other);
  EXPECT_TRUE(of_other->opened);
  const auto beyond_all = open(other);
  EXPECT_FALSE(beyond_all->opened);
  EXPECT_EQ(beyond_all->end(), "too_many_streams");

  server_.guard().drain();
  look();
  EXPECT_EQ(first->end(), "shutting_down");
  EXPECT_EQ(second->end(), "shutting_down");
  EXPECT_EQ(of_other->end(), "shutting_down");
  const auto after = open(other);
  EXPECT_FALSE(after->opened);
  EXPECT_EQ(after->end(), "shutting_down") << "a place is free again";
}

TEST(Partitions, AreReadStrictly) {
  EXPECT_EQ(parse_partitions(""), std::vector<std::int32_t>{});
  EXPECT_EQ(parse_partitions("7"), std::vector<std::int32_t>{7});
  EXPECT_EQ(parse_partitions("0,31,2"), (std::vector<std::int32_t>{0, 31, 2}));
  for (const char* bad : {",", "1,", ",1", "1,,2", "-1", "1 ,2", "x", "99999999999", "1;2"}) {
    EXPECT_EQ(parse_partitions(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(format_partitions({0, 31, 2}), "0,31,2");
  EXPECT_EQ(format_partitions({}), "");
}

}  // namespace
}  // namespace encours::rpc
