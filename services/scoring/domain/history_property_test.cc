// Goal: scores kept by differences equal those computed anew from the whole list of facts, at every
// midnight, whatever was paid, rejected, cancelled, moved or dated ahead. Method: RapidCheck tells
// the life of a few accounts; the oracle keeps all facts, folds for each midnight those dated
// before it, in sorts and divisions of its own, and shares no code with the stages.
// RC_PARAMS="seed=..." repeats a run.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "common/money/decimal.h"
#include "services/scoring/domain/facts_test.h"

namespace encours::scoring::testing {
namespace {

const Date kStart = on("2024-03-20");  // Over the change to summer time.

// One account as a list of what happened, each with the day from which it counts.
struct Told {
  ReceivableRecord fact;
  Date day;
};

struct NaiveInvoice {
  Date due;
  std::string currency;
  std::int64_t gross = 0;
  std::int64_t paid = 0;
  std::optional<Date> settled;
  bool cancelled = false;
};

struct NaiveFigures {
  std::string segment;
  std::int64_t count = 0;
  std::optional<std::int64_t> own;
  std::optional<std::int64_t> median;
};

std::int64_t naive_points(int days) {
  const double table[][2] = {
      {-30, 100}, {-20, 90}, {0, 80}, {15, 70}, {22, 60}, {30, 50}, {60, 40}, {90, 30}, {120, 20}};
  const double x = std::clamp(days, -30, 120);
  int i = 0;
  while (table[i + 1][0] < x) ++i;
  const double slope = (table[i + 1][1] - table[i][1]) / (table[i + 1][0] - table[i][0]);
  return std::llround((table[i][1] + slope * (x - table[i][0])) * 100);
}

std::int64_t half_up(Int128 numerator, Int128 denominator) {
  return static_cast<std::int64_t>((2 * numerator + denominator) / (2 * denominator));
}

void fold(const ReceivableRecord& fact,
          std::map<std::string, NaiveInvoice>* invoices,
          std::string* segment) {
  if (fact.has_account_changed()) *segment = fact.account_changed().segment();
  if (fact.has_invoice_recorded()) {
    auto& one = (*invoices)[fact.invoice_recorded().invoice()];
    one.due = *to_date(fact.invoice_recorded().due_date());
    one.currency = fact.invoice_recorded().gross_amount().currency_code();
    one.gross = fact.invoice_recorded().gross_amount().minor();
  }
  if (fact.has_allocation_recorded()) {
    (*invoices)[fact.allocation_recorded().invoice()].paid +=
        fact.allocation_recorded().amount().minor();
  }
  if (fact.has_allocation_reversed()) {
    (*invoices)[fact.allocation_reversed().invoice()].paid -=
        fact.allocation_reversed().amount().minor();
  }
  if (fact.has_invoice_settled()) {
    (*invoices)[fact.invoice_settled().invoice()].settled =
        *to_date(fact.invoice_settled().settled_on());
  }
  if (fact.has_invoice_cancelled()) {
    (*invoices)[fact.invoice_cancelled().invoice()].cancelled = true;
  }
}

NaiveFigures naive(const std::vector<Told>& facts, Date before) {
  NaiveFigures figures;
  std::map<std::string, NaiveInvoice> invoices;
  for (const Told& told : facts) {
    if (told.day < before) fold(told.fact, &invoices, &figures.segment);
  }
  std::vector<int> days;
  std::map<std::string, std::vector<std::pair<std::int64_t, int>>> by_currency;
  for (const auto& [number, one] : invoices) {
    if (one.cancelled || !one.settled || one.paid != one.gross || one.gross == 0) continue;
    days.push_back(*one.settled - one.due);
    by_currency[one.currency].emplace_back(one.gross, days.back());
  }
  figures.count = static_cast<std::int64_t>(days.size());
  if (days.empty()) return figures;
  std::sort(days.begin(), days.end());
  const std::size_t half = days.size() / 2;
  figures.median = days.size() % 2 == 1 ? days[half] * 100 : (days[half - 1] + days[half]) * 50;
  Int128 sum = 0;
  for (const auto& [currency, paid] : by_currency) {
    Int128 top = 0;
    Int128 bottom = 0;
    for (const auto& [gross, late] : paid) {
      top += static_cast<Int128>(gross) * naive_points(late);
      bottom += gross;
    }
    sum += static_cast<Int128>(paid.size()) * half_up(top, bottom);
  }
  figures.own = half_up(sum, figures.count);
  return figures;
}

// Tells facts to the chain and keeps them.
class Story {
 public:
  void tell_day(Date today) {
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) step(today);
  }
  NaiveFigures figures(const std::string& account, Date before) {
    return naive(told_[account], before);
  }
  std::optional<std::int64_t> mean(const std::string& segment, Date before) {
    Int128 sum = 0;
    std::int64_t count = 0;
    for (const auto& [account, facts] : told_) {
      const auto one = naive(facts, before);
      if (one.segment != segment || !one.own) continue;
      sum += *one.own;
      ++count;
    }
    if (count == 0) return std::nullopt;
    return half_up(sum, count);
  }
  std::vector<std::string> accounts() const {
    std::vector<std::string> names;
    for (const auto& [account, facts] : told_) names.push_back(account);
    return names;
  }

  Chain chain;

 private:
  struct Life {
    std::string account;
    std::string number;
    Date due;
    std::int64_t gross = 0;
    bool paid = false;
    bool over = false;
  };

  void tell(const ReceivableRecord& fact, Date today, Date day) {
    minute_ = std::min(minute_ + 1, 59);
    told_[fact.account()].push_back({fact, std::max(day, today)});
    chain.take(fact, during(today, 9, minute_));
  }
  void step(Date today) {
    minute_ = today == last_ ? minute_ : 0;
    last_ = today;
    const int choice = *rc::gen::inRange(0, 10);
    if (choice < 3 || lives_.empty()) return issue(today);
    Life& life = lives_[*rc::gen::inRange<std::size_t>(0, lives_.size())];
    if (choice == 3) return move(life.account, today);
    if (life.over) return;
    if (choice == 4) return postpone(life, today);
    if (choice == 5) return cancel(life, today);
    life.paid ? reject(life, today) : pay(life, today);
  }
  void issue(Date today) {
    Life life;
    life.account = *rc::gen::element<std::string>("C-1", "C-2", "C-3");
    life.number = "F-" + std::to_string(lives_.size());
    life.due = today + *rc::gen::inRange(-150, 60);
    life.gross = *rc::gen::inRange<std::int64_t>(1, 1'000'000);
    tell(recorded(life.account,
                  life.number,
                  life.due,
                  life.gross,
                  *rc::gen::element<std::string>("EUR", "EUR", "JPY")),
         today,
         today);
    lives_.push_back(life);
  }
  void move(const std::string& account, Date today) {
    tell(account_changed(account, *rc::gen::element<std::string>("", "retail")), today, today);
  }
  void postpone(Life& life, Date today) {
    life.due = life.due + *rc::gen::inRange(-10, 20);
    tell(recorded(life.account, life.number, life.due, life.gross), today, today);
  }
  // By a value date of up to three days ahead or five back.
  void pay(Life& life, Date today) {
    const Date day = today + *rc::gen::inRange(-5, 4);
    const auto first = *rc::gen::inRange<std::int64_t>(0, life.gross);
    if (first > 0) tell(allocated(life.account, life.number, day, first), today, day);
    tell(allocated(life.account, life.number, day, life.gross - first), today, day);
    tell(settled(life.account, life.number, day), today, day);
    life.paid = true;
  }
  void reject(Life& life, Date today) {
    tell(reversed(life.account, life.number, today, life.gross), today, today);
    life.paid = false;
  }
  void cancel(Life& life, Date today) {
    if (life.paid) reject(life, today);
    tell(cancelled(life.account, life.number, today), today, today);
    life.over = true;
  }

  std::vector<Life> lives_;
  std::map<std::string, std::vector<Told>> told_;
  Date last_;
  int minute_ = 0;
};

void expect_same(const api::Score& score, const NaiveFigures& figures) {
  RC_ASSERT(score.paid_invoice_count() == figures.count);
  RC_ASSERT(score.has_own_index_hundredths() == figures.own.has_value());
  RC_ASSERT(score.own_index_hundredths() == figures.own.value_or(0));
  RC_ASSERT(score.has_days_beyond_terms_hundredths() == figures.median.has_value());
  RC_ASSERT(score.days_beyond_terms_hundredths() == figures.median.value_or(0));
}

void expect_published(const api::ScoreComputed& published, Date day, Story& story) {
  const auto& score = published.score();
  const auto figures = story.figures(score.account(), day);
  expect_same(score, figures);
  RC_ASSERT(to_date(score.as_of()) == day);
  const auto mean = story.mean(figures.segment, day - 1);
  RC_ASSERT(score.has_segment_index_hundredths() == mean.has_value());
  RC_ASSERT(score.segment_index_hundredths() == mean.value_or(0));
  std::optional<std::int64_t> index = figures.own;
  if (!index) index = mean;
  if (figures.own && mean) {
    index =
        half_up(static_cast<Int128>(figures.count) * *figures.own + 5 * *mean, figures.count + 5);
  }
  RC_ASSERT(score.score_hundredths() == index.value());
  RC_ASSERT(score.payment_index_hundredths() == index.value());
}

RC_GTEST_PROP(ScoringProperty, DifferencesEqualTheWholeListAtEveryMidnight, ()) {
  Story story;
  std::map<std::string, api::Score> last;
  const int days = *rc::gen::inRange(1, 30);
  for (int i = 0; i < days; ++i) {
    const Date today = kStart + i;
    story.chain.tick(during(today, 8));
    story.tell_day(today);
    story.chain.tick(during(today + 1, 0));
    for (const auto& published : story.chain.take_scores()) {
      const auto& score = published.score();
      const auto before = last.find(score.account());
      RC_ASSERT(published.has_previous_score_hundredths() == (before != last.end()));
      expect_published(published, today + 1, story);
      last[score.account()] = score;
    }
    // Nothing that has changed is left out; without anything known a score stands.
    for (const auto& account : story.accounts()) {
      const auto figures = story.figures(account, today + 1);
      const auto found = last.find(account);
      RC_ASSERT(found != last.end() || !figures.own);
      if (figures.own) expect_same(found->second, figures);
    }
  }
}

}  // namespace
}  // namespace encours::scoring::testing
