#include "services/alerting/domain/score_drop.h"

#include <algorithm>
#include <map>

#include "common/base/hash.h"
#include "services/alerting/domain/dates.h"
#include "services/alerting/domain/rules.h"
#include "services/alerting/domain/tables.h"

namespace encours::alerting {
namespace {

using Score = encours::scoring::v1alpha1::Score;

using Standings = std::map<std::int64_t, state::ScoreStandingRow>;

KeyWriter standing_key(const std::string& account, std::int64_t day) {
  return KeyWriter().text(account).number(day);
}

// Scores that stood before `day`, without those that left the window by then.
Standings standings(const stream::View& view,
                    stream::Effects& effects,
                    const std::string& account,
                    Date day) {
  Standings known;
  const Date first = day - kScoreWindowDays;
  view.scan(kScoreStandingTable,
            KeyWriter().text(account),
            [&](std::string_view key, state::ScoreStandingRow row) {
              KeyReader reader(key);
              reader.text();
              const std::int64_t since = reader.number().value_or(0);
              if (row.has_stood_until() && to_date(row.stood_until()).value() <= first) {
                effects.erase(kScoreStandingTable, standing_key(account, since));
              } else if (since < day.days()) {
                known[since] = std::move(row);
              }
              return true;
            });
  return known;
}

// Keeps the new score, and of the others those that are better.
void keep(const Score& score, Date day, Standings& known, stream::Effects& effects) {
  const std::string& account = score.account();
  for (auto& [since, row] : known) {
    if (row.score_hundredths() <= score.score_hundredths()) {
      effects.erase(kScoreStandingTable, standing_key(account, since));
    } else if (!row.has_stood_until()) {
      *row.mutable_stood_until() = to_proto(day);
      effects.put(kScoreStandingTable, row, standing_key(account, since));
    }
  }
  state::ScoreStandingRow row;
  row.set_score_hundredths(score.score_hundredths());
  effects.put(kScoreStandingTable, row, standing_key(account, day.days()));
}

void raise(const Score& score,
           std::int64_t best,
           Date day,
           const stream::Record& record,
           AlertBook& book) {
  const std::string id =
      stable_id({record.tenant(), kScoreDropRule, score.account(), day.to_string()});
  if (book.find(score.account(), id)) return;
  Alert alert;
  alert.set_id(id);
  alert.set_account(score.account());
  alert.set_kind(v1alpha1::ALERT_KIND_SCORE_DROP);
  *alert.mutable_day() = to_proto(day);
  alert.set_rule(kScoreDropRule);
  alert.set_old_score_hundredths(best);
  alert.set_new_score_hundredths(score.score_hundredths());
  book.raise(std::move(alert));
}

}  // namespace

Status apply_score(const stream::View& view,
                   stream::Effects& effects,
                   const stream::Record& record,
                   const Score& score,
                   AlertBook& book) {
  const auto day = to_date(score.as_of());
  if (!day) return poison("invalid_date", "score.as_of", day.failure().message);
  auto known = standings(view, effects, score.account(), *day);
  std::int64_t best = score.score_hundredths();
  for (const auto& [since, row] : known) best = std::max(best, row.score_hundredths());
  keep(score, *day, known, effects);

  const auto active = book.active(score.account(), "", v1alpha1::ALERT_KIND_SCORE_DROP);
  if (!active) {
    if (best - score.score_hundredths() >= kScoreDropHundredths) {
      raise(score, best, *day, record, book);
    }
    return {};
  }
  if (active->old_score_hundredths() - score.score_hundredths() < kScoreDropHundredths) {
    book.resolve(*active, "score_recovered");
  }
  return {};
}

}  // namespace encours::alerting
