// Goal: lists of alerts: order, filter, pages that neither repeat nor skip, over partitions and
// instances, own accounts only where that is the rule; and what is refused.
// Method: two partitions in memory with alerts by hand; expected ids are written out.
#include "services/alerting/query/alert_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/query/testing/list_test.h"
#include "services/alerting/domain/dates.h"
#include "services/alerting/domain/decide.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {
namespace {

using query::testing::MemoryStore;
using testing::ElementsAre;
using testing::IsEmpty;

class Lists : public query::testing::ListTest<AlertsMethod> {
 protected:
  Lists() : ListTest(kStageName, stream::TenantSetting::CLOCK_MODE_EVENTS) {}

  void put(MemoryStore& store,
           const std::string& account,
           const std::string& id,
           const std::string& day,
           std::int64_t minor,
           v1alpha1::AlertState state,
           const std::string& tenant = "acme") {
    state::AlertRow row;
    auto& alert = *row.mutable_alert();
    alert.set_tenant(tenant);
    alert.set_account(account);
    alert.set_id(id);
    alert.set_invoice("F-" + id);
    *alert.mutable_day() = to_proto(Date::parse(day).value());
    alert.mutable_amount()->set_currency_code("EUR");
    alert.mutable_amount()->set_minor(minor);
    alert.set_state(state);
    const std::string key =
        KeyWriter().byte(kAlertTable.id).text(tenant).text(account).text(id).take();
    ASSERT_TRUE(store.write({{key, row.SerializeAsString()}}, 0, 0).ok());
  }
  void own(MemoryStore& store, const std::string& account, const std::string& owner) {
    encours::receivables::v1alpha1::AccountChanged row;
    row.set_owner(owner);
    const std::string key = KeyWriter().byte(kAccountTable.id).text("acme").text(account).take();
    ASSERT_TRUE(store.write({{key, row.SerializeAsString()}}, 0, 0).ok());
  }
  void SetUp() override {
    using namespace encours::alerting::v1alpha1;
    put(left, "C-1", "a1", "2024-02-01", 100'00, ALERT_STATE_RAISED);
    put(left, "C-1", "a2", "2024-02-03", 900'00, ALERT_STATE_RESOLVED);
    put(left, "C-2", "a3", "2024-02-02", 300'00, ALERT_STATE_RAISED);
    put(right, "C-3", "a4", "2024-02-03", 200'00, ALERT_STATE_ACKNOWLEDGED);
    put(right, "C-3", "a5", "2024-02-01", 500'00, ALERT_STATE_RAISED);
    put(right, "C-9", "a6", "2024-02-09", 1'00, ALERT_STATE_RAISED, "other");
    own(left, "C-1", "lea");
    own(right, "C-3", "lea");
    look();
  }
};

TEST_F(Lists, TheNewestFirstAndById) {
  for (const auto& response : {here(request()), apart(request())}) {
    EXPECT_THAT(ids(response), ElementsAre("a2", "a4", "a3", "a1", "a5"));
    EXPECT_EQ(response.total_size(), 5);
    EXPECT_EQ(response.next_page_token(), "");
    EXPECT_EQ(response.alerts(0).invoice(), "F-a2");
  }
}

TEST_F(Lists, ByFilterAndOrder) {
  expect_list("state = ALERT_STATE_RAISED", "", {"a3", "a1", "a5"});
  expect_list("state = RAISED AND account = \"C-3\"", "", {"a5"});
  expect_list("day >= 2024-02-03", "id", {"a2", "a4"});
  expect_list("amount > 250.00", "amount desc", {"a2", "a5", "a3"});
  expect_list("", "account desc, id desc", {"a5", "a4", "a3", "a2", "a1"});
  expect_list("account = \"C-9\"", "", {});
}

TEST_F(Lists, PagesNeitherRepeatNorSkip) { expect_pages({"a2", "a4", "a3", "a1", "a5"}); }

TEST_F(Lists, OwnAccountsOnly) {
  const auto hers = here(request(), "lea");
  EXPECT_THAT(ids(hers), ElementsAre("a2", "a4", "a1", "a5"));
  EXPECT_EQ(hers.total_size(), 4);
  EXPECT_THAT(ids(here(request(), "tom")), IsEmpty());
  // Her page is nobody else's.
  auto asked = request("", "", 1);
  asked.set_page_token(here(asked, "lea").next_page_token());
  EXPECT_TRUE(AlertList::prepare(asked, "lea").ok());
  EXPECT_FALSE(AlertList::prepare(asked, {}).ok());
}

TEST_F(Lists, RefusalsNameTheirField) { expect_refusals("state = RAISED", "account"); }

TEST_F(Lists, APageIsNeverLargerThanTheLargest) {
  for (int i = 0; i < 1'100; ++i) {
    put(left, "C-5", "b" + std::to_string(i), "2024-01-01", 1, v1alpha1::ALERT_STATE_RAISED);
  }
  look();
  EXPECT_EQ(here(request("", "", 5'000)).alerts_size(), 1'000);
  EXPECT_EQ(here(request()).alerts_size(), 50);
  EXPECT_EQ(here(request()).total_size(), 1'105);
}

}  // namespace
}  // namespace encours::alerting
