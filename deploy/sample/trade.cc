#include "deploy/sample/trade.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "deploy/sample/identifiers.h"
#include "deploy/sample/portfolio.h"

namespace encours::sample {
namespace {

constexpr std::int64_t kLeastNet = 2'000;
// Of 1,000 invoices, how many are forgotten by anybody.
constexpr int kForgotten = 4;
// Number of the account that pays for the houses of its group.
constexpr int kPontavel = 4;

// One account in three currencies: invoices in turn.
const char* currency_of(const Account& account, std::size_t index) {
  constexpr const char* kTurn[] = {"EUR", "GBP", "EUR", "USD"};
  return account.named && account.number == 10 ? kTurn[index % 4] : account.currency.c_str();
}

// An account that came back has bought nothing for about a year.
bool is_away(const Options& options, const Account& account, Date day) {
  if (account.habit != Habit::kReturning) return false;
  const Date back = options.end - 130;
  return day < back && day > back - 380;
}

std::vector<Date> days_of_sale(const Options& options, const Account& account, Random& random) {
  std::vector<Date> days;
  const std::int64_t span = account.last_day - account.first_day;
  const int count = account.invoice_count;
  for (int i = 0; i < count; ++i) {
    // Evenly, each somewhere within its own share of the time.
    const std::int64_t least = span * i / count;
    const std::int64_t most = std::max(least, span * (i + 1) / count - 1);
    Date day = next_business_day(account.first_day + random.between(least, most), true);
    if (day > account.last_day) day = last_business_day(account.last_day, true);
    if (is_away(options, account, day)) continue;
    days.push_back(day);
  }
  return days;
}

// Days after the due date on which it means to pay.
std::int64_t delay(const Account& account, Date due, Random& random) {
  switch (account.habit) {
    case Habit::kPrompt:
    case Habit::kReturning:
      return random.between(-6, 0);
    case Habit::kLate:
      return account.late_days + random.between(-4, 5);
    case Habit::kSeasonal:
      return due.month() >= 7 && due.month() <= 9 ? random.between(14, 42) : random.between(-3, 3);
    case Habit::kSlipping:
    case Habit::kDefaulting: {
      if (due < account.slips_from) return random.between(-3, 2);
      const int slope = account.habit == Habit::kSlipping ? 6 : 8;
      return random.between(0, 5) + (due - account.slips_from) * slope / 30;
    }
    case Habit::kPartial:
      return random.between(0, 12);
    case Habit::kErratic: {
      constexpr int kShares[] = {55, 30, 15};
      const std::size_t mood = random.weighted(kShares);
      if (mood == 0) return random.between(-2, 5);
      return mood == 1 ? random.between(8, 35) : random.between(36, 100);
    }
    case Habit::kNewcomer:
      return random.between(-2, 8);
  }
  return 0;
}

// The last run from `earliest` to the due date; the next one where there is none.
Date run_in_time(const Account& account, Date earliest, Date due) {
  for (Date day = due; day >= earliest; day = day - 1) {
    const Date run = next_run(day, account.runs, account.french());
    if (run <= due) return run;
  }
  return next_run(earliest, account.runs, account.french());
}

// The day on which an invoice is paid; nothing where it never is.
std::optional<Date> day_of_payment(const Account& account, const Invoice& invoice, Random& random) {
  if (!account.strategic && random.chance(kForgotten)) return std::nullopt;
  const bool debited = account.terms.means() == erp::PAYMENT_MEANS_DIRECT_DEBIT;
  const Date target =
      debited ? invoice.due() : invoice.due() + delay(account, invoice.due(), random);
  const Date least = std::max(target, invoice.issued() + 2);
  if (debited) return next_business_day(least, account.french());
  const bool prompt = account.habit == Habit::kPrompt;
  const Date run = prompt ? run_in_time(account, invoice.issued() + 2, invoice.due())
                          : next_run(least, account.runs, account.french());
  if (run >= account.stops_on) return std::nullopt;
  return run;
}

// What is to be paid on a day, as places in the list of invoices.
struct Planned {
  std::size_t invoice;
  // Zero: what is left.
  std::int64_t amount;
};
using Plan = std::map<Date, std::vector<Planned>>;

void plan_payment(const Account& account,
                  const std::vector<Invoice>& invoices,
                  std::size_t index,
                  Plan* plan,
                  Random& random) {
  const Invoice& invoice = invoices[index];
  const auto day = day_of_payment(account, invoice, random);
  if (!day) return;
  const bool in_parts = account.habit == Habit::kPartial && random.chance(550);
  if (!in_parts) {
    (*plan)[*day].push_back({index, 0});
    return;
  }
  const std::int64_t first = invoice.gross() * random.between(35, 70) / 100;
  (*plan)[*day].push_back({index, std::max<std::int64_t>(1, first)});
  const Date later = next_run(*day + random.between(15, 50), account.runs, account.french());
  (*plan)[later].push_back({index, 0});
}

// The head of the group sends the money; the account stays the one that owes.
void paid_by_the_group(erp::PaymentReceived* received) {
  received->set_payer_name(std::string(named_accounts()[kPontavel - 1].name));
  received->mutable_payer_account()->set_iban(iban_of("FR", kPontavel));
}

// Direct debits are one for each invoice, all else is one payment for each currency of a day.
void pay_day(Desk* desk,
             std::vector<Invoice>* invoices,
             Date day,
             const std::vector<Planned>& planned) {
  const bool debited = desk->account().terms.means() == erp::PAYMENT_MEANS_DIRECT_DEBIT;
  std::map<std::string, Payment> payments;
  for (const Planned& one : planned) {
    Invoice& invoice = (*invoices)[one.invoice];
    const std::string key = debited ? invoice.number() : invoice.currency();
    payments[key].parts.push_back(
        {.invoice = &invoice, .amount = one.amount == 0 ? invoice.open : one.amount});
  }
  for (auto& [key, payment] : payments) {
    payment.day = day;
    if (!desk->account().paying_account.empty()) payment.more = paid_by_the_group;
    desk->pay(std::move(payment));
  }
}

}  // namespace

void trade(const Options& options, Desk* desk) {
  const Account& account = desk->account();
  Random random(options.seed, "trade/" + account.id);
  std::vector<Invoice> invoices;
  const auto days = days_of_sale(options, account, random);
  for (const Date day : days) {
    const std::int64_t net = std::max(kLeastNet, random.spread(account.median_net));
    Invoice invoice = desk->draft_in(currency_of(account, invoices.size()), day, net);
    desk->issue(&invoice);
    invoices.push_back(std::move(invoice));
  }
  Plan plan;
  for (std::size_t i = 0; i < invoices.size(); ++i) {
    plan_payment(account, invoices, i, &plan, random);
  }
  for (const auto& [day, planned] : plan) pay_day(desk, &invoices, day, planned);
}

}  // namespace encours::sample
