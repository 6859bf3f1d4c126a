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

TEST_F(TenantsTest, GoLiveShowsWhatTheServerSays) {
  ingestion::GoLiveRequest asked;
  server_.answers.go_live = [&asked](const ingestion::GoLiveRequest& request) {
    asked = request;
    ingestion::GoLiveResponse response;
    auto* count = response.add_first_day();
    count->set_channel("email");
    count->set_step(2);
    count->set_message_count(12);
    count->set_account_count(9);
    return response;
  };
  const Ran ran = terminal_.run({"tenants",
                                 "go-live",
                                 "--preview",
                                 "--backlog",
                                 "step",
                                 "--step",
                                 "2",
                                 "--from",
                                 "2026-01-15T12:00:00Z",
                                 "--tenant",
                                 "acme"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(asked.preview());
  EXPECT_EQ(asked.backlog().choice(), ingestion::GoLiveBacklog::CHOICE_STEP);
  EXPECT_EQ(asked.backlog().step(), 2);
  EXPECT_EQ(asked.live_from().seconds(), 1'768'478'400);
  EXPECT_EQ(ran.out,
            "channel  step  message_count  account_count\n"
            "email       2             12              9\n");
  EXPECT_EQ(ran.err, "preview, nothing was changed: the first day sends the above.\n");
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
