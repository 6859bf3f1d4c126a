// Goal: the rule "limit exceeded" from both ends, over the days on which a limit begins and ends.
// Method: limits and balances in order on one account of tenant acme (Europe/Paris); what is
// expected is written by hand.
#include <gtest/gtest.h>

#include "services/alerting/domain/limit.h"
#include "services/alerting/domain/world_test.h"

namespace encours::alerting {
namespace {

const Date kDay = on("2024-02-01");
const Zone kParis = Zone::load("Europe/Paris").value();

struct LimitRule : testing::Test {
  TestWorld world;
  int count = 0;

  Instant at(Date day, int hour = 12) const { return kParis.at(day, hour, 0); }
  void take(const receivables::ReceivableRecord& fact, Date day, const std::string& id = "") {
    world.tick(at(day));
    world.take(world.ledger_record(
        fact, id.empty() ? "record-" + std::to_string(++count) : id, at(day), at(day)));
  }
  static receivables::ReceivableRecord limit_fact(std::int64_t minor,
                                                  const std::string& from = "",
                                                  const std::string& until = "",
                                                  const std::string& currency = "EUR") {
    receivables::ReceivableRecord fact;
    fact.set_account("C-17");
    auto& limit = *fact.mutable_internal_limit_changed();
    if (minor >= 0) {
      limit.mutable_amount()->set_currency_code(currency);
      limit.mutable_amount()->set_minor(minor);
    }
    if (!from.empty()) *limit.mutable_valid_from() = to_proto(on(from));
    if (!until.empty()) *limit.mutable_valid_until() = to_proto(on(until));
    return fact;
  }
  static receivables::ReceivableRecord balance_fact(std::int64_t minor,
                                                    const std::string& currency = "EUR") {
    receivables::ReceivableRecord fact;
    fact.set_account("C-17");
    fact.mutable_payment_recorded()->set_payment("P");
    fact.mutable_balance()->set_currency_code(currency);
    fact.mutable_balance()->set_not_due(minor);
    return fact;
  }
  std::vector<Alert> alerts() const {
    std::vector<Alert> all;
    for (const auto& row : world.alerts()) all.push_back(row.alert());
    return all;
  }
  std::size_t alive() const { return world.active_alerts().size(); }
  std::string last_reason() const { return world.facts.back().resolved().reason_code(); }
};

TEST_F(LimitRule, ABalanceAboveTheLimitRaisesOnce) {
  take(limit_fact(1'000), kDay);
  take(balance_fact(1'000), kDay);
  EXPECT_EQ(alive(), 0u);
  take(balance_fact(1'001), kDay + 1);
  take(balance_fact(2'000), kDay + 2);
  ASSERT_EQ(alerts().size(), 1u);
  const Alert alert = alerts()[0];
  EXPECT_EQ(alert.kind(), v1alpha1::ALERT_KIND_LIMIT_EXCEEDED);
  EXPECT_EQ(alert.account(), "C-17");
  EXPECT_EQ(alert.invoice(), "");
  EXPECT_EQ(to_date(alert.day()).value(), kDay + 1);
  EXPECT_EQ(alert.amount().minor(), 1'001);
  EXPECT_EQ(alert.limit().minor(), 1'000);
  EXPECT_EQ(alert.rule(), "limit_exceeded");
  EXPECT_EQ(alert.cause(), "record-3");
  ASSERT_EQ(world.facts.size(), 1u);
  EXPECT_EQ(world.facts[0].raised().limit().minor(), 1'000);
  EXPECT_EQ(world.facts[0].raised().amount().minor(), 1'001);
}

TEST_F(LimitRule, BackWithinItEnds) {
  take(limit_fact(1'000), kDay);
  take(balance_fact(1'500), kDay);
  take(balance_fact(1'000), kDay + 1);
  EXPECT_EQ(alive(), 0u);
  EXPECT_EQ(last_reason(), "within_limit");
  take(balance_fact(1'200), kDay + 2);
  EXPECT_EQ(alive(), 1u);
  EXPECT_EQ(alerts().size(), 2u);
}

TEST_F(LimitRule, ExposureIsOutstandingAndWhatIsOnItsWay) {
  take(limit_fact(1'000), kDay);
  auto fact = balance_fact(500);
  auto& balance = *fact.mutable_balance();
  balance.set_overdue_1_30(100);
  balance.set_overdue_31_60(100);
  balance.set_overdue_61_90(100);
  balance.set_overdue_91_120(100);
  balance.set_overdue_over_120(100);
  balance.set_unallocated_cash(30);
  balance.set_unallocated_credit_notes(20);
  balance.set_not_invoiced(20);
  balance.set_term_paper(30);
  balance.set_disputed(900);
  take(fact, kDay);
  EXPECT_EQ(alive(), 0u);
  balance.set_term_paper(31);
  take(fact, kDay);
  ASSERT_EQ(alive(), 1u);
  EXPECT_EQ(alerts()[0].amount().minor(), 1'001);
}

TEST_F(LimitRule, ALowerLimitRaisesAndAnotherLimitEnds) {
  take(balance_fact(1'500), kDay);
  take(limit_fact(1'000), kDay);
  EXPECT_EQ(alive(), 1u);
  take(limit_fact(1'200), kDay + 1);
  EXPECT_EQ(alerts().size(), 2u);
  EXPECT_EQ(alive(), 1u);
  EXPECT_EQ(world.facts[1].resolved().reason_code(), "limit_changed");
  EXPECT_TRUE(world.facts[2].has_raised());
  take(limit_fact(2'000), kDay + 2);
  EXPECT_EQ(alive(), 0u);
  EXPECT_EQ(last_reason(), "limit_changed");
}

TEST_F(LimitRule, TheSameAmountAgainIsNoOtherLimit) {
  take(balance_fact(1'500), kDay);
  take(limit_fact(1'000), kDay);
  take(limit_fact(1'000, "", "2024-12-31"), kDay + 1);
  EXPECT_EQ(alive(), 1u);
  EXPECT_EQ(alerts().size(), 1u);
}

TEST_F(LimitRule, WithoutALimitThereIsNoAlert) {
  take(balance_fact(INT64_MAX), kDay);
  EXPECT_TRUE(alerts().empty());
  take(limit_fact(0), kDay);
  EXPECT_EQ(alive(), 1u);
  take(limit_fact(-1), kDay + 1);
  EXPECT_EQ(alive(), 0u);
  EXPECT_EQ(last_reason(), "limit_changed");
  EXPECT_TRUE(world.timers.size() <= 1u);  // The feed's only.
}

TEST_F(LimitRule, OtherCurrenciesAreNotAdded) {
  take(limit_fact(1'000), kDay);
  take(balance_fact(900), kDay);
  take(balance_fact(9'000, "USD"), kDay);
  EXPECT_EQ(alive(), 0u);
  take(limit_fact(1'000, "", "", "USD"), kDay);
  ASSERT_EQ(alive(), 1u);
  EXPECT_EQ(alerts()[0].amount().minor(), 9'000);
  EXPECT_EQ(alerts()[0].amount().currency_code(), "USD");
}

TEST_F(LimitRule, ALimitHoldsFromItsFirstDayToItsLast) {
  take(balance_fact(1'500), kDay);
  take(limit_fact(1'000, "2024-02-03", "2024-02-05"), kDay);
  EXPECT_EQ(alive(), 0u);
  world.tick(at(on("2024-02-02"), 23));
  EXPECT_EQ(alive(), 0u);
  world.tick(at(on("2024-02-03"), 0));
  ASSERT_EQ(alive(), 1u);
  EXPECT_EQ(to_date(alerts()[0].day()).value(), on("2024-02-03"));
  world.tick(at(on("2024-02-05"), 23));
  EXPECT_EQ(alive(), 1u);
  world.tick(at(on("2024-02-06"), 0));
  EXPECT_EQ(alive(), 0u);
  EXPECT_EQ(last_reason(), "limit_changed");
}

TEST_F(LimitRule, AFutureLimitTakesTheOldOnesPlaceOnItsDay) {
  take(limit_fact(1'000), kDay);
  take(balance_fact(1'500), kDay);
  take(limit_fact(2'000, "2024-02-10"), kDay + 1);
  EXPECT_EQ(alive(), 1u);
  world.tick(at(on("2024-02-10"), 0));
  EXPECT_EQ(alive(), 0u);
  take(balance_fact(1'900), on("2024-02-11"));
  EXPECT_EQ(alive(), 0u);
}

// The step of the tick changes no day.
TEST_F(LimitRule, ALateTickChangesNoDay) {
  take(balance_fact(1'500), kDay);
  take(limit_fact(1'000, "2024-02-03"), kDay);
  world.tick(at(on("2024-02-07")));
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(to_date(alerts()[0].day()).value(), on("2024-02-03"));
}

TEST_F(LimitRule, ALimitOfAPassedDayHoldsFromNowOn) {
  take(limit_fact(5'000), kDay);
  take(balance_fact(1'500), kDay);
  take(limit_fact(1'000, "2023-01-01"), kDay + 3);
  ASSERT_EQ(alive(), 1u);
  EXPECT_EQ(to_date(alerts()[0].day()).value(), kDay + 3);
}

TEST_F(LimitRule, TheSameRecordTwiceRaisesNothing) {
  take(limit_fact(1'000), kDay);
  take(balance_fact(1'500), kDay, "twice");
  take(balance_fact(10), kDay);
  take(balance_fact(1'500), kDay, "twice");
  EXPECT_EQ(alerts().size(), 1u);
}

TEST_F(LimitRule, AWrongDateIsPoison) {
  auto fact = limit_fact(1'000);
  fact.mutable_internal_limit_changed()->mutable_valid_until()->set_month(13);
  const auto effects = world.decide(world.ledger_record(fact, "r", at(kDay), at(kDay)));
  ASSERT_FALSE(effects.ok());
  EXPECT_EQ(effects.failure().code, "invalid_date");
}

}  // namespace
}  // namespace encours::alerting
