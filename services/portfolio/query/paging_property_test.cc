// Goal: going through the pages of a list gives each row that the filter matches once, in order,
// for any customers, order, page size and split of the partitions over instances. Method:
// RapidCheck; the expected order is made by sorting plain values, without keys or pages. It prints
// its seed, which RC_PARAMS="seed=..." repeats.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "services/portfolio/query/aged_balance.h"
#include "services/portfolio/query/customers.h"
#include "services/portfolio/testing/world.h"

namespace encours::portfolio {
namespace {

using testing::ask;
using testing::at;
using testing::day;
using testing::World;

constexpr int kPartitions = 5;

struct Row {
  std::string account;
  std::int64_t open = 0;
  Date due;
};

// Few different amounts and days, so that many rows tie.
std::vector<Row> any_rows() {
  std::vector<Row> rows;
  const int count = *rc::gen::inRange(0, 30);
  for (int n = 0; n < count; ++n) {
    rows.push_back({"C" + std::to_string(n),
                    *rc::gen::inRange<std::int64_t>(1, 5),
                    day("2026-01-01") + *rc::gen::inRange(0, 3)});
  }
  return rows;
}

std::unique_ptr<World> world_of(const std::vector<Row>& rows) {
  auto world = std::make_unique<World>(kPartitions);
  world->open_events_tenant("t");
  world->tick("tenant/t", at("2026-02-01T07:00:00Z"));
  for (const Row& row : rows) {
    auto fact = testing::invoice("F-" + row.account, day("2026-01-01"), row.due, row.open);
    fact.mutable_balance()->set_currency_code("EUR");
    world->fold(row.account, fact);
  }
  return world;
}

// Each partition belongs to one of three instances, of which some may have none.
std::vector<query::QueryContext> any_split(const World& world) {
  std::vector<std::vector<int>> owned(3);
  for (int p = 0; p < kPartitions; ++p) owned[*rc::gen::inRange(0, 3)].push_back(p);
  std::vector<query::QueryContext> split;
  for (const auto& partitions : owned) split.push_back(world.context(partitions));
  return split;
}

RC_GTEST_PROP(Paging, CustomersComeOnceAndInOrder, ()) {
  std::vector<Row> rows = any_rows();
  const auto world = world_of(rows);
  const int order = *rc::gen::inRange(0, 3);
  api::ListCustomersRequest request;
  request.set_tenant("t");
  request.set_filter("outstanding >= 0.02");
  request.set_order_by(order == 0   ? ""
                       : order == 1 ? "outstanding desc"
                                    : "days_late, outstanding");
  request.set_page_size(*rc::gen::inRange(1, 8));

  std::erase_if(rows, [](const Row& row) { return row.open < 2; });
  std::sort(rows.begin(), rows.end(), [&](const Row& left, const Row& right) {
    if (order == 1 && left.open != right.open) return left.open > right.open;
    // The later it was due, the fewer days late it is.
    if (order == 2 && left.due != right.due) return left.due > right.due;
    if (order == 2 && left.open != right.open) return left.open < right.open;
    return left.account < right.account;
  });
  std::vector<std::string> expected;
  for (const Row& row : rows) expected.push_back(row.account);

  std::vector<std::string> found;
  do {
    // Partitions may move between two pages.
    const auto page = ask<CustomerList>(any_split(*world), request);
    RC_ASSERT(page.ok());
    RC_ASSERT(page->total_size() == static_cast<std::int64_t>(rows.size()));
    RC_ASSERT(page->coverage().missing_partitions_size() == 0);
    for (const auto& one : page->customers()) found.push_back(one.account());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && found.size() <= rows.size());
  RC_ASSERT(found == expected);
}

RC_GTEST_PROP(Paging, AgedBalanceComesOnceAndByAccount, ()) {
  std::vector<Row> rows = any_rows();
  const auto world = world_of(rows);
  api::GetAgedBalanceRequest request;
  request.set_tenant("t");
  set_date(day("2026-01-02"), request.mutable_as_of());
  request.set_page_size(*rc::gen::inRange(1, 8));
  request.set_with_totals(true);

  std::sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return left.account < right.account;
  });
  std::vector<std::string> found;
  std::vector<std::string> expected;
  std::int64_t late = 0;
  for (const Row& row : rows) {
    expected.push_back(row.account);
    if (row.due < day("2026-01-02")) late += row.open;
  }
  bool first = true;
  do {
    const auto page = ask<AgedBalanceQuery>(any_split(*world), request);
    RC_ASSERT(page.ok());
    if (first && !rows.empty()) {
      RC_ASSERT(page->totals_size() == 1);
      RC_ASSERT(page->totals(0).d1_30() == late);
    }
    first = false;
    for (const auto& one : page->rows()) found.push_back(one.customer_id());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && found.size() <= rows.size());
  RC_ASSERT(found == expected);
}

}  // namespace
}  // namespace encours::portfolio
