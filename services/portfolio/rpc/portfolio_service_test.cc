// Goal: every method goes through the guard; lists are put together from all instances and say what
// they miss; questions about one account reach its owner; a position is waited for; sales see
// their own customers only. Method: two real servers on the loopback, each with a router and half
// of the partitions of one world in memory. The clock is a ManualClock: time passes only where a
// test says so.
#include "services/portfolio/rpc/portfolio_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/rpc/status.h"
#include "common/rpc/testing/fake_placement.h"
#include "common/rpc/testing/guarded.h"
#include "common/rpc/testing/test_server.h"
#include "services/portfolio/testing/memory_store.h"

namespace encours::portfolio {
namespace {

using rpc::testing::FakePlacement;
using rpc::testing::TestIssuer;
using rpc::testing::TestServer;
using testing::at;
using testing::day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MemoryStore;
using ::testing::SizeIs;
using testing::World;

constexpr int kPartitions = 4;
const char* const kClock = "tenant/t";

// A process of portfolio without Kafka.
class Instance {
 public:
  Instance(FakePlacement& placement, std::shared_ptr<const TestIssuer> issuer)
      : server_({api::PortfolioService::service_full_name()}, {}, std::move(issuer)),
        board_(server_.clock()),
        settings_(board_),
        router_(
            config(), placement, [this](std::int32_t p) { return owns(p); }, server_.clock()),
        handlers_(server_.guard(),
                  router_,
                  query::ViewSources{board_, settings_, server_.clock(), kPartitions, kStageName}) {
    server_.server().add<api::PortfolioService>(handlers_);
    server_.start();
    stub_ = api::PortfolioService::NewStub(server_.channel());
  }

  void own(std::int32_t partition, std::shared_ptr<const Store> store) {
    board_.set_running(partition, std::move(store));
  }
  bool owns(std::int32_t partition) const { return board_.snapshot(partition) != nullptr; }

  TestServer server_;
  stream::TaskBoard board_;
  stream::SettingsView settings_;
  rpc::Router router_;
  PortfolioHandlers handlers_;
  std::unique_ptr<api::PortfolioService::Stub> stub_;

 private:
  static rpc::RouterConfig config() {
    rpc::RouterConfig config;
    config.partitions = kPartitions;
    config.self_address = "127.0.0.1:1";  // No placement names it: what is here is known here.
    return config;
  }
};

class PortfolioServiceTest : public ::testing::Test {
 protected:
  PortfolioServiceTest()
      : world_(kPartitions), first_(placement_, issuer_), second_(placement_, issuer_) {
    for (const std::string account : {"A", "B", "C", "D", "E", "F", "G", "H"}) {
      world_.fold(account, testing::account_changed("s", account == "B" ? "sue" : "anne"));
      world_.fold(account,
                  testing::invoice("F" + account, day("2026-01-01"), day("2026-01-31"), 100));
    }
    for (int p = 0; p < kPartitions; ++p) {
      stores_.push_back(std::make_shared<MemoryStore>(world_.rows(p).rows()));
      stores_[p]->put_setting(testing::tenant_setting(
          1, "t", stream::TenantSetting::CLOCK_MODE_EVENTS, "Europe/Paris"));
      stores_[p]->tick(kClock, at("2026-02-10T07:00:00Z"));
      own(p, p < 2 ? first_ : second_);
    }
  }

  void own(std::int32_t partition, Instance& instance) {
    instance.own(partition, stores_[partition]);
    placement_.set(partition, instance.server_.address());
  }

  // Calls a method of an instance with a token of these roles; `status_` is how it ended.
  template <class Request, class Response>
  Response call(Instance& instance,
                grpc::Status (api::PortfolioService::Stub::*method)(grpc::ClientContext*,
                                                                    const Request&,
                                                                    Response*),
                Request request,
                const std::string& metadata = "") {
    request.set_tenant("t");
    grpc::ClientContext context;
    rpc::testing::set_token(&context, issuer_->token(subject_, roles_, R"(["t"])"));
    if (!metadata.empty()) context.AddMetadata(rpc::kForwardedKey, metadata);
    Response response;
    status_ = (*instance.stub_.*method)(&context, request, &response);
    error_code_ = status_.ok() ? "" : rpc::from_grpc(status_, context).code;
    return response;
  }

  api::ListCustomersResponse customers(Instance& instance,
                                       const api::ListCustomersRequest& request = {},
                                       const std::string& metadata = "") {
    return call(instance, &api::PortfolioService::Stub::ListCustomers, request, metadata);
  }
  static std::string accounts(const api::ListCustomersResponse& response) {
    std::string out;
    for (const auto& one : response.customers()) out += one.account();
    return out;
  }
  static query::Position position(const std::string& instant) {
    query::Position wanted;
    wanted.set_clock(kClock);
    stream::set_timestamp(at(instant), wanted.mutable_instant());
    return wanted;
  }

  std::shared_ptr<const TestIssuer> issuer_ = std::make_shared<TestIssuer>();
  FakePlacement placement_;
  World world_;
  std::vector<std::shared_ptr<MemoryStore>> stores_;
  Instance first_;
  Instance second_;
  std::string subject_ = "ada";
  std::string roles_ = R"(["collector"])";
  grpc::Status status_;
  std::string error_code_;
};

TEST_F(PortfolioServiceTest, NoMethodAnswersWithoutAToken) {
  EXPECT_THAT(rpc::testing::unguarded_methods(first_.server_.channel(),
                                              {api::PortfolioService::service_full_name()}),
              IsEmpty());
}

TEST_F(PortfolioServiceTest, AnyInstanceAnswersForAll) {
  for (Instance* instance : {&first_, &second_}) {
    const auto response = customers(*instance);
    EXPECT_TRUE(status_.ok()) << status_.error_message();
    EXPECT_EQ(accounts(response), "ABCDEFGH");
    EXPECT_EQ(response.total_size(), 8);
    EXPECT_EQ(response.coverage().partition_count(), kPartitions);
    EXPECT_THAT(response.coverage().missing_partitions(), IsEmpty());
    EXPECT_EQ(response.coverage().position().clock(), kClock);
    EXPECT_EQ(stream::to_instant(response.coverage().position().instant()),
              at("2026-02-10T07:00:00Z"));
  }
}

TEST_F(PortfolioServiceTest, PagesGoOnAtTheOtherInstance) {
  api::ListInvoicesRequest request;
  request.set_order_by("number desc");
  request.set_page_size(3);
  std::string numbers;
  int pages = 0;
  do {
    const auto page = call(
        pages % 2 == 0 ? first_ : second_, &api::PortfolioService::Stub::ListInvoices, request);
    ASSERT_TRUE(status_.ok()) << status_.error_message();
    for (const auto& one : page.invoices()) numbers += one.number();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && ++pages < 9);
  EXPECT_EQ(numbers, "FHFGFFFEFDFCFBFA");
}

TEST_F(PortfolioServiceTest, TheAgedBalanceIsThatOfAllInstances) {
  api::GetAgedBalanceRequest request;
  request.set_with_totals(true);
  const auto response = call(first_, &api::PortfolioService::Stub::GetAgedBalance, request);
  ASSERT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_THAT(response.rows(), SizeIs(8));
  EXPECT_EQ(to_date(response.as_of()), day("2026-02-10"));
  ASSERT_THAT(response.totals(), SizeIs(1));
  EXPECT_EQ(response.totals(0).d1_30(), 800);
}

TEST_F(PortfolioServiceTest, AMissingInstanceMakesTheAnswerPartial) {
  second_.board_.remove(2);
  const auto response = customers(first_);
  EXPECT_TRUE(status_.ok());
  EXPECT_THAT(response.coverage().missing_partitions(), ElementsAre(2));
  EXPECT_EQ(response.coverage().missing_ppm(), 250'000);
  EXPECT_GT(response.customers_size(), 0);
}

TEST_F(PortfolioServiceTest, AForwardedCallIsAnsweredForWhatIsHere) {
  const auto response = customers(first_, {}, "1");
  EXPECT_TRUE(status_.ok());
  EXPECT_THAT(response.coverage().missing_partitions(), ElementsAre(2, 3));
  for (const auto& one : response.customers()) {
    EXPECT_LT(world_.partition_of_account(one.account()), 2) << one.account();
  }
}

TEST_F(PortfolioServiceTest, QuestionsAboutOneAccountReachItsOwner) {
  for (const std::string account : {"A", "B", "C", "D"}) {
    api::GetCustomerRequest request;
    request.set_account(account);
    const auto customer = call(first_, &api::PortfolioService::Stub::GetCustomer, request);
    ASSERT_TRUE(status_.ok()) << account << status_.error_message();
    ASSERT_THAT(customer.customers(), SizeIs(1));
    EXPECT_EQ(customer.customers(0).overdue_1_30().minor(), 100);
    api::GetTimelineRequest timeline;
    timeline.set_account(account);
    const auto entries = call(second_, &api::PortfolioService::Stub::GetTimeline, timeline);
    ASSERT_THAT(entries.entries(), SizeIs(2));
    EXPECT_EQ(entries.entries(1).kind(), "invoice_recorded");
  }
  api::GetCustomerRequest request;
  request.set_account("nobody");
  call(first_, &api::PortfolioService::Stub::GetCustomer, request);
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(PortfolioServiceTest, SalesSeeTheirOwnCustomers) {
  subject_ = "sue";
  roles_ = R"(["sales"])";
  EXPECT_EQ(accounts(customers(first_)), "B");
  EXPECT_EQ(accounts(customers(second_)), "B");
  api::GetTimelineRequest timeline;
  timeline.set_account("A");
  call(first_, &api::PortfolioService::Stub::GetTimeline, timeline);
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::NOT_FOUND);
  timeline.set_account("B");
  EXPECT_THAT(call(first_, &api::PortfolioService::Stub::GetTimeline, timeline).entries(),
              SizeIs(2));
  roles_ = R"(["sales","credit_manager"])";
  EXPECT_EQ(accounts(customers(first_)), "ABCDEFGH");
}

TEST_F(PortfolioServiceTest, APositionIsWaitedForOnAllInstances) {
  const std::jthread ticking([this] {
    // Both instances wait before any of them is told.
    first_.server_.clock().await_waiters(1);
    for (int p = 0; p < kPartitions; ++p) stores_[p]->tick(kClock, at("2026-03-10T23:00:00Z"));
    first_.board_.announce_commit({});
    second_.board_.announce_commit({});
  });
  api::GetAgedBalanceRequest request;
  *request.mutable_min_position() = position("2026-03-10T23:00:00Z");
  const auto response = call(first_, &api::PortfolioService::Stub::GetAgedBalance, request);
  ASSERT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_THAT(response.coverage().missing_partitions(), IsEmpty());
  EXPECT_EQ(to_date(response.as_of()), day("2026-03-11"));
  EXPECT_EQ(stream::to_instant(response.coverage().position().instant()),
            at("2026-03-10T23:00:00Z"));
}

TEST_F(PortfolioServiceTest, WhatHasNotComeToThePositionInTimeIsMissing) {
  for (const int p : {0, 1, 2}) stores_[p]->tick(kClock, at("2026-03-10T23:00:00Z"));
  // The second instance waits for partition 3; its call began at time 0 and ends before 5,000 ms.
  const std::jthread time([this] {
    second_.server_.clock().await_waiters(1);
    second_.server_.clock().advance(std::chrono::milliseconds(4'900));
  });
  api::ListCustomersRequest request;
  *request.mutable_min_position() = position("2026-03-10T23:00:00Z");
  const auto response = customers(first_, request);
  ASSERT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_THAT(response.coverage().missing_partitions(), ElementsAre(3));
}

TEST_F(PortfolioServiceTest, AwaitPositionSaysWhetherItWasReached) {
  api::AwaitPositionRequest request;
  *request.mutable_position() = position("2026-02-10T07:00:00Z");
  auto response = call(first_, &api::PortfolioService::Stub::AwaitPosition, request);
  EXPECT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_TRUE(response.reached());
  EXPECT_THAT(response.coverage().missing_partitions(), IsEmpty());

  *request.mutable_position() = position("2026-02-10T08:00:00Z");
  request.set_timeout_ms(2'000);
  const std::jthread time([this](std::stop_token stop) {
    while (!stop.stop_requested()) {
      first_.server_.clock().advance(std::chrono::milliseconds(50));
      second_.server_.clock().advance(std::chrono::milliseconds(50));
      std::this_thread::yield();
    }
  });
  response = call(first_, &api::PortfolioService::Stub::AwaitPosition, request);
  EXPECT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_FALSE(response.reached());
}

// While a partition moves nobody has it; the question waits for its new owner.
TEST_F(PortfolioServiceTest, AwaitPositionOutlastsAMove) {
  second_.board_.remove(3);
  const std::jthread moving([this] {
    first_.server_.clock().await_waiters(1);
    own(3, first_);
    first_.server_.clock().advance(std::chrono::seconds(1));
  });
  api::AwaitPositionRequest request;
  *request.mutable_position() = position("2026-02-10T07:00:00Z");
  const auto response = call(first_, &api::PortfolioService::Stub::AwaitPosition, request);
  EXPECT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_TRUE(response.reached());
}

TEST_F(PortfolioServiceTest, GetPositionIsTheLeast) {
  stores_[3]->tick(kClock, at("2026-02-09T23:00:00Z"));
  const auto response =
      call(first_, &api::PortfolioService::Stub::GetPosition, api::GetPositionRequest());
  ASSERT_TRUE(status_.ok()) << status_.error_message();
  EXPECT_EQ(response.position().clock(), kClock);
  EXPECT_EQ(stream::to_instant(response.position().instant()), at("2026-02-09T23:00:00Z"));
}

TEST_F(PortfolioServiceTest, WrongQuestionsAreRefusedWithCodeAndField) {
  api::ListCustomersRequest request;
  request.set_filter("overdu > 1");
  customers(first_, request);
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(error_code_, "unknown_field");
  request.clear_filter();
  request.mutable_min_position()->set_clock("tenant/other");
  customers(first_, request);
  EXPECT_EQ(error_code_, "invalid_position");
}

}  // namespace
}  // namespace encours::portfolio
