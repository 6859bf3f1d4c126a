// Goal: a command is written at most once by a call, its outcome answers it and each repetition,
// and whatever is unknown is said to be unknown.
// Method: fakes of the log and of the board (testing/fake_commands.h); a manual clock for waiting.
#include "common/rpc/commands.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "common/rpc/status.h"
#include "common/rpc/testing/echo.pb.h"
#include "common/rpc/testing/fake_commands.h"

namespace encours::rpc {
namespace {

using testing::FakeCommandLog;
using testing::FakeOutcomeBoard;
namespace echo = encours::rpc::testing::v1alpha1;

CommandGateConfig eight_partitions() {
  CommandGateConfig config;
  config.partitions = 8;
  config.max_waiting = 2;
  config.look_interval_ms = 1'000;
  return config;
}

class CommandGateTest : public ::testing::Test {
 protected:
  static CommandRequest request(const std::string& text = "hello") {
    echo::WriteRequest body;
    body.set_tenant("acme");
    body.set_request_id("r1");
    body.set_text(text);
    CommandRequest command;
    command.tenant = "acme";
    command.scope = "A-7";
    command.key = "acme/A-7";
    command.request_id = "r1";
    command.type = "encours.rpc.testing.v1alpha1.WriteRequest";
    command.body = command_bytes(body);
    command.actor = "user:ada";
    command.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    command.deadline_ms = 5'000;
    return command;
  }
  // As the runtime decides: the digest of what was asked, and an answer.
  static CommandOutcome good(const CommandRequest& of, const std::string& text) {
    echo::WriteResponse response;
    response.set_text(text);
    CommandOutcome outcome;
    outcome.set_digest(command_digest(of.type, of.body));
    outcome.set_response(response.SerializeAsString());
    return outcome;
  }
  std::string text_of(const Result<echo::WriteResponse>& result) {
    return result.ok() ? result->text() : result.failure().code;
  }
  std::string submit(const CommandRequest& command) {
    return text_of(gate_.submit_as<echo::WriteResponse>(command));
  }

  ManualClock clock_{Instant::from_unix_seconds(1'768'478'400)};
  FakeCommandLog log_;
  FakeOutcomeBoard board_{clock_};
  CommandGate gate_{eight_partitions(), log_, board_, clock_};
};

TEST_F(CommandGateTest, WritesTheCommandAndAnswersWithItsOutcome) {
  log_.on_append = [&](const CommandRecord&) {
    board_.commit("acme", "r1", good(request(), "done"));
    return Status();
  };
  EXPECT_EQ(submit(request()), "done");
  ASSERT_EQ(log_.records().size(), 1U);
  const CommandRecord record = log_.records()[0];
  EXPECT_EQ(record.key, "acme/A-7");
  // kafka-python 2.0: murmur2(b"acme/A-7") & 0x7fffffff, modulo 8.
  EXPECT_EQ(record.partition, 5);
  EXPECT_EQ(record.partition, gate_.partition_of(request()));
  EXPECT_EQ(record.traceparent, request().traceparent);
  EXPECT_EQ(record.command.request_id(), "r1");
  EXPECT_EQ(record.command.scope(), "A-7");
  EXPECT_EQ(record.command.type(), "encours.rpc.testing.v1alpha1.WriteRequest");
  EXPECT_EQ(record.command.body(), request().body);
  EXPECT_EQ(record.command.envelope().tenant(), "acme");
  EXPECT_EQ(record.command.envelope().actor(), "user:ada");
  EXPECT_EQ(record.command.envelope().recorded_at().seconds(), 1'768'478'400);
  EXPECT_EQ(record.command.envelope().id().size(), 32U);
  EXPECT_EQ(record.command.envelope().correlation(), record.command.envelope().id());
  EXPECT_EQ(board_.expected(), 0);
}

TEST_F(CommandGateTest, ARepetitionGetsTheStoredOutcomeAndWritesNothing) {
  board_.commit_silently("acme", "r1", good(request(), "done before"));
  EXPECT_EQ(submit(request()), "done before");
  EXPECT_TRUE(log_.records().empty());
  EXPECT_EQ(board_.expected(), 0) << "each expectation was ended";
}

TEST_F(CommandGateTest, TheSameIdWithAnotherBodyIsRefused) {
  board_.commit_silently("acme", "r1", good(request("one"), "done"));
  const auto result = gate_.submit(request("another"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.failure().code, "request_id_reused");
  EXPECT_EQ(result.failure().field, "request_id");
  EXPECT_EQ(status_code_of(result.failure()), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_TRUE(log_.records().empty());
}

TEST_F(CommandGateTest, ARefusedCommandSaysWhy) {
  log_.on_append = [&](const CommandRecord&) {
    CommandOutcome outcome;
    outcome.set_digest(command_digest(request().type, request().body));
    outcome.set_status_code(3);
    outcome.set_error_code("alert_not_found");
    outcome.set_error_field("alert");
    outcome.set_error_message("There is no such alert.");
    board_.commit("acme", "r1", outcome);
    return Status();
  };
  const auto result = gate_.submit(request());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.failure(), refused("alert_not_found", "alert", "There is no such alert."));
  EXPECT_EQ(status_code_of(result.failure()), grpc::StatusCode::NOT_FOUND);
}

TEST_F(CommandGateTest, APassedDeadlineIsUnknownAndNamesTheWayOut) {
  std::thread waiting([&] {
    const auto result = gate_.submit(request());
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(status_code_of(result.failure()), grpc::StatusCode::DEADLINE_EXCEEDED);
    EXPECT_NE(result.failure().message.find("same request_id"), std::string::npos);
  });
  // It looks once a second, five times.
  for (int second = 0; second < 5; ++second) {
    clock_.await_waiters(1);
    clock_.advance(std::chrono::seconds(1));
  }
  waiting.join();
  EXPECT_EQ(log_.records().size(), 1U) << "written once";
  EXPECT_EQ(board_.expected(), 0);

  // Decided late; the next call with the same id gets it and writes nothing.
  board_.commit_silently("acme", "r1", good(request(), "late"));
  CommandRequest again = request();
  again.deadline_ms = 60'000;
  EXPECT_EQ(submit(again), "late");
  EXPECT_EQ(log_.records().size(), 1U);
}

TEST_F(CommandGateTest, AnOutcomeThatNobodyAnnouncedIsFoundAtTheNextLook) {
  std::thread waiting([&] { EXPECT_EQ(submit(request()), "found"); });
  clock_.await_waiters(1);
  board_.commit_silently("acme", "r1", good(request(), "found"));
  clock_.advance(std::chrono::seconds(1));
  waiting.join();
}

TEST_F(CommandGateTest, APartitionElsewhereIsToldBeforeAnythingIsWritten) {
  board_.set_owned(false);
  EXPECT_EQ(submit(request()), "partition_moved");
  EXPECT_TRUE(log_.records().empty());
  EXPECT_EQ(status_code_of(gate_.submit(request()).failure()), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(CommandGateTest, APartitionThatMovesWhileWaitingLeavesItUnknown) {
  std::thread waiting([&] { EXPECT_EQ(submit(request()), "outcome_unknown"); });
  clock_.await_waiters(1);
  board_.set_owned(false);
  clock_.advance(std::chrono::seconds(1));
  waiting.join();
}

TEST_F(CommandGateTest, WritesNothingAfterTheDeadlineOrWithoutALook) {
  CommandRequest late = request();
  late.deadline_ms = 0;
  EXPECT_EQ(submit(late), "deadline_exceeded");
  board_.set_unreadable();
  EXPECT_EQ(submit(request()), "not_here");
  EXPECT_TRUE(log_.records().empty());
  EXPECT_EQ(board_.expected(), 0);
}

TEST_F(CommandGateTest, AFailedAppendIsUnknownUnlessItIsFinal) {
  log_.on_append = [](const CommandRecord&) -> Status {
    return error(Reaction::kRetry, "timed_out", "No acknowledgement.");
  };
  EXPECT_EQ(submit(request()), "outcome_unknown");
  log_.on_append = [](const CommandRecord&) -> Status {
    return fatal("unknown_topic", "There is no such topic.");
  };
  EXPECT_EQ(submit(request()), "unknown_topic");
  EXPECT_EQ(board_.expected(), 0);
}

TEST_F(CommandGateTest, SoManyWaitAndNoMore) {
  std::vector<std::thread> waiting;
  for (int i = 0; i < 2; ++i) {
    waiting.emplace_back([&] { EXPECT_EQ(submit(request()), "done"); });
  }
  clock_.await_waiters(2);
  const auto third = gate_.submit(request());
  EXPECT_EQ(third.failure().code, "too_many_commands");
  EXPECT_EQ(status_code_of(third.failure()), grpc::StatusCode::RESOURCE_EXHAUSTED);
  board_.commit("acme", "r1", good(request(), "done"));
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(submit(request()), "done") << "a place is free again";
}

TEST(CommandDigest, IsThatOfTheRuntime) {
  // printf 'a.B\0body' | sha256sum
  EXPECT_EQ(command_digest("a.B", "body"),
            "45148c84c718edd52724d23d2594ede7d5a8b2afd1035ac40fd5c4b67cbe7383");
}

TEST(CommandGateDeathTest, AResponseOfAnotherTypeIsNoCrash) {
  ManualClock clock;
  FakeCommandLog log;
  FakeOutcomeBoard board(clock);
  CommandGate gate(eight_partitions(), log, board, clock);
  CommandRequest command;
  command.tenant = "a";
  command.key = "a/";
  command.type = "t";
  command.request_id = "r";
  command.deadline_ms = 1;
  CommandOutcome outcome;
  outcome.set_digest(command_digest("t", ""));
  outcome.set_response("\xFF\xFF");
  board.commit_silently("a", "r", outcome);
  EXPECT_EQ(gate.submit_as<echo::WriteResponse>(command).failure().code, "unreadable_response");
  command.request_id.clear();
  EXPECT_DEATH(static_cast<void>(gate.submit(command)), "without a request_id");
}

}  // namespace
}  // namespace encours::rpc
