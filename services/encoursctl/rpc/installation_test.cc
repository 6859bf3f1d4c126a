// Goal: calls find an instance that answers, writes are repeated with one request id, refusals are
// not repeated. Method: one or two fake servers, and one address where nobody listens.
#include "services/encoursctl/rpc/installation.h"

#include <gtest/gtest.h>

#include <atomic>

#include "services/encoursctl/rpc/method.h"
#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.

// Port 1 of the loopback refuses connections.
constexpr const char* kNobody = "127.0.0.1:1";

class InstallationTest : public ::testing::Test {
 protected:
  std::unique_ptr<Installation> open(std::vector<Instance> instances, std::string seed = {}) {
    InstallationConfig config;
    config.instances = std::move(instances);
    config.seed = std::move(seed);
    config.token_file = terminal_.folder() + "/token";
    config.patience = terminal_.patience;
    return std::move(Installation::open(std::move(config), clock_)).value();
  }

  SystemClock clock_;
  Terminal terminal_;
  FakeServer server_;
};

TEST(Method, IsFoundByTheRequest) {
  const auto list = method_of(*portfolio::ListInvoicesRequest::descriptor());
  EXPECT_EQ(list.path, "/encours.portfolio.v1alpha1.PortfolioService/ListInvoices");
  EXPECT_EQ(list.service, "portfolio");
  EXPECT_FALSE(list.writes);
  const auto acknowledge = method_of(*alerting::AcknowledgeAlertRequest::descriptor());
  EXPECT_EQ(acknowledge.service, "alerting");
  EXPECT_TRUE(acknowledge.writes);
}

TEST_F(InstallationTest, TheNextInstanceAnswersWhereOneIsDown) {
  server_.answers.list_alerts = [](const alerting::ListAlertsRequest&) {
    alerting::ListAlertsResponse response;
    response.set_total_size(7);
    return response;
  };
  const auto installation = open({{"alerting", kNobody}, {"alerting", server_.address()}});
  const auto answer =
      installation->ask<alerting::ListAlertsResponse>(alerting::ListAlertsRequest());
  ASSERT_TRUE(answer.ok()) << answer.failure().message;
  EXPECT_EQ(answer->total_size(), 7);
}

TEST_F(InstallationTest, AWriteIsRepeatedWithTheSameId) {
  std::vector<std::string> ids;
  server_.answers.acknowledge = [&ids](const alerting::AcknowledgeAlertRequest& request)
      -> Result<alerting::AcknowledgeAlertResponse> {
    ids.push_back(request.request_id());
    if (ids.size() < 3) return error(Reaction::kRetry, "partition_moved", "It is moving.");
    return alerting::AcknowledgeAlertResponse();
  };
  const auto installation = open({{"alerting", server_.address()}});
  alerting::AcknowledgeAlertRequest request;
  request.set_request_id("r-1");
  EXPECT_TRUE(installation->ask<alerting::AcknowledgeAlertResponse>(request).ok());
  EXPECT_EQ(ids, (std::vector<std::string>{"r-1", "r-1", "r-1"}));
}

TEST_F(InstallationTest, AWriteWhoseDeadlinePassedIsAskedAgain) {
  int calls = 0;
  server_.answers.advance_clock =
      [&calls](const ingestion::AdvanceClockRequest&) -> Result<ingestion::AdvanceClockResponse> {
    if (++calls == 1) return error(Reaction::kRetry, "deadline_exceeded", "Too slow.");
    return ingestion::AdvanceClockResponse();
  };
  const auto installation = open({{"ingestion", server_.address()}});
  EXPECT_TRUE(
      installation->ask<ingestion::AdvanceClockResponse>(ingestion::AdvanceClockRequest()).ok());
  EXPECT_EQ(calls, 2);
}

TEST_F(InstallationTest, ARefusalIsFinal) {
  int calls = 0;
  server_.answers.list_alerts =
      [&calls](const alerting::ListAlertsRequest&) -> Result<alerting::ListAlertsResponse> {
    ++calls;
    return refused("unknown_field", "filter", "No such field.");
  };
  const auto installation = open({{"alerting", server_.address()}, {"alerting", kNobody}});
  const auto answer =
      installation->ask<alerting::ListAlertsResponse>(alerting::ListAlertsRequest());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.failure().code, "unknown_field");
  EXPECT_EQ(answer.failure().field, "filter");
  EXPECT_EQ(calls, 1);
}

TEST_F(InstallationTest, NobodyThereEndsAfterItsPatience) {
  const auto installation = open({{"portfolio", kNobody}});
  const auto answer =
      installation->ask<portfolio::ListInvoicesResponse>(portfolio::ListInvoicesRequest());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.failure().code, "unavailable");
  const auto other = installation->ask<alerting::ListAlertsResponse>(alerting::ListAlertsRequest());
  EXPECT_EQ(other.failure().code, "no_instance");
}

TEST_F(InstallationTest, PeersAreAskedForAgainWhileTheServiceIsMissing) {
  int calls = 0;
  server_.answers.list_endpoints = [this, &calls](const runtime::ListEndpointsRequest&) {
    runtime::ListEndpointsResponse response;
    if (++calls < 3) return response;
    // One member per runner: the same address twice is one instance.
    for (int runner = 0; runner < 2; ++runner) {
      auto* endpoint = response.add_endpoints();
      endpoint->set_service("portfolio");
      endpoint->set_address(server_.address());
    }
    return response;
  };
  server_.answers.list_invoices = [](const portfolio::ListInvoicesRequest&) {
    return portfolio::ListInvoicesResponse();
  };
  const auto installation = open({}, server_.address());
  EXPECT_TRUE(
      installation->ask<portfolio::ListInvoicesResponse>(portfolio::ListInvoicesRequest()).ok());
  EXPECT_EQ(calls, 3);
  const auto instances = installation->instances("portfolio");
  ASSERT_TRUE(instances.ok());
  EXPECT_EQ(instances->size(), 1u);
}

TEST_F(InstallationTest, AStreamEndsWhenItIsToldTo) {
  std::atomic<bool> stop{false};
  server_.answers.stream_alerts = [&stop](const alerting::StreamAlertsRequest&,
                                          const auto& write) -> Status {
    alerting::StreamAlertsResponse message;
    message.set_cursor("c");
    write(message);
    stop = true;
    // Until the caller has gone.
    while (write(message)) {
    }
    return {};
  };
  const auto installation = open({{"alerting", server_.address()}});
  const Status ended = installation->stream_at<alerting::StreamAlertsResponse>(
      server_.address(),
      alerting::StreamAlertsRequest(),
      [](const alerting::StreamAlertsResponse&) { return Status(); },
      [&stop] { return stop.load(); });
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.failure().code, "cancelled");
}

}  // namespace
}  // namespace encours::ctl
