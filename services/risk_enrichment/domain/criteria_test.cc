// Goal: how much each change matters. Method: tables by the rules in criteria.h, at both sides of
// each bound.
#include "services/risk_enrichment/domain/criteria.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "services/risk_enrichment/domain/schedule.h"

namespace encours::risk {
namespace {

api::CriterionValue of_number(std::int64_t number) {
  api::CriterionValue value;
  value.set_number(number);
  return value;
}
api::CriterionValue of_code(const std::string& code) {
  api::CriterionValue value;
  value.set_code(code);
  return value;
}
api::CriterionValue of_money(std::int64_t minor, const std::string& currency = "EUR") {
  api::CriterionValue value;
  value.mutable_money()->set_minor(minor);
  value.mutable_money()->set_currency_code(currency);
  return value;
}

std::string severity(api::Criterion criterion,
                     const std::optional<api::CriterionValue>& before,
                     const std::optional<api::CriterionValue>& after) {
  return api::Severity_Name(
             severity_of(criterion, before ? &*before : nullptr, after ? &*after : nullptr))
      .substr(9);
}

TEST(Criteria, ScoresByClass) {
  const auto solvency = [](std::int64_t before, std::int64_t after) {
    return severity(api::CRITERION_SOLVENCY_SCORE, of_number(before), of_number(after));
  };
  EXPECT_EQ(solvency(79, 60), "INFO");
  EXPECT_EQ(solvency(80, 79), "WARNING");
  EXPECT_EQ(solvency(80, 60), "WARNING");
  EXPECT_EQ(solvency(80, 59), "CRITICAL");
  EXPECT_EQ(solvency(20, 0), "WARNING");
  EXPECT_EQ(solvency(0, 100), "INFO");
  const auto index = [](std::int64_t before, std::int64_t after) {
    return severity(api::CRITERION_PAYMENT_INDEX, of_number(before), of_number(after));
  };
  EXPECT_EQ(index(100, 80), "INFO");
  EXPECT_EQ(index(80, 50), "WARNING");
  EXPECT_EQ(index(80, 49), "CRITICAL");
}

TEST(Criteria, AmountsByRatio) {
  const auto credit = [](std::int64_t before, std::int64_t after) {
    return severity(api::CRITERION_RECOMMENDED_CREDIT, of_money(before), of_money(after));
  };
  EXPECT_EQ(credit(1000, 800), "INFO");
  EXPECT_EQ(credit(1000, 799), "WARNING");
  EXPECT_EQ(credit(1000, 500), "WARNING");
  EXPECT_EQ(credit(1000, 499), "CRITICAL");
  EXPECT_EQ(credit(1, 0), "CRITICAL");
  EXPECT_EQ(credit(0, 1000), "INFO");
  EXPECT_EQ(credit(INT64_MAX, INT64_MAX / 2), "CRITICAL");
  const auto liens = [](std::int64_t before, std::int64_t after) {
    return severity(api::CRITERION_LIENS, of_money(before), of_money(after));
  };
  EXPECT_EQ(liens(0, 1), "WARNING");
  EXPECT_EQ(liens(1000, 1250), "INFO");
  EXPECT_EQ(liens(1000, 1251), "WARNING");
  EXPECT_EQ(liens(1000, 2001), "CRITICAL");
  EXPECT_EQ(liens(1000, 0), "INFO");
  EXPECT_EQ(severity(api::CRITERION_TURNOVER, of_money(5, "EUR"), of_money(9, "USD")), "WARNING");
}

TEST(Criteria, StatesByRank) {
  const auto insolvency = [](const std::string& before, const std::string& after) {
    return severity(api::CRITERION_INSOLVENCY, of_code(before), of_code(after));
  };
  EXPECT_EQ(insolvency("none", "safeguard"), "CRITICAL");
  EXPECT_EQ(insolvency("reorganisation", "liquidation"), "CRITICAL");
  EXPECT_EQ(insolvency("liquidation", "none"), "INFO");
  EXPECT_EQ(severity(api::CRITERION_REGISTER_STATE, of_code("A"), of_code("C")), "WARNING");
  EXPECT_EQ(severity(api::CRITERION_REGISTER_STATE, of_code("C"), of_code("A")), "INFO");
  EXPECT_EQ(severity(api::CRITERION_ACTIVITY, of_code("a"), of_code("b")), "INFO");
}

TEST(Criteria, TheFirstValueAndTheLast) {
  EXPECT_EQ(severity(api::CRITERION_SOLVENCY_SCORE, {}, of_number(0)), "INFO");
  EXPECT_EQ(severity(api::CRITERION_INSOLVENCY, {}, of_code("none")), "INFO");
  EXPECT_EQ(severity(api::CRITERION_INSOLVENCY, {}, of_code("safeguard")), "CRITICAL");
  EXPECT_EQ(severity(api::CRITERION_REGISTER_STATE, {}, of_code("C")), "WARNING");
  EXPECT_EQ(severity(api::CRITERION_LIENS, {}, of_money(0)), "INFO");
  EXPECT_EQ(severity(api::CRITERION_LIENS, {}, of_money(1)), "WARNING");
  EXPECT_EQ(severity(api::CRITERION_SOLVENCY_SCORE, of_number(90), {}), "WARNING");
  EXPECT_EQ(severity(api::CRITERION_WORKFORCE_BAND, of_code("12"), {}), "INFO");
}

TEST(Criteria, EachHasARule) {
  for (int number = api::Criterion_MIN; number <= api::Criterion_MAX; ++number) {
    if (number == api::CRITERION_UNSPECIFIED || !api::Criterion_IsValid(number)) continue;
    kind_of(static_cast<api::Criterion>(number));
  }
  EXPECT_TRUE(is_insolvency_code("liquidation"));
  EXPECT_FALSE(is_insolvency_code("bankrupt"));
}

TEST(Schedule, ACrowdIsSpreadOverHalfOfThePeriod) {
  std::map<std::int32_t, int> days;
  for (int i = 0; i < 16'000; ++i) {
    ++days[spread_days("acme/siren:" + std::to_string(100'000'000 + i) + "/sirene", 30)];
  }
  ASSERT_EQ(days.size(), 16u);  // 0 to 15 days earlier.
  for (const auto& [day, companies] : days) {
    EXPECT_GT(companies, 850) << day;
    EXPECT_LT(companies, 1'150) << day;
  }
  EXPECT_EQ(spread_days("any", 1), 0);
}

TEST(Schedule, TheWaitGrowsIsJitteredAndBounded) {
  std::int64_t longest_of_first = 0;
  std::int64_t longest_of_tenth = 0;
  for (int i = 0; i < 5'000; ++i) {
    const std::string attempt = std::to_string(i);
    const std::int64_t first = back_off(1, attempt, 0) / std::chrono::seconds(1);
    const std::int64_t tenth = back_off(10, attempt, 0) / std::chrono::seconds(1);
    EXPECT_GE(first, 1);
    longest_of_first = std::max(longest_of_first, first);
    longest_of_tenth = std::max(longest_of_tenth, tenth);
  }
  EXPECT_LE(longest_of_first, 120);
  EXPECT_GT(longest_of_first, 110);
  EXPECT_LE(longest_of_tenth, 6 * 3600);
  EXPECT_GT(longest_of_tenth, 5 * 3600);
  EXPECT_EQ(back_off(1, "a", 7200), std::chrono::seconds(7200));
  EXPECT_EQ(back_off(1, "a", INT64_MAX), std::chrono::hours(7 * 24));
  EXPECT_GE(back_off(1'000'000, "a", -5), std::chrono::seconds(1));
}

}  // namespace
}  // namespace encours::risk
