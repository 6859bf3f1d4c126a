// Goal: the view shows limit and its use, risk, score and dunning of a customer, and filters and
// orders by them like by all others. Method: a small world by hand, fields compared one by one.
#include <gtest/gtest.h>

#include "services/portfolio/query/customers.h"
#include "services/portfolio/testing/world.h"

namespace encours::portfolio {
namespace {

namespace dunning = encours::dunning::v1alpha1;
namespace risk = encours::risk::v1alpha1;
using testing::ask;
using testing::at;
using testing::day;
using testing::invoice;
using testing::World;

struct CustomerSides : ::testing::Test {
  CustomerSides() { world.open_events_tenant("t"); }

  void owe(const std::string& account, std::int64_t minor, const std::string& currency = "EUR") {
    auto fact =
        invoice("F-" + account + currency, day("2026-01-01"), day("2026-12-31"), minor, currency);
    fact.mutable_balance()->set_currency_code(currency);
    world.fold(account, fact);
  }
  void limit(const std::string& account,
             std::int64_t minor,
             const std::string& from = "",
             const std::string& until = "") {
    ReceivableRecord record;
    auto& fact = *record.mutable_internal_limit_changed();
    *fact.mutable_amount() = make_money("EUR", minor);
    if (!from.empty()) set_date(day(from), fact.mutable_valid_from());
    if (!until.empty()) set_date(day(until), fact.mutable_valid_until());
    world.fold(account, record);
  }
  void score(const std::string& account, std::int64_t hundredths, std::int64_t before = -1) {
    ScoreRecord record;
    auto& computed = *record.mutable_score_computed();
    computed.mutable_score()->set_score_hundredths(hundredths);
    computed.mutable_score()->set_payment_index_hundredths(hundredths);
    computed.mutable_score()->set_own_index_hundredths(hundredths);
    computed.mutable_score()->set_days_beyond_terms_hundredths(350);
    set_date(day("2026-03-30"), computed.mutable_score()->mutable_as_of());
    if (before >= 0) computed.set_previous_score_hundredths(before);
    world.fold(account, record);
  }
  RiskRecord solvency(const std::string& provider,
                      std::int64_t value,
                      const std::string& as_of,
                      const std::string& fetched_at) {
    RiskRecord record;
    auto& change = *record.mutable_criterion_changed();
    change.set_criterion(risk::CRITERION_SOLVENCY_SCORE);
    change.set_provider(provider);
    change.mutable_new_value()->set_number(value);
    if (!as_of.empty()) set_date(day(as_of), change.mutable_as_of());
    stream::set_timestamp(at(fetched_at), change.mutable_fetched_at());
    return record;
  }
  std::vector<api::CustomerView> list(const std::string& filter,
                                      const std::string& order_by = "",
                                      const std::string& now = "2026-03-30T22:00:00Z") {
    world.tick("tenant/t", at(now));
    api::ListCustomersRequest request;
    request.set_tenant("t");
    request.set_filter(filter);
    request.set_order_by(order_by);
    const auto response = ask<CustomerList>({world.all()}, request);
    EXPECT_TRUE(response.ok());
    return {response->customers().begin(), response->customers().end()};
  }
  std::string accounts(const std::string& filter, const std::string& order_by = "") {
    std::string names;
    for (const auto& view : list(filter, order_by)) names += view.account();
    return names;
  }

  World world{4};
};

TEST_F(CustomerSides, LimitUseIsExposureOverLimit) {
  owe("A", 20'000);
  owe("A", 900, "USD");
  limit("A", 30'000);
  const auto views = list("");
  ASSERT_EQ(views.size(), 2u);
  EXPECT_EQ(views[0].internal_limit().minor(), 30'000);
  EXPECT_EQ(views[0].limit_use_ppm(), 666'667);
  EXPECT_EQ(views[1].currency_code(), "USD");
  EXPECT_EQ(views[1].internal_limit().minor(), 30'000);
  EXPECT_FALSE(views[1].has_limit_use_ppm());
}

TEST_F(CustomerSides, ALimitOfZeroHasNoUse) {
  owe("A", 20'000);
  limit("A", 0);
  EXPECT_TRUE(list("")[0].has_internal_limit());
  EXPECT_FALSE(list("")[0].has_limit_use_ppm());
}

TEST_F(CustomerSides, TheUseOfATinyLimitStopsAtTheLargestNumber) {
  owe("A", INT64_MAX / 2);
  limit("A", 1);
  EXPECT_EQ(list("")[0].limit_use_ppm(), INT64_MAX);
}

TEST_F(CustomerSides, TheLimitIsThatOfTheDay) {
  owe("A", 20'000);
  limit("A", 10'000, "", "2026-03-31");
  limit("A", 40'000, "2026-05-01");
  EXPECT_EQ(list("", "", "2026-03-30T22:00:00Z")[0].internal_limit().minor(), 10'000);
  EXPECT_FALSE(list("", "", "2026-03-31T22:00:00Z")[0].has_internal_limit());
  EXPECT_EQ(list("", "", "2026-05-01T08:00:00Z")[0].internal_limit().minor(), 40'000);
}

TEST_F(CustomerSides, RiskShowsTheNewestOverAllProviders) {
  owe("A", 100);
  world.fold("A", solvency("altares", 60, "2026-03-01", "2026-03-05T10:00:00Z"));
  world.fold("A", solvency("ellisphere", 40, "2026-03-03", "2026-03-04T10:00:00Z"));
  RiskRecord watched;
  watched.mutable_monitoring_changed()->set_monitored(true);
  world.fold("A", watched);
  auto view = list("")[0].risk();
  EXPECT_TRUE(view.monitored());
  EXPECT_EQ(view.solvency_score(), 40);
  EXPECT_FALSE(view.has_payment_index());
  EXPECT_EQ(to_date(view.fetched_on()), day("2026-03-04"));
  EXPECT_FALSE(view.uncertain());
  RiskRecord failed;
  failed.mutable_fetch_ended()->set_provider("altares");
  failed.mutable_fetch_ended()->set_outcome(risk::FETCH_OUTCOME_FAILED);
  world.fold("A", failed);
  view = list("")[0].risk();
  EXPECT_TRUE(view.uncertain());
  EXPECT_EQ(view.solvency_score(), 40);
  RiskRecord again;
  again.mutable_fetch_ended()->set_provider("ellisphere");
  again.mutable_fetch_ended()->set_outcome(risk::FETCH_OUTCOME_OK);
  stream::set_timestamp(at("2026-03-20T10:00:00Z"),
                        again.mutable_fetch_ended()->mutable_fetched_at());
  world.fold("A", again);
  EXPECT_EQ(to_date(list("")[0].risk().fetched_on()), day("2026-03-20"));
}

TEST_F(CustomerSides, ScoreAndItsChange) {
  owe("A", 100);
  EXPECT_FALSE(list("")[0].has_score());
  score("A", 8'000);
  EXPECT_FALSE(list("")[0].score().has_change_hundredths());
  score("A", 6'900, 8'000);
  const auto view = list("")[0].score();
  EXPECT_EQ(view.score_hundredths(), 6'900);
  EXPECT_EQ(view.payment_index_hundredths(), 6'900);
  EXPECT_EQ(view.days_beyond_terms_hundredths(), 350);
  EXPECT_EQ(view.change_hundredths(), -1'100);
  EXPECT_EQ(to_date(view.as_of()), day("2026-03-30"));
}

TEST_F(CustomerSides, DunningIsThatOfTheCurrency) {
  owe("A", 100);
  owe("A", 100, "USD");
  DunningRecord record;
  auto& change = *record.mutable_case_state_changed();
  change.set_currency_code("USD");
  change.set_to(dunning::CASE_STATE_LEVEL);
  change.set_level(2);
  world.fold("A", record);
  const auto views = list("");
  EXPECT_FALSE(views[0].has_dunning());
  EXPECT_EQ(views[1].dunning().case_state(), dunning::CASE_STATE_LEVEL);
  EXPECT_EQ(views[1].dunning().level(), 2);
  EXPECT_EQ(list("dunning.case_state = LEVEL").size(), 1u);
}

TEST_F(CustomerSides, AllCanBeFilteredAndOrderedBy) {
  for (const std::string account : {"A", "B", "C"}) owe(account, 100'00);
  limit("A", 50'00);
  limit("B", 200'00);
  score("B", 6'000);
  score("C", 4'000);
  world.fold("C", solvency("altares", 30, "", "2026-03-05T10:00:00Z"));
  EXPECT_EQ(accounts("limit_use_ppm > 1000000"), "A");
  EXPECT_EQ(accounts("internal_limit >= 200"), "B");
  EXPECT_EQ(accounts("score.score_hundredths < 5000"), "C");
  EXPECT_EQ(accounts("risk.solvency_score = 30"), "C");
  EXPECT_EQ(accounts("score.score_hundredths:*", "score.score_hundredths"), "CB");
  EXPECT_EQ(accounts("", "limit_use_ppm desc, account").substr(0, 2), "AB");
}

TEST_F(CustomerSides, OneCustomerHasThemToo) {
  owe("A", 100);
  score("A", 7'000);
  world.tick("tenant/t", at("2026-03-30T22:00:00Z"));
  api::GetCustomerRequest request;
  request.set_tenant("t");
  request.set_account("A");
  const auto context = world.all();
  const auto answer =
      get_customer(context, context.partitions[world.partition_of_account("A")], request);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->customers(0).score().score_hundredths(), 7'000);
}

}  // namespace
}  // namespace encours::portfolio
