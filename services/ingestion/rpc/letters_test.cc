// Goal: dead letters are listed from all instances, as far as the caller asks and no further than
// in time; one letter is found at its owner; no method of the service answers without a token.
// Method: two real servers on the loopback, each with a router and half of the partitions in
// memory. Nothing is written, so the log leads nowhere. The clock is a ManualClock: time passes
// only where a test says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/base/hash.h"
#include "common/query/standing.h"
#include "common/query/testing/memory_store.h"
#include "common/rpc/guard.h"
#include "common/rpc/status.h"
#include "common/rpc/testing/fake_placement.h"
#include "common/rpc/testing/guarded.h"
#include "services/ingestion/domain/letters_stage.h"
#include "services/ingestion/rpc/testing/instance.h"

namespace encours::ingestion {
namespace {

using encours::state::v1alpha1::DeadLetterRow;
using query::testing::MemoryStore;
using rpc::testing::FakePlacement;
using rpc::testing::TestIssuer;
using ingestion::testing::Instance;
using ingestion::testing::kPartitions;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char* const kClock = "tenant/acme";
const char* const kFirstTick = "2026-02-10T07:00:00Z";
const char* const kSecondTick = "2026-03-10T23:00:00Z";

Instant at(const std::string& text) { return Instant::parse(text).value(); }

class LettersTest : public ::testing::Test {
 protected:
  LettersTest() : first_(placement_, issuer_), second_(placement_, issuer_) {
    for (int p = 0; p < kPartitions; ++p) {
      stores_.push_back(std::make_shared<MemoryStore>());
      stores_[p]->put_setting(
          query::testing::tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_EVENTS));
      stores_[p]->tick(kLettersStage, kClock, at(kFirstTick));
    }
    for (const std::string id : {"a", "b", "c", "d", "e", "f", "g", "h"}) put(id);
    for (int p = 0; p < kPartitions; ++p) {
      Instance& owner = p < 2 ? first_ : second_;
      owner.board().set_running(p, stores_[p]);
      placement_.set(p, owner.server_.address());
    }
  }

  static int partition_of_letter(const std::string& id) {
    return partition_of(stream::make_key("acme", id), kPartitions);
  }
  void put(const std::string& id) {
    DeadLetterRow row;
    auto& letter = *row.mutable_letter();
    letter.mutable_envelope()->set_tenant("acme");
    letter.mutable_envelope()->set_id(id);
    letter.set_code("bad_date");
    letter.set_original("bytes of " + id);
    stores_[partition_of_letter(id)]->put(KeyWriter().byte(kLetters.id).text("acme").text(id), row);
  }

  // One whose row has only the beginning of its bytes.
  void put(const std::string& id,
           std::size_t size,
           const std::string& head,
           const std::string& document_sha256) {
    DeadLetterRow row;
    auto& letter = *row.mutable_letter();
    letter.mutable_envelope()->set_tenant("acme");
    letter.mutable_envelope()->set_id(id);
    letter.set_door("DOOR_FILE_CSV");
    letter.set_original(head);
    letter.set_original_size(static_cast<std::int64_t>(size));
    letter.set_document_sha256(document_sha256);
    stores_[partition_of_letter(id)]->put(KeyWriter().byte(kLetters.id).text("acme").text(id), row);
  }

  template <class Request, class Response>
  Response call(Instance& instance,
                grpc::Status (api::IngestionService::Stub::*method)(grpc::ClientContext*,
                                                                    const Request&,
                                                                    Response*),
                Request request) {
    request.set_tenant("acme");
    grpc::ClientContext context;
    rpc::testing::set_token(&context, issuer_->token("sap", R"(["erp"])", R"(["acme"])"));
    Response response;
    status_ = (*instance.stub_.*method)(&context, request, &response);
    error_ = status_.ok() ? Error() : rpc::from_grpc(status_, context);
    return response;
  }
  api::ListDeadLettersResponse list(Instance& instance,
                                    const api::ListDeadLettersRequest& request = {}) {
    return call(instance, &api::IngestionService::Stub::ListDeadLetters, request);
  }
  static api::ListDeadLettersRequest since(const std::string& instant,
                                           const std::string& clock = kClock) {
    api::ListDeadLettersRequest request;
    *request.mutable_min_position() = query::position_of(clock, at(instant));
    return request;
  }
  static std::string ids(const api::ListDeadLettersResponse& response) {
    std::string out;
    for (const auto& letter : response.dead_letters()) out += letter.id();
    return out;
  }

  std::shared_ptr<const TestIssuer> issuer_ = std::make_shared<TestIssuer>();
  FakePlacement placement_;
  std::vector<std::shared_ptr<MemoryStore>> stores_;
  Instance first_;
  Instance second_;
  grpc::Status status_;
  Error error_;
};

TEST_F(LettersTest, NoMethodAnswersWithoutAToken) {
  EXPECT_THAT(rpc::testing::unguarded_methods(first_.server_.channel(),
                                              {api::IngestionService::service_full_name()}),
              IsEmpty());
}

TEST_F(LettersTest, AnyInstanceListsAll) {
  for (Instance* instance : {&first_, &second_}) {
    const auto response = list(*instance);
    ASSERT_TRUE(status_.ok()) << status_.error_message();
    EXPECT_EQ(ids(response), "abcdefgh");
    EXPECT_EQ(response.total_size(), 8);
    EXPECT_EQ(response.coverage().partition_count(), kPartitions);
    EXPECT_THAT(response.coverage().missing_partitions(), IsEmpty());
    EXPECT_EQ(response.coverage().position().clock(), kClock);
    EXPECT_EQ(stream::to_instant(response.coverage().position().instant()), at(kFirstTick));
  }
}

TEST_F(LettersTest, PagesGoOnAtTheOtherInstance) {
  api::ListDeadLettersRequest request;
  request.set_order_by("id desc");
  request.set_page_size(3);
  std::string all;
  int pages = 0;
  do {
    const auto page = list(pages % 2 == 0 ? first_ : second_, request);
    ASSERT_TRUE(status_.ok()) << status_.error_message();
    all += ids(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && ++pages < 9);
  EXPECT_EQ(all, "hgfedcba");
}

TEST_F(LettersTest, AListSaysWhatItMissesAndWhereItsSlowestPartStands) {
  stores_[1]->tick(kLettersStage, kClock, at("2026-02-09T23:00:00Z"));
  second_.board().remove(3);
  const auto response = list(first_);
  ASSERT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_THAT(response.coverage().missing_partitions(), ElementsAre(3));
  EXPECT_EQ(response.coverage().missing_ppm(), 250'000);
  EXPECT_EQ(stream::to_instant(response.coverage().position().instant()),
            at("2026-02-09T23:00:00Z"));
}

TEST_F(LettersTest, APositionIsWaitedForOnAllInstances) {
  const std::jthread ticking([this] {
    first_.server_.clock().await_waiters(1);
    for (const auto& store : stores_) store->tick(kLettersStage, kClock, at(kSecondTick));
    first_.board().announce_commit({});
    second_.board().announce_commit({});
  });
  const auto response = list(first_, since(kSecondTick));
  ASSERT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_EQ(ids(response), "abcdefgh");
  EXPECT_THAT(response.coverage().missing_partitions(), IsEmpty());
  EXPECT_EQ(stream::to_instant(response.coverage().position().instant()), at(kSecondTick));
}

TEST_F(LettersTest, WhatHasNotComeToThePositionInTimeIsMissing) {
  for (const int p : {0, 1, 2}) stores_[p]->tick(kLettersStage, kClock, at(kSecondTick));
  // A tick of another stage of the service says nothing about letters.
  stores_[3]->tick("ledger", kClock, at(kSecondTick));
  // The second instance waits for partition 3; its call began at time 0 and ends before 5,000 ms.
  const std::jthread time([this] {
    second_.server_.clock().await_waiters(1);
    second_.server_.clock().advance(std::chrono::milliseconds(4'900));
  });
  const auto response = list(first_, since(kSecondTick));
  ASSERT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_THAT(response.coverage().missing_partitions(), ElementsAre(3));
  for (const auto& letter : response.dead_letters()) {
    EXPECT_NE(partition_of_letter(letter.id()), 3) << letter.id();
  }
}

TEST_F(LettersTest, WrongQuestionsAreRefusedWithCodeAndField) {
  list(first_, since(kFirstTick, "tenant/other"));
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(error_.code, "invalid_position");
  EXPECT_EQ(error_.field, "min_position.clock");
  api::ListDeadLettersRequest request;
  request.set_page_size(-1);
  list(first_, request);
  EXPECT_EQ(error_.code, "invalid_page_size");
  request.set_page_size(3);
  request.set_page_token(list(first_, request).next_page_token());
  EXPECT_NE(request.page_token(), "");
  request.set_filter("state = OPEN");
  list(first_, request);
  EXPECT_EQ(error_.code, "page_token_of_another_query");
  EXPECT_EQ(error_.field, "page_token");
}

TEST_F(LettersTest, ACallThatWasPassedOnReplaysOneLetter) {
  for (const int letters : {0, 2}) {
    api::ReplayDeadLettersRequest request;
    request.set_tenant("acme");
    request.set_request_id("replay-one-0");
    for (int i = 0; i < letters; ++i) request.add_ids("a");
    grpc::ClientContext context;
    context.AddMetadata(rpc::kForwardedKey, "1");
    rpc::testing::set_token(&context, issuer_->token("sap", R"(["erp"])", R"(["acme"])"));
    api::ReplayDeadLettersResponse response;
    const auto status = first_.stub_->ReplayDeadLetters(&context, request, &response);
    EXPECT_EQ(rpc::from_grpc(status, context).code, "one_letter_only") << letters;
  }
}

TEST_F(LettersTest, ALargeLetterComesWhole) {
  const std::string large(40'000, 'x');
  const std::string head = large.substr(0, 4'096);
  const auto document = second_.documents().put(large, {"application/octet-stream", {}}).value();
  first_.documents().put(large, {"application/octet-stream", {}}).value();
  put("large", large.size(), head, document.sha256);
  put("lost", 50'000, head, std::string(64, '0'));
  put("oversize", 20'000'000, head, "");
  const auto get = [this](const std::string& id) {
    api::GetDeadLetterRequest request;
    request.set_id(id);
    return call(first_, &api::IngestionService::Stub::GetDeadLetter, request).dead_letter();
  };
  EXPECT_EQ(get("large").original(), large);
  EXPECT_TRUE(get("large").replayable());
  EXPECT_EQ(get("oversize").original(), head);
  EXPECT_FALSE(get("oversize").replayable());
  get("lost");
  EXPECT_EQ(error_.code, "document_not_found");
}

TEST_F(LettersTest, OneLetterComesFromItsOwnerWithItsBytes) {
  for (const std::string id : {"a", "b", "c", "d"}) {
    api::GetDeadLetterRequest request;
    request.set_id(id);
    const auto response = call(first_, &api::IngestionService::Stub::GetDeadLetter, request);
    ASSERT_TRUE(status_.ok()) << status_.error_message();
    EXPECT_EQ(response.dead_letter().original(), "bytes of " + id);
  }
}

}  // namespace
}  // namespace encours::ingestion
