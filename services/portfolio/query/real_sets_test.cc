// Goal: on two real histories the aged balance at the cutoff is the one published with them, and on
// twenty other days the one that a plain count over the lines of the file gives, to the cent, for
// every customer. Method: each line becomes the facts that the ledger makes of it; four partitions,
// pages of 100. Skipped where the folder ENCOURS_DATA (default ../shared/data) is absent.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "common/money/money.h"
#include "services/portfolio/query/aged_balance.h"
#include "services/portfolio/testing/world.h"

namespace encours::portfolio {
namespace {

using testing::ask;
using testing::day;
using testing::From;
using testing::World;

using Line = std::vector<std::string>;

std::string folder_of(const std::string& set) {
  const char* data = std::getenv("ENCOURS_DATA");
  return std::string(data == nullptr ? "../shared/data" : data) + "/" + set + "/";
}

// The files have no quotes and no empty lines.
std::vector<Line> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    if (!text.empty() && text.back() == '\r') text.pop_back();
    Line line;
    std::istringstream columns(text + ",");
    for (std::string column; std::getline(columns, column, ',');) line.push_back(column);
    lines.push_back(line);
  }
  if (!lines.empty()) lines.erase(lines.begin());  // The header.
  return lines;
}

std::int64_t cents(const std::string& text) {
  return parse_amount(text, Currency::parse("EUR").value()).value().minor;
}

struct Invoice {
  std::string number;
  std::string customer;
  Date issued;
  Date due;
  std::int64_t amount = 0;
  std::optional<Date> settled;
};

std::vector<Invoice> read_invoices(const std::string& set) {
  std::vector<Invoice> invoices;
  for (const Line& line : read_lines(folder_of(set) + "invoices_dev.csv")) {
    // invoice_id,customer_id,invoice_date,due_date,amount,currency,settled_date,...
    invoices.push_back({line[0],
                        line[1],
                        day(line[2]),
                        day(line[3]),
                        cents(line[4]),
                        line[6].empty() ? std::nullopt : std::optional(day(line[6]))});
  }
  return invoices;
}

std::unique_ptr<World> world_of(const std::vector<Invoice>& invoices) {
  auto world = std::make_unique<World>(4);
  world->open_events_tenant("t");
  for (const Invoice& one : invoices) {
    world->fold(one.customer, testing::invoice(one.number, one.issued, one.due, one.amount));
    if (!one.settled) continue;
    const std::string paid = "P-" + one.number;
    world->fold(one.customer, testing::payment(paid, *one.settled, one.amount));
    world->fold(one.customer,
                testing::allocated(From::kPayment, paid, one.number, *one.settled, one.amount));
  }
  return world;
}

// total, not_due, d1_30, d31_60, d61_90, over_90
using Columns = std::array<std::int64_t, 6>;
using Balance = std::map<std::string, Columns>;

Balance counted(const std::vector<Invoice>& invoices, Date as_of) {
  Balance balance;
  for (const Invoice& one : invoices) {
    if (one.issued > as_of || (one.settled && *one.settled <= as_of)) continue;
    const int late = as_of - one.due;
    const int column = late <= 0 ? 1 : late <= 30 ? 2 : late <= 60 ? 3 : late <= 90 ? 4 : 5;
    balance[one.customer][0] += one.amount;
    balance[one.customer][column] += one.amount;
  }
  return balance;
}

Balance published(const std::string& set) {
  Balance balance;
  for (const Line& line : read_lines(folder_of(set) + "aged_balance_at_cutoff.csv")) {
    for (int column = 0; column < 6; ++column) {
      balance[line[0]][column] = cents(line[column + 1]);
    }
  }
  return balance;
}

Balance asked(const World& world, Date as_of) {
  api::GetAgedBalanceRequest request;
  request.set_tenant("t");
  request.set_page_size(100);
  set_date(as_of, request.mutable_as_of());
  Balance balance;
  do {
    const auto page =
        ask<AgedBalanceQuery>({world.context({0, 2}), world.context({1, 3})}, request).value();
    for (const auto& row : page.rows()) {
      EXPECT_EQ(balance.count(row.customer_id()), 0u);
      balance[row.customer_id()] = {
          row.total(), row.not_due(), row.d1_30(), row.d31_60(), row.d61_90(), row.over_90()};
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return balance;
}

class RealSets : public ::testing::TestWithParam<const char*> {};

TEST_P(RealSets, AgedBalanceOfTheCutoffAndOfTwentyOtherDays) {
  const std::string set = GetParam();
  std::ifstream cutoff_file(folder_of(set) + "cutoff.txt");
  std::string cutoff;
  if (!(cutoff_file >> cutoff)) GTEST_SKIP() << folder_of(set) << " is absent";
  const auto invoices = read_invoices(set);
  const auto world = world_of(invoices);
  const Balance expected = published(set);
  ASSERT_GT(expected.size(), 40u);
  EXPECT_EQ(asked(*world, day(cutoff)), expected);
  // Days before and after the cutoff, of all months and days of the month.
  int days_with_rows = 0;
  for (int n = 1; n <= 20; ++n) {
    const Date as_of = day(cutoff) + (n - 14) * 47;
    const Balance found = asked(*world, as_of);
    days_with_rows += found.empty() ? 0 : 1;
    EXPECT_EQ(found, counted(invoices, as_of)) << as_of;
  }
  EXPECT_GE(days_with_rows, 10);
}

INSTANTIATE_TEST_SUITE_P(Data, RealSets, ::testing::Values("udyam_invoices", "ibm_late_payments"));

}  // namespace
}  // namespace encours::portfolio
