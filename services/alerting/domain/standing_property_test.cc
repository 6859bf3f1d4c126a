// Goal: limits and score drops for every history: the alert that is alive is the one that follows
// from the whole list of what was told. Method: RapidCheck tells limits, balances and scores; the
// oracle looks at all of them each time and keeps no state but the alerts that it expects.
// RC_PARAMS="seed=..." repeats a run.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "services/alerting/domain/limit.h"
#include "services/alerting/domain/rules.h"
#include "services/alerting/domain/world_test.h"

namespace encours::alerting {
namespace {

const Date kStart = on("2024-03-20");
const Zone kParis = Zone::load("Europe/Paris").value();

std::vector<std::string> alive(const TestWorld& world) { return world.active_alerts(); }

RC_GTEST_PROP(ScoreDropProperty, TheBestOfTheWindowDecides, ()) {
  TestWorld world;
  std::vector<std::pair<Date, std::int64_t>> told;
  std::optional<std::int64_t> standing;  // Old score of the alert that should be alive.
  Date day = kStart;
  const int count = *rc::gen::inRange(1, 40);
  for (int i = 0; i < count; ++i) {
    day = day + *rc::gen::inRange(1, 60);
    const auto score = *rc::gen::inRange<std::int64_t>(60, 90) * 100;
    std::int64_t best = 0;
    for (std::size_t k = 0; k < told.size(); ++k) {
      // The last day on which it stood.
      const Date last = (k + 1 < told.size() ? told[k + 1].first : day) - 1;
      if (last >= day - kScoreWindowDays) best = std::max(best, told[k].second);
    }
    if (standing) {
      if (score > *standing - kScoreDropHundredths) standing.reset();
    } else if (best - score >= kScoreDropHundredths) {
      standing = best;
    }
    told.emplace_back(day, score);
    world.take(score_record("C-17", score, day));
    RC_ASSERT(alive(world).size() == (standing ? 1u : 0u));
    if (!standing) continue;
    for (const auto& row : world.alerts()) {
      if (row.alert().id() == alive(world)[0]) {
        RC_ASSERT(row.alert().old_score_hundredths() == *standing);
      }
    }
  }
}

struct ToldLimit {
  Date from;
  std::optional<std::int64_t> amount;
  Date until;
};

std::optional<std::int64_t> limit_on(Date day, const std::vector<ToldLimit>& told) {
  const ToldLimit* current = nullptr;
  for (const auto& one : told) {
    if (one.from <= day && (current == nullptr || one.from >= current->from)) current = &one;
  }
  if (current == nullptr || day > current->until) return std::nullopt;
  return current->amount;
}

RC_GTEST_PROP(LimitProperty, AliveExactlyWhileAboveTheLimitOfTheDay, ()) {
  TestWorld world;
  std::vector<ToldLimit> told;
  std::int64_t exposure = 0;
  Date day = kStart;
  const int count = *rc::gen::inRange(1, 40);
  for (int i = 0; i < count; ++i) {
    day = day + *rc::gen::inRange(0, 6);
    const Instant noon = kParis.at(day, 12, 0);
    world.tick(noon);
    receivables::ReceivableRecord fact;
    fact.set_account("C-17");
    if (*rc::gen::inRange(0, 2) == 0) {
      exposure = *rc::gen::inRange<std::int64_t>(0, 100);
      fact.mutable_payment_recorded()->set_payment("P");
      fact.mutable_balance()->set_currency_code("EUR");
      fact.mutable_balance()->set_not_due(exposure);
    } else {
      ToldLimit limit{day + *rc::gen::inRange(-3, 10), {}, Date::max()};
      auto& body = *fact.mutable_internal_limit_changed();
      *body.mutable_valid_from() = to_proto(limit.from);
      limit.from = std::max(limit.from, day);
      if (*rc::gen::inRange(0, 4) > 0) {
        limit.amount = *rc::gen::inRange<std::int64_t>(0, 100);
        body.mutable_amount()->set_currency_code("EUR");
        body.mutable_amount()->set_minor(*limit.amount);
      }
      if (*rc::gen::inRange(0, 2) == 0) {
        limit.until = day + *rc::gen::inRange(-2, 12);
        *body.mutable_valid_until() = to_proto(limit.until);
      }
      told.push_back(limit);
    }
    world.take(world.ledger_record(fact, "record-" + std::to_string(i), noon, noon));
    for (int later = 0; later < 3; ++later) {
      if (later > 0) world.tick(kParis.at(day + later, 0, 0));
      const auto limit = limit_on(day + later, told);
      RC_ASSERT(alive(world).size() == (limit && exposure > *limit ? 1u : 0u));
    }
    day = day + 2;
  }
}

}  // namespace
}  // namespace encours::alerting
