#include "deploy/sample/generate.h"

#include <utility>

#include "deploy/sample/customers.h"
#include "deploy/sample/portfolio.h"
#include "deploy/sample/scenes.h"
#include "deploy/sample/trade.h"

namespace encours::sample {
namespace {

// Below, scenes that need one kind of customer may find none; above, companies run out.
constexpr int kLeastAccounts = 60;
constexpr int kMostAccounts = 5000;
constexpr int kLeastMonths = 12;
constexpr int kMostMonths = 60;

}  // namespace

Status check_options(const Options& options) {
  if (options.accounts < kLeastAccounts || options.accounts > kMostAccounts) {
    return refused("out_of_range", "--accounts", "Between 60 and 5,000 accounts.");
  }
  if (options.months < kLeastMonths || options.months > kMostMonths) {
    return refused("out_of_range", "--months", "Between 12 and 60 months.");
  }
  if (options.end.year() < 2015 || options.end.year() > 2100) {
    return refused("out_of_range", "--end", "A day of the years 2015 to 2100.");
  }
  return {};
}

Sample generate(const Options& options) {
  Sample sample;
  sample.accounts = make_portfolio(options);
  Journal journal(options.end);
  std::vector<Desk> desks;
  desks.reserve(sample.accounts.size());
  for (const Account& account : sample.accounts) {
    desks.emplace_back(options, account, &journal);
    introduce(options, &desks.back());
    trade(options, &desks.back());
  }
  play_scenes(options, &desks);
  for (Desk& desk : desks) send_customer(&desk);
  sample.entries = journal.take();
  return sample;
}

}  // namespace encours::sample
