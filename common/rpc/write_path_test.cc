// Goal: a write sent to any instance becomes one command on the owner's partition and is answered
// with its outcome, also when it is repeated elsewhere or the partition has moved.
// Method: two real servers, each with guard, router and gate as a service wires them; the command
// log and the runner are fakes whose runner decides at once.
#include <gtest/gtest.h>

#include <set>

#include "common/rpc/command_call.h"
#include "common/rpc/peers.h"
#include "common/rpc/status.h"
#include "common/rpc/testing/echo_handlers.h"
#include "common/rpc/testing/fake_commands.h"
#include "common/rpc/testing/test_server.h"

namespace encours::rpc {
namespace {

using testing::EchoHandlers;
using testing::FakeCommandLog;
using testing::FakeOutcomeBoard;
using testing::Meeting;
using testing::set_token;
using testing::TestIssuer;
using testing::TestServer;
namespace echo = encours::rpc::testing::v1alpha1;

// Every partition is with one instance, by its address.
class OneOwner final : public Placement {
 public:
  Result<std::map<std::int32_t, std::string>> owners() override {
    const Meeting with_the_test;
    std::map<std::int32_t, std::string> owners;
    for (std::int32_t p = 0; p < 8; ++p) owners[p] = address_;
    return owners;
  }
  std::string address_;
};

class Instance {
 public:
  Instance(Placement& placement, std::shared_ptr<const TestIssuer> issuer)
      : server_({echo::EchoService::service_full_name()}, {}, std::move(issuer)),
        board_(server_.clock()),
        gate_(gate_config(), log_, board_, server_.clock()),
        handlers_(server_.guard()) {
    board_.set_owned(false);
    handlers_.on_write = [this](Call& call, const echo::WriteRequest& request) {
      const CommandRequest command = command_of(call, request.account(), request);
      return router_->on_owner<echo::WriteResponse>(
          call, gate_.partition_of(command), request, [&] {
            return gate_.submit_as<echo::WriteResponse>(command);
          });
    };
    server_.server().add<echo::EchoService>(handlers_);
    server_.start();
    RouterConfig config;
    config.partitions = 8;
    config.self_address = server_.address();
    router_ = std::make_unique<Router>(
        config, placement, [this](std::int32_t p) { return board_.owns(p); }, server_.clock());
    stub_ = echo::EchoService::NewStub(server_.channel());
  }

  static CommandGateConfig gate_config() {
    CommandGateConfig config;
    config.partitions = 8;
    return config;
  }

  // The answer's text, or the code of the error.
  std::string write(const std::string& request_id, const std::string& text) {
    const Meeting with_the_handlers;
    grpc::ClientContext context;
    context.set_deadline(deadline_in(10'000));
    set_token(&context, server_.issuer().token("ada", R"(["credit_manager"])", R"(["acme"])"));
    echo::WriteRequest request;
    request.set_tenant("acme");
    request.set_account("A-7");
    request.set_request_id(request_id);
    request.set_text(text);
    echo::WriteResponse response;
    const grpc::Status status = stub_->Write(&context, request, &response);
    return status.ok() ? response.text() : from_grpc(status, context).code;
  }

  TestServer server_;
  FakeCommandLog log_;
  FakeOutcomeBoard board_;
  CommandGate gate_;
  EchoHandlers handlers_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<echo::EchoService::Stub> stub_;
};

class WritePathTest : public ::testing::Test {
 protected:
  WritePathTest() {
    for (Instance* instance : {&a_, &b_}) {
      instance->log_.on_append = [this](const CommandRecord& record) {
        decide(record);
        return Status();
      };
    }
    give_to(b_);
  }

  // The runner: it answers with what was asked, and both instances can find the row later, as after
  // a restore.
  void decide(const CommandRecord& record) {
    echo::WriteRequest asked;
    ASSERT_TRUE(asked.ParseFromString(record.command.body()));
    echo::WriteResponse response;
    response.set_text("did " + asked.text());
    CommandOutcome outcome;
    outcome.set_digest(command_digest(record.command.type(), record.command.body()));
    outcome.set_response(response.SerializeAsString());
    for (Instance* instance : {&a_, &b_}) {
      instance->board_.commit("acme", record.command.request_id(), outcome);
    }
  }
  void give_to(Instance& owner) {
    const Meeting with_the_handlers;
    for (Instance* instance : {&a_, &b_}) instance->board_.set_owned(instance == &owner);
    placement_.address_ = owner.server_.address();
    for (Instance* instance : {&a_, &b_}) {
      instance->server_.clock().advance(std::chrono::seconds(1));
    }
  }

  std::shared_ptr<const TestIssuer> issuer_ = std::make_shared<TestIssuer>();
  OneOwner placement_;
  Instance a_{placement_, issuer_};
  Instance b_{placement_, issuer_};
};

TEST_F(WritePathTest, TheOwnerWritesTheCommandWhoeverIsAsked) {
  EXPECT_EQ(a_.write("r1", "one"), "did one");
  EXPECT_TRUE(a_.log_.records().empty());
  ASSERT_EQ(b_.log_.records().size(), 1U);
  const Command command = b_.log_.records()[0].command;
  EXPECT_EQ(command.envelope().tenant(), "acme");
  EXPECT_EQ(command.envelope().actor(), "user:ada");
  EXPECT_EQ(command.scope(), "A-7");
  EXPECT_EQ(command.type(), "encours.rpc.testing.v1alpha1.WriteRequest");
  EXPECT_EQ(b_.log_.records()[0].key, "acme/A-7");
  // One trace from the first instance to the record.
  EXPECT_EQ(b_.log_.records()[0].traceparent.substr(3, 32), a_.server_.lines()[0].trace_id);
}

TEST_F(WritePathTest, ARepetitionIsAnsweredByWhoeverOwnsThePartitionThen) {
  EXPECT_EQ(a_.write("r1", "one"), "did one");
  EXPECT_EQ(b_.write("r1", "one"), "did one");
  EXPECT_EQ(a_.write("r1", "two"), "request_id_reused");
  give_to(a_);
  EXPECT_EQ(b_.write("r1", "one"), "did one");
  EXPECT_EQ(a_.write("r2", "two"), "did two");
  EXPECT_EQ(b_.log_.records().size(), 1U);
  EXPECT_EQ(a_.log_.records().size(), 1U);
}

TEST_F(WritePathTest, APartitionInBetweenIsUnavailable) {
  {
    const Meeting with_the_handlers;
    b_.board_.set_owned(false);
  }
  EXPECT_EQ(a_.write("r1", "one"), "partition_moved");
  EXPECT_TRUE(a_.log_.records().empty());
  EXPECT_TRUE(b_.log_.records().empty());
}

}  // namespace
}  // namespace encours::rpc
