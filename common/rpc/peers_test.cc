// Goal: a call reaches the owner of its partition once and with the caller's token; a fan-out gets
// one answer per instance and names what is missing; stale placements heal themselves.
// Method: three real servers on the loopback, each with a router over one fake placement; what an
// instance owns is set by the test. Instance 0 is called. The handlers of `Echo` are routed by
// on_owner where a partition is named (>= 0), else by gather.
#include "common/rpc/peers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

#include "common/rpc/status.h"
#include "common/rpc/testing/echo_handlers.h"
#include "common/rpc/testing/test_server.h"

namespace encours::rpc {
namespace {

using testing::EchoHandlers;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Meeting;
using testing::set_token;
using testing::TestIssuer;
using testing::TestServer;
using ::testing::UnorderedElementsAre;
namespace echo = encours::rpc::testing::v1alpha1;

constexpr std::int32_t kPartitions = 6;
constexpr std::int32_t kAll = -1;

// Answers what the test has set, and counts the questions.
class FakePlacement final : public Placement {
 public:
  Result<std::map<std::int32_t, std::string>> owners() override {
    const std::lock_guard lock(mutex_);
    ++questions_;
    if (failure_) return *failure_;
    return owners_;
  }
  void set(std::map<std::int32_t, std::string> owners) {
    const std::lock_guard lock(mutex_);
    owners_ = std::move(owners);
  }
  void fail(Error failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  int questions() {
    const std::lock_guard lock(mutex_);
    return questions_;
  }

 private:
  std::mutex mutex_;
  std::map<std::int32_t, std::string> owners_;
  std::optional<Error> failure_;
  int questions_ = 0;
};

// A process: its server, its router, and the partitions that run in it.
class Instance {
 public:
  Instance(std::string name, FakePlacement& placement, std::shared_ptr<const TestIssuer> issuer)
      : name_(std::move(name)),
        server_({echo::EchoService::service_full_name()}, {}, std::move(issuer)),
        handlers_(server_.guard()) {
    handlers_.on_echo = [this](Call& call, const echo::EchoRequest& request) {
      calls_.push_back(call.forwarded() ? "forwarded" : "direct");
      authorizations_.push_back(call.authorization());
      traces_.insert(call.trace().trace_id_hex());
      return request.partition() == kAll ? everything(call, request) : one(call, request);
    };
    server_.server().add<echo::EchoService>(handlers_);
    server_.start();
    make_router(placement, 0);
  }

  void make_router(FakePlacement& placement, std::int64_t patience_ms) {
    RouterConfig config;
    config.partitions = kPartitions;
    config.self_address = server_.address();
    config.move_patience_ms = patience_ms;
    if (patience_ms > 0) config.min_refresh_interval_ms = 10;
    router_ = std::make_unique<Router>(
        config,
        placement,
        [this](std::int32_t p) {
          const std::lock_guard lock(mutex_);
          return owned_.count(p) > 0;
        },
        server_.clock());
  }

  void own(std::set<std::int32_t> partitions) {
    const std::lock_guard lock(mutex_);
    owned_ = std::move(partitions);
  }

  // A write that has to ask the owner of a partition by another method than its own.
  void ask_while_writing() {
    handlers_.on_write = [this](Call& call,
                                const echo::WriteRequest& request) -> Result<echo::WriteResponse> {
      echo::EchoRequest question;
      question.set_tenant(request.tenant());
      question.set_partition(std::stoi(request.text()));
      ENCOURS_ASSIGN(const auto answer, one(call, question));
      asked_ = answer.instance();
      return echo::WriteResponse();
    };
  }

  Result<echo::EchoResponse> one(Call& call, const echo::EchoRequest& request) {
    return router_->on_owner<echo::EchoResponse>(
        call, request.partition(), request, [&]() -> Result<echo::EchoResponse> {
          if (failure_) return *failure_;
          echo::EchoResponse response;
          response.set_instance(name_);
          return response;
        });
  }
  Result<echo::EchoResponse> everything(Call& call, const echo::EchoRequest& request) {
    const auto local =
        [&](const std::vector<std::int32_t>& partitions) -> Result<Part<echo::EchoResponse>> {
      if (failure_) return *failure_;
      Part<echo::EchoResponse> part;
      for (const std::int32_t p : partitions) {
        if (restoring_.count(p) > 0) {
          part.missing.push_back(p);
        } else {
          part.response.add_partitions(p);
        }
      }
      part.response.set_text(name_);
      return part;
    };
    ENCOURS_ASSIGN(const auto gathered, router_->gather<echo::EchoResponse>(call, request, local));
    echo::EchoResponse merged;
    for (const auto& answer : gathered.answers) {
      merged.mutable_partitions()->MergeFrom(answer.partitions());
      merged.set_text(merged.text() + answer.text());
    }
    missing_ = gathered.missing;
    return merged;
  }

  std::string name_;
  std::mutex mutex_;  // Of what changes while a call is on its way.
  std::set<std::int32_t> owned_;
  std::set<std::int32_t> restoring_;
  std::optional<Error> failure_;
  std::vector<std::string> calls_;
  std::vector<std::string> authorizations_;
  std::set<std::string> traces_;
  std::vector<std::int32_t> missing_;
  std::string asked_;
  TestServer server_;
  EchoHandlers handlers_;
  std::unique_ptr<Router> router_;
};

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() : token_(issuer_->token("ada", R"(["collector"])", R"(["acme"])")) {
    a_.owned_ = {0, 1};
    b_.owned_ = {2, 3};
    c_.owned_ = {4, 5};
    place();
    stub_ = echo::EchoService::NewStub(a_.server_.channel());
  }

  // The broker knows what the instances own.
  void place() {
    std::map<std::int32_t, std::string> owners;
    for (Instance* instance : {&a_, &b_, &c_}) {
      for (const std::int32_t p : instance->owned_) owners[p] = instance->server_.address();
    }
    placement_.set(owners);
  }

  Result<echo::EchoResponse> call(std::int32_t partition) {
    const Meeting with_the_handlers;
    grpc::ClientContext context;
    context.set_deadline(deadline_in(10'000));
    set_token(&context, token_);
    echo::EchoRequest request;
    request.set_tenant("acme");
    request.set_partition(partition);
    echo::EchoResponse response;
    const grpc::Status status = stub_->Echo(&context, request, &response);
    if (!status.ok()) return from_grpc(status, context);
    return response;
  }
  // The instance that answered, or the code of the error.
  std::string owner_of(std::int32_t partition) {
    const auto response = call(partition);
    return response.ok() ? response->instance() : response.failure().code;
  }
  // Lets the next refresh ask at once.
  void pass_interval() { a_.server_.clock().advance(std::chrono::seconds(1)); }

  std::shared_ptr<const TestIssuer> issuer_ = std::make_shared<TestIssuer>();
  std::string token_;
  FakePlacement placement_;
  Instance a_{"a", placement_, issuer_};
  Instance b_{"b", placement_, issuer_};
  Instance c_{"c", placement_, issuer_};
  std::unique_ptr<echo::EchoService::Stub> stub_;
};

TEST_F(RouterTest, TheOwnerAnswersWithTheCallersOwnToken) {
  EXPECT_EQ(owner_of(0), "a");
  EXPECT_EQ(placement_.questions(), 0) << "what is here needs no broker";
  EXPECT_EQ(owner_of(2), "b");
  EXPECT_EQ(owner_of(5), "c");
  EXPECT_EQ(owner_of(3), "b");
  EXPECT_EQ(placement_.questions(), 1);
  EXPECT_THAT(b_.calls_, ElementsAre("forwarded", "forwarded"));
  EXPECT_THAT(b_.authorizations_, ElementsAre("Bearer " + token_, "Bearer " + token_));
  for (const std::string& trace : b_.traces_) EXPECT_EQ(a_.traces_.count(trace), 1U);
}

TEST_F(RouterTest, TheMethodIsThatOfTheRequestNotThatOfTheCall) {
  a_.ask_while_writing();
  const Meeting with_the_handlers;
  grpc::ClientContext context;
  context.set_deadline(deadline_in(10'000));
  set_token(&context, issuer_->token("ada", R"(["collector", "credit_manager"])", R"(["acme"])"));
  echo::WriteRequest request;
  request.set_tenant("acme");
  request.set_request_id("r-1");
  request.set_text("2");
  echo::WriteResponse response;
  const grpc::Status status = stub_->Write(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(a_.asked_, "b");
  EXPECT_THAT(b_.calls_, ElementsAre("forwarded"));
}

TEST_F(RouterTest, AStalePlacementIsAskedAgain) {
  EXPECT_EQ(owner_of(2), "b");
  b_.owned_ = {3};
  c_.owned_ = {2, 4, 5};
  place();
  pass_interval();
  EXPECT_EQ(owner_of(2), "c");
  EXPECT_EQ(placement_.questions(), 2);
  // Passed on once only: b did not pass it on to c.
  EXPECT_THAT(b_.calls_, ElementsAre("forwarded", "forwarded"));
  EXPECT_THAT(c_.calls_, ElementsAre("forwarded"));
}

TEST_F(RouterTest, WhatMovesToUsIsAnsweredHere) {
  EXPECT_EQ(owner_of(2), "b");
  b_.owned_.clear();
  // The broker names us, and the partition runs by the time we look again.
  a_.owned_ = {0, 1, 2};
  EXPECT_EQ(owner_of(2), "a");
}

TEST_F(RouterTest, WhatIsMovingIsUnavailable) {
  b_.owned_ = {3};
  EXPECT_EQ(owner_of(2), "partition_moved") << "the broker still names b";
  place();
  pass_interval();
  EXPECT_EQ(owner_of(2), "partition_moved") << "the broker names nobody";
  a_.owned_ = {0, 1, 2};
  place();
  a_.owned_ = {0, 1};
  pass_interval();
  EXPECT_EQ(owner_of(2), "partition_moved") << "the broker names us, who don't run it yet";
}

TEST_F(RouterTest, APeerThatIsGoneIsUnavailableUntilItsPartitionsMove) {
  EXPECT_EQ(owner_of(2), "b");
  b_.server_.server().stop(0);
  const auto failed = call(2);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(status_code_of(failed.failure()), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(failed.failure().message.find("127.0.0.1"), std::string::npos) << "no addresses told";
  b_.owned_.clear();
  c_.owned_ = {2, 3, 4, 5};
  place();
  pass_interval();
  EXPECT_EQ(owner_of(2), "c");
}

TEST_F(RouterTest, APeersRefusalComesBackUnchanged) {
  b_.failure_ = refused("due_before_issue", "due_date", "The due date is too early.");
  const auto failed = call(2);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.failure(), *b_.failure_);
  EXPECT_EQ(placement_.questions(), 1) << "the owner was right";
  b_.failure_ = fatal("store_gone", "/var/lib/encours");
  const auto inside = call(2);
  EXPECT_EQ(status_code_of(inside.failure()), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(inside.failure().message.find("/var"), std::string::npos);
}

TEST_F(RouterTest, ABrokerThatFailsIsNotAskedAgainAtOnce) {
  placement_.fail(error(Reaction::kRetry, "broker_away", "kafka-0:9092"));
  EXPECT_EQ(owner_of(2), "broker_away");
  EXPECT_EQ(owner_of(3), "broker_away");
  EXPECT_EQ(placement_.questions(), 1);
  EXPECT_EQ(owner_of(1), "a") << "what is here goes on";
}

TEST_F(RouterTest, AFanOutAsksEachForItsOwn) {
  const auto all = call(kAll);
  ASSERT_TRUE(all.ok()) << describe(all.failure());
  EXPECT_THAT(all->partitions(), UnorderedElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_EQ(all->text().front(), 'a') << "our own answer stands first";
  EXPECT_THAT(a_.missing_, IsEmpty());
  EXPECT_EQ(placement_.questions(), 1);
  EXPECT_THAT(b_.calls_, ElementsAre("forwarded"));
}

TEST_F(RouterTest, AFanOutNamesWhatIsMissing) {
  c_.server_.server().stop(0);
  b_.restoring_ = {3};
  const auto all = call(kAll);
  ASSERT_TRUE(all.ok()) << describe(all.failure());
  EXPECT_THAT(all->partitions(), UnorderedElementsAre(0, 1, 2));
  EXPECT_THAT(a_.missing_, ElementsAre(3, 4, 5));
}

TEST_F(RouterTest, AFanOutFindsWhatHasMoved) {
  ASSERT_TRUE(call(kAll).ok());
  // 3 moves to c and 2 to us; the placement that we know is of before.
  b_.owned_.clear();
  c_.owned_ = {3, 4, 5};
  a_.owned_ = {0, 1, 2};
  place();
  pass_interval();
  const auto all = call(kAll);
  ASSERT_TRUE(all.ok());
  EXPECT_THAT(all->partitions(), UnorderedElementsAre(0, 1, 2, 3, 4, 5)) << "each once";
  EXPECT_THAT(a_.missing_, IsEmpty());
}

TEST_F(RouterTest, NoPartitionIsCountedTwiceWhileItMoves) {
  // b still runs 4, which the broker has given to c already: only the one asked answers for it.
  ASSERT_TRUE(call(kAll).ok());
  b_.owned_ = {2, 3, 4};
  const auto all = call(kAll);
  ASSERT_TRUE(all.ok());
  EXPECT_THAT(all->partitions(), UnorderedElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(RouterTest, ARefusalAnswersTheWholeFanOut) {
  b_.failure_ = refused("invalid_filter", "filter", "Unknown field at column 3.");
  EXPECT_EQ(call(kAll).failure().code, "invalid_filter");
  b_.failure_ = fatal("store_gone", "");
  ASSERT_TRUE(call(kAll).ok());
  EXPECT_THAT(a_.missing_, ElementsAre(2, 3)) << "a failure of ours makes it partial";
}

TEST_F(RouterTest, NoAnswerAtAllIsAnError) {
  a_.owned_.clear();
  b_.failure_ = fatal("store_gone", "");
  c_.server_.server().stop(0);
  EXPECT_EQ(call(kAll).failure().code, "partition_unanswered");
}

// What moves is waited for: by whoever was called, on its own clock.
class PatientRouterTest : public RouterTest {
 protected:
  PatientRouterTest() { a_.make_router(placement_, kPatienceMs); }

  // Calls while the partition has no owner; `then` happens once the call waits, which it does so
  // many times.
  template <class Then>
  Result<echo::EchoResponse> call_meanwhile(std::int32_t partition, int waits, Then then) {
    Result<echo::EchoResponse> response = fatal("not_asked", "");
    std::thread caller([&] { response = call(partition); });
    for (int i = 0; i < waits; ++i) {
      a_.server_.clock().await_waiters(1);
      if (i == 0) then();
      a_.server_.clock().advance(std::chrono::milliseconds(25));
    }
    caller.join();
    return response;
  }

  static constexpr std::int64_t kPatienceMs = 500;
  static constexpr int kAllWaits = 20;
};

TEST_F(PatientRouterTest, AMoveIsWaitedFor) {
  ASSERT_EQ(owner_of(2), "b");
  b_.own({3});
  place();
  const auto moved = call_meanwhile(2, 1, [&] {
    c_.own({2, 4, 5});
    place();
  });
  ASSERT_TRUE(moved.ok()) << describe(moved.failure());
  EXPECT_EQ(moved->instance(), "c");
}

TEST_F(PatientRouterTest, PatienceEnds) {
  b_.own({3});
  place();
  const auto answer = call_meanwhile(2, kAllWaits, [] {});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.failure().code, "partition_moved");
}

TEST_F(PatientRouterTest, AFanOutWaitsForWhatMoves) {
  b_.own({3});
  place();
  const auto all = call_meanwhile(kAll, 1, [&] {
    c_.own({2, 4, 5});
    place();
  });
  ASSERT_TRUE(all.ok()) << describe(all.failure());
  EXPECT_THAT(all->partitions(), UnorderedElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(PatientRouterTest, AFanOutSaysInTheEndWhatIsMissing) {
  b_.own({3});
  place();
  const auto all = call_meanwhile(kAll, kAllWaits, [] {});
  ASSERT_TRUE(all.ok()) << describe(all.failure());
  EXPECT_THAT(a_.missing_, ElementsAre(2));
}

}  // namespace
}  // namespace encours::rpc
