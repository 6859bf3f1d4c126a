// Goal: both methods go through the guard; a list is put together from all instances, an
// explanation comes from the owner of its account, sales see their own customers only. Method: two
// real servers on the loopback with two partitions each in memory.
#include "services/scoring/rpc/scoring_service.h"

#include <gtest/gtest.h>

#include "common/base/hash.h"
#include "common/query/testing/memory_store.h"
#include "common/rpc/status.h"
#include "common/rpc/testing/fake_placement.h"
#include "common/rpc/testing/test_server.h"
#include "services/scoring/domain/tables.h"

namespace encours::scoring {
namespace {

using query::testing::MemoryStore;
using rpc::testing::FakePlacement;
using rpc::testing::TestIssuer;
using rpc::testing::TestServer;

constexpr int kPartitions = 4;

// A process of scoring without Kafka.
class Instance {
 public:
  Instance(FakePlacement& placement, std::shared_ptr<const TestIssuer> issuer)
      : server_({api::ScoringService::service_full_name()}, {}, std::move(issuer)),
        board_(server_.clock()),
        settings_(board_),
        router_(
            config(),
            placement,
            [this](std::int32_t p) { return board_.snapshot(p) != nullptr; },
            server_.clock()),
        handlers_(
            server_.guard(),
            router_,
            query::ViewSources{board_, settings_, server_.clock(), kPartitions, kScoreStage}) {
    server_.server().add<api::ScoringService>(handlers_);
    server_.start();
    stub_ = api::ScoringService::NewStub(server_.channel());
  }

  TestServer server_;
  stream::TaskBoard board_;
  stream::SettingsView settings_;
  rpc::Router router_;
  ScoringHandlers handlers_;
  std::unique_ptr<api::ScoringService::Stub> stub_;

 private:
  static rpc::RouterConfig config() {
    rpc::RouterConfig config;
    config.partitions = kPartitions;
    config.self_address = "127.0.0.1:1";  // No placement names it: what is here is known here.
    return config;
  }
};

class ScoringServiceTest : public ::testing::Test {
 protected:
  ScoringServiceTest() : first_(placement_, issuer_), second_(placement_, issuer_) {
    for (int p = 0; p < kPartitions; ++p) {
      stores_.push_back(std::make_shared<MemoryStore>());
      stores_[p]->put_setting(
          query::testing::tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_EVENTS));
      stores_[p]->tick(kScoreStage, "tenant/acme", Instant::parse("2026-02-10T07:00:00Z").value());
    }
    for (const std::string account : {"A", "B", "C", "D", "E", "F", "G", "H"}) put(account);
    for (int p = 0; p < kPartitions; ++p) {
      Instance& owner = p < 2 ? first_ : second_;
      owner.board_.set_running(p, stores_[p]);
      placement_.set(p, owner.server_.address());
    }
  }

  void put(const std::string& account) {
    MemoryStore& store = *stores_[partition_of("acme/" + account, kPartitions)];
    api::Score score;
    score.set_account(account);
    score.set_score_hundredths(7'000);
    state::PayerRow payer;
    payer.set_owner(account == "B" ? "sue" : "anne");
    store.put(KeyWriter().byte(kScoreTable.id).text("acme").text(account), score);
    store.put(KeyWriter().byte(kPayerTable.id).text("acme").text(account), payer);
  }

  template <class Request, class Response>
  grpc::Status call(Instance& instance,
                    grpc::Status (api::ScoringService::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&,
                                                                      Response*),
                    Request request,
                    Response* response,
                    const std::string& role = "credit_manager",
                    const std::string& subject = "lea") {
    request.set_tenant("acme");
    grpc::ClientContext context;
    rpc::testing::set_token(&context, issuer_->token(subject, "[\"" + role + "\"]", R"(["acme"])"));
    const auto status = (*instance.stub_.*method)(&context, request, response);
    code_ = status.ok() ? "" : rpc::from_grpc(status, context).code;
    return status;
  }
  grpc::Status explain(Instance& instance,
                       const std::string& account,
                       const std::string& role = "credit_manager",
                       const std::string& subject = "lea") {
    api::ExplainScoreRequest request;
    request.set_account(account);
    explained_.Clear();
    return call(
        instance, &api::ScoringService::Stub::ExplainScore, request, &explained_, role, subject);
  }

  FakePlacement placement_;
  std::shared_ptr<const TestIssuer> issuer_ = std::make_shared<TestIssuer>();
  Instance first_;
  Instance second_;
  std::vector<std::shared_ptr<MemoryStore>> stores_;
  api::ExplainScoreResponse explained_;
  std::string code_;
};

TEST_F(ScoringServiceTest, AListIsOfAllInstances) {
  for (Instance* instance : {&first_, &second_}) {
    api::ListScoresResponse response;
    ASSERT_TRUE(call(*instance, &api::ScoringService::Stub::ListScores, {}, &response).ok());
    EXPECT_EQ(response.scores_size(), 8);
    EXPECT_TRUE(response.coverage().missing_partitions().empty());
  }
}

TEST_F(ScoringServiceTest, AnExplanationComesFromTheOwner) {
  for (const std::string account : {"A", "B", "C", "D", "E", "F", "G", "H"}) {
    ASSERT_TRUE(explain(first_, account).ok()) << account << " " << code_;
    EXPECT_EQ(explained_.score().account(), account);
    EXPECT_EQ(explained_.coverage().position().clock(), "tenant/acme");
  }
  explain(second_, "nobody");
  EXPECT_EQ(code_, "score_not_found");
  explain(second_, "");
  EXPECT_EQ(code_, "missing_field");
}

TEST_F(ScoringServiceTest, SalesSeeTheirOwn) {
  EXPECT_TRUE(explain(first_, "B", "sales", "sue").ok());
  EXPECT_FALSE(explain(first_, "A", "sales", "sue").ok());
  EXPECT_EQ(code_, "score_not_found");
  api::ListScoresResponse response;
  EXPECT_EQ(call(first_, &api::ScoringService::Stub::ListScores, {}, &response, "sales", "sue")
                .error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace encours::scoring
