#include "tests/perf/elastic/judge.h"

#include <cmath>

namespace encours::perf {
namespace {

using test::baseline::Out;

constexpr double kScoreTolerance = 1e-9;

bool is_near(double one, double other) { return std::abs(one - other) <= kScoreTolerance; }

}  // namespace

void Judge::take(const Out& out) {
  const auto customer = customer_of(out.customer_id());
  if (!customer || static_cast<std::size_t>(*customer) >= accounts_.size()) {
    note(&verdict_.wrong, "an output of nobody: " + out.event_id());
    return;
  }
  Account& account = accounts_[static_cast<std::size_t>(*customer)];
  const auto next = [&] { return draw_event(seed_, *customer, account.events() + 1); };
  if (out.events() <= account.events()) {
    note(&verdict_.doubled, out.event_id() + " as number " + std::to_string(out.events()));
    return;
  }
  while (account.events() + 1 < out.events()) {
    note(&verdict_.lost, event_id(*customer, account.events() + 1));
    account.take(next());
  }
  account.take(next());
  const bool is_right = out.event_id() == event_id(*customer, account.events()) &&
                        out.open_cents() == account.open_cents() &&
                        is_near(out.score(), account.score());
  if (!is_right) note(&verdict_.wrong, out.event_id() + " with other figures than the model's");
}

void Judge::note(std::int64_t* count, const std::string& what) {
  ++*count;
  if (verdict_.first.empty()) verdict_.first = what;
}

Verdict Judge::verdict(const std::vector<std::int64_t>& events_of) const {
  Verdict verdict = verdict_;
  for (std::size_t customer = 0; customer < events_of.size(); ++customer) {
    const std::int64_t missing = events_of[customer] - accounts_[customer].events();
    if (missing > 0) verdict.lost += missing;
    if (missing < 0) verdict.doubled -= missing;
    if (missing != 0 && verdict.first.empty()) {
      verdict.first = customer_id(static_cast<std::int64_t>(customer)) + ": " +
                      std::to_string(missing) + " of its events have no output";
    }
  }
  return verdict;
}

}  // namespace encours::perf
