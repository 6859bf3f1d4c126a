// Goal: over any history of links, answers, failures and days: a criterion is what the last OK
// answer said (none where it said nothing), each linked account has been told exactly that, at most
// one attempt is pending, and the same history twice gives the same facts.
// Method: RapidCheck makes histories; a model of a few lines keeps what was answered last, and each
// account folds the facts that it gets.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "services/risk_enrichment/domain/world_test.h"

namespace encours::risk {
namespace {

constexpr int kAccounts = 3;

struct Step {
  int kind = 0;
  int account = 0;
  std::int64_t hours = 0;
  std::int64_t score = 0;
};

struct Run {
  std::vector<std::string> lines;
  // What each linked account knows of the score; absent where it knows nothing.
  std::map<std::string, std::int64_t> known;
  std::optional<std::int64_t> answered;
  bool one_pending = true;
};

void fold(Run* run, const std::vector<api::RiskRecord>& facts) {
  for (const auto& fact : facts) {
    run->lines.push_back(RiskWorld::line_of(fact));
    if (fact.has_monitoring_changed() && fact.monitoring_changed().reason_code() == "no_account") {
      run->known.erase(fact.account());
    }
    if (!fact.has_criterion_changed()) continue;
    if (fact.criterion_changed().has_new_value()) {
      run->known[fact.account()] = fact.criterion_changed().new_value().number();
    } else {
      run->known.erase(fact.account());
    }
  }
}

void answer(RiskWorld* world, Run* run, const Step& step, Instant at) {
  if (world->asked.empty()) return;
  const Asked asked = world->take_asked("altares");
  switch (step.kind) {
    case 2:
      world->end(asked, ok({number(api::CRITERION_SOLVENCY_SCORE, step.score)}), at);
      run->answered = step.score;
      break;
    case 3:
      world->end(asked, ok({}), at);
      run->answered.reset();
      break;
    case 4:
      world->end(asked, api::FETCH_OUTCOME_FAILED, "http_500", at);
      break;
    case 5:
      world->end(asked, api::FETCH_OUTCOME_UNKNOWN, "timeout", at);
      break;
    default:
      world->end(asked, api::FETCH_OUTCOME_NOT_FOUND, "", at);
      break;
  }
}

Run run_history(const std::vector<Step>& steps, std::set<std::string>* linked) {
  RiskWorld world;
  world.publish(RiskWorld::altares_only());
  Run run;
  Instant at = utc("2024-01-15T05:00:00Z");
  for (const Step& step : steps) {
    at = at + std::chrono::hours(step.hours);
    world.tick(at);
    const std::string account = "C-" + std::to_string(step.account);
    if (step.kind == 0) {
      world.link(kSirenA, account, at);
      linked->insert(account);
    } else if (step.kind == 1) {
      world.unlink(kSirenA, account, at);
      linked->erase(account);
    } else {
      answer(&world, &run, step, at);
    }
    fold(&run, world.take_facts());
    run.one_pending = run.one_pending && world.asked.size() <= 1;
  }
  return run;
}

RC_GTEST_PROP(CompaniesProperty, AccountsKnowWhatWasAnsweredLast, ()) {
  const auto steps = *rc::gen::container<std::vector<Step>>(
      rc::gen::build<Step>(rc::gen::set(&Step::kind, rc::gen::inRange(0, 7)),
                           rc::gen::set(&Step::account, rc::gen::inRange(0, kAccounts)),
                           rc::gen::set(&Step::hours, rc::gen::inRange<std::int64_t>(0, 24 * 9)),
                           rc::gen::set(&Step::score, rc::gen::inRange<std::int64_t>(0, 101))));
  std::set<std::string> linked;
  const Run run = run_history(steps, &linked);
  RC_ASSERT(run.one_pending);
  for (int i = 0; i < kAccounts; ++i) {
    const std::string account = "C-" + std::to_string(i);
    const auto known = run.known.find(account);
    const bool should = linked.count(account) > 0 && run.answered.has_value();
    RC_ASSERT((known != run.known.end()) == should);
    if (should) RC_ASSERT(known->second == *run.answered);
  }
  std::set<std::string> again;
  RC_ASSERT(run_history(steps, &again).lines == run.lines);
}

}  // namespace
}  // namespace encours::risk
