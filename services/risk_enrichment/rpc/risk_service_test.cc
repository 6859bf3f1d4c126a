// Goal: every method goes through the guard; questions about a company reach its owner, the list is
// put together from all instances; commands carry their company. Method: two real servers on the
// loopback, each with half of the partitions in memory; what the runner would decide is answered by
// the test.
#include "services/risk_enrichment/rpc/risk_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/hash.h"
#include "common/query/testing/memory_store.h"
#include "common/rpc/status.h"
#include "common/rpc/testing/fake_commands.h"
#include "common/rpc/testing/fake_placement.h"
#include "common/rpc/testing/guarded.h"
#include "common/rpc/testing/test_server.h"
#include "services/risk_enrichment/domain/tables.h"

namespace encours::risk {
namespace {

using query::testing::MemoryStore;
using rpc::testing::FakePlacement;
using rpc::testing::TestIssuer;
using rpc::testing::TestServer;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int32_t kPartitions = 4;

// A process of risk-enrichment without Kafka.
class Instance {
 public:
  Instance(FakePlacement& placement, std::shared_ptr<const TestIssuer> issuer)
      : server({api::RiskService::service_full_name()}, {}, std::move(issuer)),
        board(server.clock()),
        settings(board),
        router(
            config(),
            placement,
            [this](std::int32_t p) { return board.snapshot(p) != nullptr; },
            server.clock()),
        outcomes(server.clock()),
        gate({kPartitions}, commands, outcomes, server.clock()),
        handlers(RiskSources{
            server.guard(),
            router,
            gate,
            query::ViewSources{board, settings, server.clock(), kPartitions, kCompaniesStage}}) {
    server.server().add<api::RiskService>(handlers);
    server.start();
    stub = api::RiskService::NewStub(server.channel());
  }

  static rpc::RouterConfig config() {
    rpc::RouterConfig config;
    config.partitions = kPartitions;
    config.self_address = "127.0.0.1:1";
    return config;
  }

  TestServer server;
  stream::TaskBoard board;
  stream::SettingsView settings;
  rpc::Router router;
  rpc::testing::FakeCommandLog commands;
  rpc::testing::FakeOutcomeBoard outcomes;
  rpc::CommandGate gate;
  RiskHandlers handlers;
  std::unique_ptr<api::RiskService::Stub> stub;
};

struct RiskServiceTest : testing::Test {
  std::shared_ptr<const TestIssuer> issuer = std::make_shared<TestIssuer>();
  FakePlacement placement;
  Instance first{placement, issuer};
  Instance second{placement, issuer};
  std::vector<std::shared_ptr<MemoryStore>> stores;
  // One company on each partition.
  std::vector<std::string> companies;
  Error error;

  void SetUp() override {
    companies.resize(kPartitions);
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      stores.push_back(std::make_shared<MemoryStore>());
      stores[p]->put_setting(
          query::testing::tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_EVENTS));
      stores[p]->tick(
          kCompaniesStage, "tenant/acme", Instant::parse("2024-02-01T07:00:00Z").value());
      Instance& owner = p < 2 ? first : second;
      owner.board.set_running(p, stores[p]);
      placement.set(p, owner.server.address());
    }
    for (int i = 0, found = 0; found < kPartitions; ++i) {
      const std::string company = "siren:" + std::to_string(100'000'000 + i);
      auto& place =
          companies[static_cast<std::size_t>(partition_of("acme/" + company, kPartitions))];
      if (!place.empty()) continue;
      place = company;
      ++found;
      state::CompanyRow row;
      row.set_account_count(found);
      stores[static_cast<std::size_t>(partition_of("acme/" + company, kPartitions))]->put(
          KeyWriter().byte(kCompanyTable.id).text("acme").text(company), row);
    }
  }
  template <class Request, class Response>
  Response call(Instance& at,
                grpc::Status (api::RiskService::Stub::*method)(grpc::ClientContext*,
                                                               const Request&,
                                                               Response*),
                Request request,
                const std::string& roles = R"(["credit_manager"])") {
    request.set_tenant("acme");
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    rpc::testing::set_token(&context, issuer->token("ada", roles, R"(["acme"])"));
    Response response;
    const auto status = (*at.stub.*method)(&context, request, &response);
    error = status.ok() ? Error() : rpc::from_grpc(status, context);
    return response;
  }
};

TEST_F(RiskServiceTest, NoMethodAnswersWithoutAToken) {
  EXPECT_THAT(rpc::testing::unguarded_methods(first.server.channel(),
                                              {api::RiskService::service_full_name()}),
              IsEmpty());
}

TEST_F(RiskServiceTest, AnyInstanceAnswersForEveryCompany) {
  for (Instance* at : {&first, &second}) {
    for (const auto& company : companies) {
      api::GetRiskRequest request;
      request.set_legal_entity(company);
      const auto response = call(*at, &api::RiskService::Stub::GetRisk, request);
      EXPECT_EQ(error.code, "");
      EXPECT_EQ(response.company().legal_entity(), company);
      api::ListRiskHistoryRequest history;
      history.set_legal_entity(company);
      call(*at, &api::RiskService::Stub::ListRiskHistory, history);
      EXPECT_EQ(error.code, "");
    }
    const auto list =
        call(*at, &api::RiskService::Stub::ListMonitored, api::ListMonitoredRequest());
    EXPECT_EQ(list.total_size(), 4);
    EXPECT_THAT(list.coverage().missing_partitions(), IsEmpty());
  }
}

TEST_F(RiskServiceTest, AListSaysWhatItMisses) {
  second.board.remove(3);
  const auto list =
      call(first, &api::RiskService::Stub::ListMonitored, api::ListMonitoredRequest());
  EXPECT_EQ(list.total_size(), 3);
  EXPECT_THAT(list.coverage().missing_partitions(), ElementsAre(3));
}

TEST_F(RiskServiceTest, RefusalsNameTheirField) {
  api::GetRiskRequest request;
  request.set_legal_entity("siren:1");
  call(first, &api::RiskService::Stub::GetRisk, request);
  EXPECT_EQ(error.code + " " + error.field, "invalid_legal_entity legal_entity");
  request.set_legal_entity("siren:999999999");
  call(first, &api::RiskService::Stub::GetRisk, request);
  EXPECT_EQ(error.code, "company_not_found");
  request.mutable_min_position()->set_clock("tenant/other");
  call(first, &api::RiskService::Stub::GetRisk, request);
  EXPECT_EQ(error.code + " " + error.field, "invalid_position min_position.clock");
  api::SetMonitoringRequest watch;
  watch.set_request_id("request-1");
  call(first, &api::RiskService::Stub::SetMonitoring, watch);
  EXPECT_EQ(error.code + " " + error.field, "missing_field legal_entity");
  watch.set_legal_entity(companies[0]);
  call(first, &api::RiskService::Stub::SetMonitoring, watch, R"(["auditor"])");
  EXPECT_EQ(error.code, "role_not_allowed");
  EXPECT_THAT(first.commands.records(), IsEmpty());
}

TEST_F(RiskServiceTest, ACommandReachesTheOwnerOfItsCompany) {
  second.commands.on_append = [this](const rpc::CommandRecord& record) {
    api::SetMonitoringResponse decided;
    decided.set_monitored(true);
    rpc::CommandOutcome outcome;
    outcome.set_digest(rpc::command_digest(record.command.type(), record.command.body()));
    outcome.set_response(decided.SerializeAsString());
    second.outcomes.commit("acme", record.command.request_id(), outcome);
    return Status();
  };
  api::SetMonitoringRequest watch;
  watch.set_request_id("request-1");
  watch.set_legal_entity(companies[2]);
  watch.set_monitored(true);
  const auto response = call(first, &api::RiskService::Stub::SetMonitoring, watch);
  EXPECT_EQ(error.code, "") << error.message;
  EXPECT_TRUE(response.monitored());
  EXPECT_EQ(response.position().clock(), "tenant/acme");
  EXPECT_THAT(first.commands.records(), IsEmpty());
  const auto records = second.commands.records();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].key, "acme/" + companies[2]);
  EXPECT_EQ(records[0].command.scope(), companies[2]);
  EXPECT_EQ(records[0].command.type(), "encours.risk.v1alpha1.SetMonitoringRequest");
  EXPECT_EQ(records[0].command.envelope().actor(), "user:ada");
}

}  // namespace
}  // namespace encours::risk
