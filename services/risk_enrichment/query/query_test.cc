// Goal: what is shown of a company, its history in pages, the list; and what is refused. Method: a
// history of the stage (RiskWorld), its rows as a partition's; expected values by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/query/testing/memory_store.h"
#include "services/risk_enrichment/domain/world_test.h"
#include "services/risk_enrichment/query/company_list.h"
#include "services/risk_enrichment/query/history.h"

namespace encours::risk {
namespace {

using query::testing::MemoryStore;
using testing::ElementsAre;
using testing::IsEmpty;

const Instant kFirst = utc("2024-01-15T05:00:00Z");

struct Queries : testing::Test {
  MemoryStore store;
  std::unique_ptr<Snapshot> rows;
  stream::SettingsTable settings;
  RiskWorld world;

  // 62, then 41, then 19 and an index; the policy comes first. The other company has no answer.
  void SetUp() override {
    settings.add(
        query::testing::tenant_setting(1, "acme", stream::TenantSetting::CLOCK_MODE_EVENTS));
    world.publish(RiskWorld::altares_only());
    world.link(kSirenA, "C-1", kFirst);
    world.link(kSirenA, "C-2", kFirst);
    world.link(kSirenB, "C-3", kFirst);
    world.link("entity:E1", "C-4", kFirst);
    answer({number(api::CRITERION_SOLVENCY_SCORE, 62)}, 0);
    answer({number(api::CRITERION_SOLVENCY_SCORE, 41)}, 8);
    answer({number(api::CRITERION_SOLVENCY_SCORE, 19), number(api::CRITERION_PAYMENT_INDEX, 80)},
           16);
    look();
  }
  void answer(const std::vector<api::AnsweredCriterion>& criteria, int day) {
    const Instant at = kFirst + std::chrono::hours(24 * day);
    world.tick(at);
    world.end(world.take_asked("altares"), ok(criteria), at);
  }
  void look() {
    for (const auto& [key, value] : world.harness.rows().all()) {
      ASSERT_TRUE(store.write({{key, value}}, 0, 0).ok());
    }
    store.tick(kCompaniesStage, "tenant/acme", utc("2024-02-01T07:00:00Z"));
    rows = store.snapshot();
  }
  query::QueryContext context(const std::optional<std::string>& only_owner = {}) const {
    return {{{0, rows.get()}}, 1, kCompaniesStage, &settings, only_owner};
  }
  Result<api::GetRiskResponse> risk(const std::string& company) const {
    api::GetRiskRequest request;
    request.set_tenant("acme");
    request.set_legal_entity(company);
    const auto view = context();
    return get_risk(view, view.partitions.front(), request);
  }
  static api::ListRiskHistoryRequest of(const std::string& company, int size = 0) {
    api::ListRiskHistoryRequest request;
    request.set_tenant("acme");
    request.set_legal_entity(company);
    request.set_page_size(size);
    return request;
  }
  Result<api::ListRiskHistoryResponse> history(const api::ListRiskHistoryRequest& request) const {
    const auto view = context();
    return list_history(view, view.partitions.front(), request);
  }
  static std::vector<std::string> changes(const api::ListRiskHistoryResponse& response) {
    std::vector<std::string> out;
    for (const auto& one : response.changes()) {
      out.push_back(RiskWorld::text_of(one.old_value()) + ">" +
                    RiskWorld::text_of(one.new_value()));
    }
    return out;
  }
  std::vector<std::string> list(const std::string& filter,
                                const std::string& order = "",
                                const std::optional<std::string>& only_owner = {}) const {
    api::ListMonitoredRequest request;
    request.set_tenant("acme");
    request.set_filter(filter);
    request.set_order_by(order);
    const auto response =
        CompanyList::prepare(request, only_owner)->answer(context(only_owner)).value();
    std::vector<std::string> out;
    for (const auto& one : response.companies()) out.push_back(one.legal_entity());
    EXPECT_EQ(response.total_size(), static_cast<std::int64_t>(out.size()));
    return out;
  }
};

TEST_F(Queries, ACompanyAsItStands) {
  const auto response = risk(kSirenA);
  ASSERT_TRUE(response.ok());
  const auto& company = response->company();
  EXPECT_EQ(company.tenant(), "acme");
  EXPECT_EQ(company.legal_entity(), kSirenA);
  EXPECT_TRUE(company.monitored());
  EXPECT_EQ(company.account_count(), 2);
  ASSERT_EQ(company.criteria_size(), 2);
  const auto& score = company.criteria(0);
  EXPECT_EQ(score.criterion(), api::CRITERION_SOLVENCY_SCORE);
  EXPECT_EQ(score.value().number(), 19);
  EXPECT_EQ(score.severity(), api::SEVERITY_CRITICAL);  // From the third class to the first.
  EXPECT_EQ(stream::to_instant(score.changed_at()), kFirst + std::chrono::hours(24 * 16));
  ASSERT_EQ(company.providers_size(), 1);
  const auto& provider = company.providers(0);
  EXPECT_EQ(provider.outcome(), api::FETCH_OUTCOME_OK);
  EXPECT_TRUE(provider.has_next_at());
  EXPECT_EQ(response->coverage().position().clock(), "tenant/acme");
  EXPECT_EQ(stream::to_instant(response->coverage().position().instant()),
            utc("2024-02-01T07:00:00Z"));
}

TEST_F(Queries, StaleIsShownUntilSomethingBetterComes) {
  world.tick(utc("2024-03-01T00:00:00Z"));
  const Asked asked = world.take_asked("altares");
  world.end(asked, api::FETCH_OUTCOME_FAILED, "http_500", utc("2024-03-01T00:00:01Z"));
  look();
  const auto provider = risk(kSirenA)->company().providers(0);
  EXPECT_EQ(provider.outcome(), api::FETCH_OUTCOME_STALE);
  EXPECT_EQ(provider.code(), "http_500");
  EXPECT_EQ(stream::to_instant(provider.last_good_at()), kFirst + std::chrono::hours(24 * 16));
}

TEST_F(Queries, TheHistoryIsTheNewestFirstInPages) {
  const auto whole = history(of(kSirenA));
  ASSERT_TRUE(whole.ok());
  EXPECT_THAT(changes(*whole), ElementsAre("->80", "41>19", "62>41", "->62"));
  EXPECT_EQ(whole->next_page_token(), "");
  for (int size = 1; size <= 5; ++size) {
    std::vector<std::string> all;
    auto request = of(kSirenA, size);
    do {
      const auto page = history(request).value();
      EXPECT_LE(page.changes_size(), size);
      for (const auto& one : changes(page)) all.push_back(one);
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty() && all.size() < 10);
    EXPECT_EQ(all, changes(*whole)) << size;
  }
  auto scores = of(kSirenA, 2);
  scores.set_criterion(api::CRITERION_SOLVENCY_SCORE);
  const auto first = history(scores).value();
  EXPECT_THAT(changes(first), ElementsAre("41>19", "62>41"));
  scores.set_page_token(first.next_page_token());
  EXPECT_THAT(changes(history(scores).value()), ElementsAre("->62"));
  EXPECT_THAT(history(of(kSirenB))->changes(), IsEmpty());
}

TEST_F(Queries, RefusalsNameTheirField) {
  EXPECT_EQ(risk("siren:999999999").failure().code, "company_not_found");
  EXPECT_EQ(risk("siren:999999999").failure().field, "legal_entity");
  EXPECT_EQ(history(of("siren:999999999")).failure().code, "company_not_found");
  EXPECT_EQ(history(of(kSirenA, -1)).failure().code, "invalid_page_size");
  auto other = of(kSirenA, 1);
  other.set_page_token(history(other)->next_page_token());
  other.set_criterion(api::CRITERION_SOLVENCY_SCORE);
  EXPECT_EQ(history(other).failure().code, "page_token_of_another_query");
  auto nobody = of(kSirenA);
  nobody.set_tenant("other");
  EXPECT_EQ(history(nobody).failure().code, "tenant_not_found");
}

TEST_F(Queries, TheListByFilterAndOrder) {
  EXPECT_THAT(list(""), ElementsAre("entity:E1", kSirenA, kSirenB));
  EXPECT_THAT(list("account_count > 1"), ElementsAre(kSirenA));
  EXPECT_THAT(list("monitored = true", "account_count desc, legal_entity"),
              ElementsAre(kSirenA, "entity:E1", kSirenB));
  EXPECT_THAT(list("monitored = false"), IsEmpty());
  EXPECT_THAT(list("", "", "lea"), IsEmpty());
}

}  // namespace
}  // namespace encours::risk
