// Goal: each Error becomes the right code, and nothing of our inside reaches a client.
// Method: the table written out by hand; the details parsed back by their field numbers. The way
// through a real call is in guard_test.cc.
#include "common/rpc/status.h"

#include <google/protobuf/any.pb.h>
#include <gtest/gtest.h>

#include "common/rpc/wire_status.pb.h"
#include "encours/common/v1alpha1/refusal.pb.h"

namespace encours::rpc {
namespace {

using grpc::StatusCode;

TEST(StatusCode, FollowsTheReaction) {
  const auto code = [](Reaction reaction) { return status_code_of(error(reaction, "x", "y")); };
  EXPECT_EQ(code(Reaction::kRefused), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(code(Reaction::kPoison), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(code(Reaction::kRetry), StatusCode::UNAVAILABLE);
  EXPECT_EQ(code(Reaction::kAbort), StatusCode::UNAVAILABLE);
  EXPECT_EQ(code(Reaction::kMigrated), StatusCode::UNAVAILABLE);
  EXPECT_EQ(code(Reaction::kCorrupted), StatusCode::UNAVAILABLE);
  EXPECT_EQ(code(Reaction::kFatal), StatusCode::INTERNAL);
}

TEST(StatusCode, SomeWordsGiveACloserOne) {
  const auto code = [](const char* word) { return status_code_of(refused(word, "", "")); };
  EXPECT_EQ(code("token_expired"), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(code("tenant_not_allowed"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(code("customer_not_found"), StatusCode::NOT_FOUND);
  EXPECT_EQ(code("_not_found"), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(code("request_id_reused"), StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(code("tenant_already_exists"), StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(code("too_many_streams"), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(code("alert_wrong_state"), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(code("due_before_issue"), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status_code_of(deadline_exceeded("")), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(status_code_of(partition_moved()), StatusCode::UNAVAILABLE);
  // Our own failures stay INTERNAL, whatever they are called.
  EXPECT_EQ(status_code_of(fatal("file_not_found", "")), StatusCode::INTERNAL);
}

TEST(ToGrpc, CarriesCodeFieldAndMessageAsDetails) {
  const grpc::Status status =
      to_grpc(refused("due_before_issue", "due_date", "The due date is too early."), "t1");
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "The due date is too early.");
  wire::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(details.message(), "The due date is too early.");
  ASSERT_EQ(details.details_size(), 3);

  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/encours.common.v1alpha1.Refusal");
  encours::common::v1alpha1::Refusal refusal;
  ASSERT_TRUE(refusal.ParseFromString(details.details(0).value()));
  EXPECT_EQ(refusal.code(), "due_before_issue");
  EXPECT_EQ(refusal.field(), "due_date");

  EXPECT_EQ(details.details(1).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  // Field 1 is the reason, field 2 the domain, as google/rpc/error_details.proto has them.
  EXPECT_EQ(details.details(1).value(),
            "\x0A\x10"
            "DUE_BEFORE_ISSUE"
            "\x12\x07"
            "encours");

  EXPECT_EQ(details.details(2).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  EXPECT_EQ(details.details(2).value(),
            "\x0A\x26"
            "\x0A\x08"
            "due_date"
            "\x12\x1A"
            "The due date is too early.");
}

TEST(ToGrpc, SaysNothingOfOurInside) {
  for (const Error& inside :
       {fatal("rocksdb_io", "No space left on /var/lib/encours"),
        error(Reaction::kRetry, "broker_away", "10.1.2.3:9092 /var refused"),
        error(Reaction::kCorrupted, "bad_checksum", "/var/lib/encours/12.sst"),
        error(Reaction::kAbort, "fenced_not_found", "/var epoch 7"),
        error(Reaction::kMigrated, "gone", "/var/x")}) {
    const grpc::Status status = to_grpc(inside, "4bf92f");
    EXPECT_EQ(status.error_message().find("/var"), std::string::npos) << inside.code;
    EXPECT_EQ(status.error_details().find("/var"), std::string::npos) << inside.code;
  }
  EXPECT_NE(to_grpc(fatal("x", "y"), "4bf92f").error_message().find("4bf92f"), std::string::npos);
  // What this folder says itself is for people.
  EXPECT_EQ(to_grpc(deadline_exceeded("Ask again."), "t").error_message(), "Ask again.");
}

TEST(ToGrpc, TakesAnyBytesAndKeepsThemShort) {
  const grpc::Status status =
      to_grpc(refused("bad_column", "Montant \xE9", std::string(5000, 'x')), "t");
  EXPECT_EQ(status.error_message().size(), 1024U);
  wire::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  encours::common::v1alpha1::Refusal refusal;
  ASSERT_TRUE(refusal.ParseFromString(details.details(0).value()));
  EXPECT_EQ(refusal.field(), "Montant \xEF\xBF\xBD");
}

TEST(StatusCodeName, IsTheCanonicalOne) {
  EXPECT_STREQ(status_code_name(StatusCode::OK), "OK");
  EXPECT_STREQ(status_code_name(StatusCode::NOT_FOUND), "NOT_FOUND");
  EXPECT_STREQ(status_code_name(StatusCode::UNAVAILABLE), "UNAVAILABLE");
  EXPECT_STREQ(status_code_name(StatusCode::UNAUTHENTICATED), "UNAUTHENTICATED");
}

}  // namespace
}  // namespace encours::rpc
