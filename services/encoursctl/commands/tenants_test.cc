// Goal: tenants and their clocks are moved as asked, and the answers are shown. Method: the fake
// server; whole outputs by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/encoursctl/testing/fake_server.h"
#include "services/encoursctl/testing/terminal.h"

namespace encours::ctl {
namespace {

using namespace testing;  // NOLINT: the fakes of this folder.
using ::testing::HasSubstr;

class TenantsTest : public ::testing::Test {
 protected:
  TenantsTest() { terminal_.local_run(server_.address()); }

  FakeServer server_;
  Terminal terminal_;
};

TEST_F(TenantsTest, ListNeedsNoTenant) {
  server_.answers.list_tenants = [](const ingestion::ListTenantsRequest&) {
    ingestion::ListTenantsResponse response;
    auto* tenant = response.add_tenants();
    tenant->set_tenant("acme");
    tenant->mutable_setting()->set_clock_mode(runtime::TenantSetting::CLOCK_MODE_EVENTS);
    tenant->mutable_setting()->set_time_zone("Europe/Paris");
    tenant->mutable_last_tick()->set_seconds(1'768'478'400);
    return response;
  };
  const Ran ran = terminal_.run({"tenants", "list", "--output", "csv"});
  EXPECT_EQ(ran.out,
            "tenant,clock_mode,time_zone,live_from,last_tick,display_name\n"
            "acme,events,Europe/Paris,,2026-01-15T12:00:00Z,\n");
}

TEST_F(TenantsTest, OpenSendsTheSetting) {
  ingestion::OpenTenantRequest asked;
  server_.answers.open_tenant = [&asked](const ingestion::OpenTenantRequest& request) {
    asked = request;
    ingestion::OpenTenantResponse response;
    response.mutable_tenant()->set_tenant(request.tenant());
    return response;
  };
  EXPECT_EQ(terminal_.run({"tenants", "open", "--clock", "wall", "--tenant", "acme"}).code, 0);
  EXPECT_EQ(asked.tenant(), "acme");
  EXPECT_EQ(asked.setting().clock_mode(), runtime::TenantSetting::CLOCK_MODE_WALL);
  EXPECT_EQ(asked.setting().time_zone(), "Europe/Paris");
  EXPECT_EQ(asked.request_id().size(), 36u);
  EXPECT_EQ(terminal_.run({"tenants", "open", "--clock", "no", "--tenant", "acme"}).code, 1);
}

class GoLiveTest : public TenantsTest {
 protected:
  GoLiveTest() {
    server_.answers.preview_first_day = [this](const dunning::PreviewFirstDayRequest& request) {
      previewed_ = request;
      dunning::PreviewFirstDayResponse response;
      auto* count = response.add_counts();
      count->set_channel(dunning::STEP_CHANNEL_EMAIL);
      count->set_step("first");
      count->set_step_number(2);
      count->set_message_count(12);
      count->set_account_count(9);
      return response;
    };
    server_.answers.go_live = [this](const ingestion::GoLiveRequest& request) {
      asked_.push_back(request);
      ingestion::GoLiveResponse response;
      response.mutable_live_from()->set_seconds(1'768'478'400);  // 2026-01-15T12:00:00Z
      return response;
    };
  }
  Ran go_live(std::vector<std::string> flags) {
    std::vector<std::string> all = {"tenants", "go-live", "--tenant", "acme"};
    all.insert(all.end(), flags.begin(), flags.end());
    return terminal_.run(all);
  }

  dunning::PreviewFirstDayRequest previewed_;
  std::vector<ingestion::GoLiveRequest> asked_;
};

TEST_F(GoLiveTest, ShowsTheFirstDayAndAsks) {
  std::string question;
  terminal_.ask = [&question](const std::string& said) {
    question = said;
    return std::optional<std::string>("step=3");
  };
  const Ran ran = go_live({});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(previewed_.backlog().choice(), dunning::Backlog::CHOICE_FIRST_STEP);
  EXPECT_EQ(ran.out,
            "channel  step  key    messages  accounts\n"
            "email       2  first        12         9\n");
  EXPECT_THAT(question, HasSubstr("first, step=N or none"));
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0].backlog().choice(), ingestion::GoLiveBacklog::CHOICE_STEP);
  EXPECT_EQ(asked_[0].backlog().step(), 3);
  EXPECT_THAT(ran.err, HasSubstr("live from 2026-01-15T12:00:00Z."));
}

TEST_F(GoLiveTest, NothingTypedChangesNothing) {
  terminal_.ask = [](const std::string&) { return std::optional<std::string>(""); };
  const Ran ran = go_live({});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("nothing was changed."));
  EXPECT_TRUE(asked_.empty());
}

TEST_F(GoLiveTest, AnswersByFlag) {
  EXPECT_EQ(go_live({"--backlog", "none", "--from", "2026-01-15T12:00:00Z"}).code, 0);
  ASSERT_EQ(asked_.size(), 1u);
  EXPECT_EQ(asked_[0].backlog().choice(), ingestion::GoLiveBacklog::CHOICE_NONE);
  EXPECT_EQ(asked_[0].live_from().seconds(), 1'768'478'400);
  EXPECT_EQ(previewed_.backlog().choice(), dunning::Backlog::CHOICE_NONE);
  EXPECT_EQ(go_live({"--preview", "--backlog", "step=2"}).code, 0);
  EXPECT_EQ(previewed_.backlog().step(), 2);
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(GoLiveTest, RefusesWhatItCanNotRead) {
  for (const char* bad : {"second", "step=", "step=0", "step=2x", "step=-1"}) {
    EXPECT_THAT(go_live({"--backlog", bad}).err, HasSubstr("(invalid_backlog)")) << bad;
  }
  EXPECT_THAT(go_live({}).err, HasSubstr("(missing_flag)"));  // Nobody to ask.
  EXPECT_THAT(go_live({"--backlog", "none", "--from", "tomorrow"}).err,
              HasSubstr("(invalid_instant)"));
  EXPECT_TRUE(asked_.empty());
}

TEST_F(GoLiveTest, WithoutAScenarioNothingIsSentAndThatIsSaid) {
  server_.answers.preview_first_day = [](const dunning::PreviewFirstDayRequest&)
      -> Result<dunning::PreviewFirstDayResponse> {
    return refused("scenario_not_found", "tenant", "No scenario.");
  };
  const Ran ran = go_live({"--backlog", "first"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("the tenant has no scenario"));
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(TenantsTest, ClockAdvanceEndsWhenPortfolioHasFollowed) {
  server_.answers.advance_clock = [](const ingestion::AdvanceClockRequest& request) {
    EXPECT_EQ(request.to().day(), 15);
    EXPECT_EQ(request.from().day(), 2);
    ingestion::AdvanceClockResponse response;
    response.set_tick_count(4);
    response.mutable_position()->set_clock("tenant/acme");
    response.mutable_position()->mutable_instant()->set_seconds(1'768'435'200);
    return response;
  };
  std::vector<std::string> awaited;
  server_.answers.await_position = [&awaited](const portfolio::AwaitPositionRequest& request) {
    awaited.push_back(request.tenant() + " " + request.position().clock());
    portfolio::AwaitPositionResponse response;
    response.set_reached(awaited.size() == 2);
    return response;
  };
  const Ran ran = terminal_.run(
      {"clock", "advance", "--to", "2026-01-15", "--from", "2026-01-02", "--tenant", "acme"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(awaited, (std::vector<std::string>{"acme tenant/acme", "acme tenant/acme"}));
  EXPECT_THAT(ran.out, HasSubstr("acme    tenant/acme  2026-01-15T00:00:00Z           4\n"));
}

TEST_F(TenantsTest, ClockAdvanceToNoDayIsRefused) {
  EXPECT_EQ(terminal_.run({"clock", "advance", "--to", "tomorrow", "--tenant", "acme"}).code, 1);
}

}  // namespace
}  // namespace encours::ctl
