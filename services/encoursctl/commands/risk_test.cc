// Goal: companies are shown, watched and refreshed, named by themselves or by a customer; the
// policy is published as it is written. Method: the fake server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RiskTest : public ::testing::Test {
 protected:
  RiskTest() {
    terminal_.local_run(server_.address());
    server_.answers.get_customer = [](const portfolio::GetCustomerRequest& request) {
      portfolio::GetCustomerResponse response;
      auto& view = *response.add_customers();
      view.set_account(request.account());
      if (request.account() == "C-1") view.set_legal_entity("siren:552032534");
      if (request.account() == "C-2") view.set_legal_entity("entity:E7");
      return response;
    };
    server_.answers.get_risk = [this](const risk::GetRiskRequest& request) {
      asked_.push_back(request.legal_entity());
      risk::GetRiskResponse response;
      auto& company = *response.mutable_company();
      company.set_legal_entity(request.legal_entity());
      company.set_monitored(true);
      auto& score = *company.add_criteria();
      score.set_criterion(risk::CRITERION_SOLVENCY_SCORE);
      score.set_provider("altares");
      score.mutable_value()->set_number(41);
      score.set_severity(risk::SEVERITY_WARNING);
      score.mutable_fetched_at()->set_seconds(1'700'000'000);
      auto& credit = *company.add_criteria();
      credit.set_criterion(risk::CRITERION_RECOMMENDED_CREDIT);
      credit.set_provider("altares");
      credit.mutable_value()->mutable_money()->set_currency_code("EUR");
      credit.mutable_value()->mutable_money()->set_minor(1'200'050);
      auto& standing = *company.add_providers();
      standing.set_provider("altares");
      standing.set_outcome(risk::FETCH_OUTCOME_STALE);
      standing.set_code("http_500");
      return response;
    };
  }
  Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--tenant", "acme"});
    return terminal_.run(arguments);
  }

  FakeServer server_;
  Terminal terminal_;
  std::vector<std::string> asked_;
};

TEST_F(RiskTest, ShowsValuesAndWhatIsWrongWithThem) {
  const Ran ran = run({"risk", "show", "--legal-entity", "siren:552032534"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("solvency_score"));
  EXPECT_THAT(ran.out, HasSubstr("12000.50"));
  EXPECT_THAT(ran.out, HasSubstr("2023-11-14T22:13:20Z"));
  EXPECT_THAT(ran.err, HasSubstr("altares: stale (http_500)"));
  const Ran providers = run({"risk", "show", "C-1", "--providers", "--output", "csv"});
  EXPECT_EQ(providers.out,
            "provider,outcome,code,asked_at,last_good_at,next_at,monitored,legal_entity\n"
            "altares,stale,http_500,,,,true,siren:552032534\n");
}

TEST_F(RiskTest, ACustomerStandsForItsCompany) {
  EXPECT_EQ(run({"risk", "show", "C-1"}).code, 0);
  EXPECT_EQ(run({"risk", "show", "C-2"}).code, 0);
  EXPECT_THAT(asked_, ElementsAre("siren:552032534", "entity:E7"));
  const Ran none = run({"risk", "show", "C-3"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.err, HasSubstr("no_legal_entity"));
  EXPECT_EQ(run({"risk", "show"}).code, 1);
  EXPECT_NE(run({"risk", "show", "C-1", "--legal-entity", "siren:552032534"}).code, 0);
}

TEST_F(RiskTest, HistoryInPages) {
  server_.answers.list_risk_history = [](const risk::ListRiskHistoryRequest& request) {
    risk::ListRiskHistoryResponse response;
    auto& change = *response.add_changes();
    change.set_criterion(risk::CRITERION_INSOLVENCY);
    change.set_provider("altares");
    change.set_severity(risk::SEVERITY_CRITICAL);
    if (request.page_token().empty()) {
      change.mutable_old_value()->set_code("none");
      change.mutable_new_value()->set_code("safeguard");
      response.set_next_page_token("second");
    } else {
      change.mutable_new_value()->set_code("none");
    }
    return response;
  };
  const Ran ran =
      run({"risk", "show", "--legal-entity", "siren:552032534", "--history", "--output", "csv"});
  EXPECT_EQ(ran.out,
            "fetched_at,criterion,old_value,new_value,currency,severity,provider,as_of,document\n"
            ",insolvency,none,safeguard,,critical,altares,,\n"
            ",insolvency,,none,,critical,altares,,\n");
}

TEST_F(RiskTest, MonitorSetsOrLists) {
  std::vector<std::string> set;
  server_.answers.set_monitoring = [&set](const risk::SetMonitoringRequest& request) {
    set.push_back(request.legal_entity() + (request.monitored() ? " on" : " off"));
    EXPECT_EQ(request.request_id().size(), 36u);
    risk::SetMonitoringResponse response;
    response.set_monitored(request.monitored());
    return response;
  };
  server_.answers.list_monitored = [](const risk::ListMonitoredRequest& request) {
    EXPECT_EQ(request.filter(), "monitored = true");
    risk::ListMonitoredResponse response;
    auto& company = *response.add_companies();
    company.set_legal_entity("siren:552032534");
    company.set_monitored(true);
    company.set_account_count(5);
    return response;
  };
  EXPECT_EQ(run({"risk", "monitor", "C-1"}).code, 0);
  EXPECT_EQ(run({"risk", "monitor", "--legal-entity", "entity:E7", "--off"}).code, 0);
  EXPECT_THAT(set, ElementsAre("siren:552032534 on", "entity:E7 off"));
  const Ran list = run({"risk", "monitor", "--filter", "monitored = true", "--output", "csv"});
  EXPECT_EQ(list.out,
            "legal_entity,monitored,account_count,criteria,providers\n"
            "siren:552032534,true,5,0,\n");
  EXPECT_EQ(run({"risk", "monitor", "--off"}).code, 1);
}

TEST_F(RiskTest, RefreshSaysTheCost) {
  std::vector<bool> previews;
  server_.answers.refresh_risk = [&previews](const risk::RefreshRiskRequest& request) {
    previews.push_back(request.preview());
    EXPECT_EQ(request.providers_size(), 1);
    risk::RefreshRiskResponse response;
    auto& cost = *response.add_costs();
    cost.set_provider("altares");
    cost.mutable_cost()->set_currency_code("EUR");
    cost.mutable_cost()->set_minor(450);
    return response;
  };
  const Ran preview =
      run({"risk", "refresh", "C-1", "--provider", "altares", "--preview", "--output", "csv"});
  EXPECT_EQ(preview.out, "provider,cost,currency\naltares,4.50,EUR\n");
  EXPECT_THAT(preview.err, HasSubstr("nobody was asked"));
  EXPECT_EQ(run({"risk", "refresh", "C-1", "--provider", "altares"}).code, 0);
  EXPECT_EQ(previews, (std::vector<bool>{true, false}));
}

TEST_F(RiskTest, ThePolicyIsPublishedAsItIsWritten) {
  const std::string path = ::testing::TempDir() + "/risk_policy.yaml";
  std::ofstream(path) << "watch: all\n";
  std::vector<std::string> published;
  server_.answers.publish_setting = [&published](const ingestion::PublishSettingRequest& request) {
    published.push_back(request.kind() + "/" + request.name() + " " + request.text().text() +
                        (request.validate_only() ? "only checked" : ""));
    ingestion::PublishSettingResponse response;
    response.set_sequence(7);
    return response;
  };
  EXPECT_THAT(run({"risk", "policy", path}).out, HasSubstr("7"));
  EXPECT_EQ(run({"risk", "policy", path, "--check"}).code, 0);
  EXPECT_THAT(published,
              ElementsAre("risk_policy/default watch: all\n",
                          "risk_policy/default watch: all\nonly checked"));
  std::filesystem::remove(path);
  EXPECT_EQ(run({"risk", "policy", path}).code, 1);
}

}  // namespace
}  // namespace encours::ctl
