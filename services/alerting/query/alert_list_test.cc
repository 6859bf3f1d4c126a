// Goal: lists of alerts: order, filter, pages that neither repeat nor skip, over partitions and
// instances, own accounts only where that is the rule; and what is refused.
// Method: two partitions in memory with alerts by hand; expected ids are written out.
#include "services/alerting/query/alert_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/query/testing/memory_store.h"
#include "services/alerting/domain/dates.h"
#include "services/alerting/domain/decide.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {
namespace {

using query::testing::MemoryStore;
using testing::ElementsAre;
using testing::IsEmpty;
using v1alpha1::ListAlertsRequest;
using v1alpha1::ListAlertsResponse;

struct Lists : testing::Test {
  MemoryStore left, right;
  stream::SettingsTable settings;
  std::unique_ptr<Snapshot> left_rows, right_rows;

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
    settings.add(
        query::testing::tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_EVENTS));
    put(left, "C-1", "a1", "2024-02-01", 100'00, ALERT_STATE_RAISED);
    put(left, "C-1", "a2", "2024-02-03", 900'00, ALERT_STATE_RESOLVED);
    put(left, "C-2", "a3", "2024-02-02", 300'00, ALERT_STATE_RAISED);
    put(right, "C-3", "a4", "2024-02-03", 200'00, ALERT_STATE_ACKNOWLEDGED);
    put(right, "C-3", "a5", "2024-02-01", 500'00, ALERT_STATE_RAISED);
    put(right, "C-9", "a6", "2024-02-09", 1'00, ALERT_STATE_RAISED, "other");
    own(left, "C-1", "lea");
    own(right, "C-3", "lea");
    left_rows = left.snapshot();
    right_rows = right.snapshot();
  }
  static ListAlertsRequest request(const std::string& filter = "",
                                   const std::string& order_by = "",
                                   int page_size = 0) {
    ListAlertsRequest asked;
    asked.set_tenant("acme");
    asked.set_filter(filter);
    asked.set_order_by(order_by);
    asked.set_page_size(page_size);
    return asked;
  }
  query::QueryContext context(const std::vector<query::PartitionRows>& partitions,
                              const std::optional<std::string>& only_owner = {}) const {
    return {partitions, 2, kStageName, &settings, only_owner};
  }
  // One instance has both partitions.
  ListAlertsResponse here(const ListAlertsRequest& asked,
                          const std::optional<std::string>& only_owner = {}) const {
    return AlertList::prepare(asked, only_owner)
        ->answer(context({{0, left_rows.get()}, {1, right_rows.get()}}, only_owner))
        .value();
  }
  // Each partition is on an instance of its own.
  ListAlertsResponse apart(const ListAlertsRequest& asked) const {
    const auto list = AlertList::prepare(asked, {}).value();
    const auto answer = [&](std::int32_t partition, const auto& rows) {
      return list.answer(context({{partition, rows.get()}})).value();
    };
    return list.merge({answer(0, left_rows), answer(1, right_rows)}).value();
  }
  static std::vector<std::string> ids(const ListAlertsResponse& response) {
    std::vector<std::string> out;
    for (const auto& alert : response.alerts()) out.push_back(alert.id());
    return out;
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
  const struct {
    const char* filter;
    const char* order_by;
    std::vector<std::string> expected;
  } cases[] = {
      {"state = ALERT_STATE_RAISED", "", {"a3", "a1", "a5"}},
      {"state = RAISED AND account = \"C-3\"", "", {"a5"}},
      {"day >= 2024-02-03", "id", {"a2", "a4"}},
      {"amount > 250.00", "amount desc", {"a2", "a5", "a3"}},
      {"", "account desc, id desc", {"a5", "a4", "a3", "a2", "a1"}},
      {"account = \"C-9\"", "", {}},
  };
  for (const auto& [filter, order_by, expected] : cases) {
    SCOPED_TRACE(std::string(filter) + " by " + order_by);
    EXPECT_EQ(ids(here(request(filter, order_by))), expected);
    EXPECT_EQ(ids(apart(request(filter, order_by))), expected);
    EXPECT_EQ(here(request(filter, order_by)).total_size(),
              static_cast<std::int64_t>(expected.size()));
  }
}

TEST_F(Lists, PagesNeitherRepeatNorSkip) {
  for (int size = 1; size <= 6; ++size) {
    for (const bool from_two : {false, true}) {
      SCOPED_TRACE(std::to_string(size) + (from_two ? " from two" : " from one"));
      auto asked = request("", "", size);
      std::vector<std::string> all;
      int pages = 0;
      do {
        const auto response = from_two ? apart(asked) : here(asked);
        EXPECT_LE(response.alerts_size(), size);
        EXPECT_EQ(response.total_size(), 5);
        for (const auto& id : ids(response)) all.push_back(id);
        asked.set_page_token(response.next_page_token());
      } while (!asked.page_token().empty() && ++pages < 10);
      EXPECT_THAT(all, ElementsAre("a2", "a4", "a3", "a1", "a5"));
    }
  }
}

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

TEST_F(Lists, RefusalsNameTheirField) {
  auto of_another_query = request("state = RAISED", "", 1);
  of_another_query.set_page_token(here(request("", "", 1)).next_page_token());
  auto of_another_tenant = request("", "", 1);
  of_another_tenant.set_page_token(here(of_another_tenant).next_page_token());
  of_another_tenant.set_tenant("other");
  auto rubbish = request();
  rubbish.set_page_token("*");
  const std::vector<std::tuple<ListAlertsRequest, std::string, std::string>> cases = {
      {request("colour = red"), "unknown_field", "filter"},
      {request("day >"), "syntax_error", "filter"},
      {request("", "colour"), "unknown_field", "order_by"},
      {request("", "", -1), "invalid_page_size", "page_size"},
      {rubbish, "invalid_page_token", "page_token"},
      {of_another_query, "page_token_of_another_query", "page_token"},
      {of_another_tenant, "page_token_of_another_query", "page_token"},
  };
  for (const auto& [asked, code, field] : cases) {
    SCOPED_TRACE(code + " " + field);
    const auto list = AlertList::prepare(asked, {});
    ASSERT_FALSE(list.ok());
    EXPECT_EQ(list.failure().reaction, Reaction::kRefused);
    EXPECT_EQ(list.failure().code, code);
    EXPECT_EQ(list.failure().field, field);
  }
}

TEST_F(Lists, APageIsNeverLargerThanTheLargest) {
  for (int i = 0; i < 1'100; ++i) {
    put(left, "C-5", "b" + std::to_string(i), "2024-01-01", 1, v1alpha1::ALERT_STATE_RAISED);
  }
  left_rows = left.snapshot();
  EXPECT_EQ(here(request("", "", 5'000)).alerts_size(), 1'000);
  EXPECT_EQ(here(request()).alerts_size(), 50);
  EXPECT_EQ(here(request()).total_size(), 1'105);
}

}  // namespace
}  // namespace encours::alerting
