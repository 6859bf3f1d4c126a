// Goal: the list of invoices shows each invoice as it stands, late or not on the day of the last
// tick, over all partitions. Method: a small world by hand.
#include "services/portfolio/query/invoices.h"

#include <gtest/gtest.h>

#include "services/portfolio/testing/world.h"

namespace encours::portfolio {
namespace {

using testing::allocated;
using testing::ask;
using testing::at;
using testing::day;
using testing::From;
using testing::invoice;
using testing::World;

std::unique_ptr<World> small_world() {
  auto world = std::make_unique<World>(4);
  world->open_events_tenant("t");
  world->fold("A", testing::account_changed("strategic", "anne"));
  world->fold("A", invoice("F1", day("2026-01-01"), day("2026-03-01"), 10000));
  world->fold("A", allocated(From::kPayment, "P1", "F1", day("2026-03-02"), 4000));
  world->fold("B", invoice("F2", day("2026-01-01"), day("2026-04-30"), 500));
  world->fold("B", invoice("F3", day("2026-01-01"), day("2026-01-31"), 700));
  world->fold("B", allocated(From::kPayment, "P2", "F3", day("2026-01-30"), 700));
  world->fold("B", testing::settled("F3", day("2026-01-30")));
  world->fold("C", invoice("F4", day("2026-01-01"), day("2026-01-31"), 900));
  world->fold("C", testing::cancelled("F4", day("2026-01-15"), 900));
  // Money for an invoice that is not known yet.
  world->fold("C", allocated(From::kPayment, "P3", "F9", day("2026-01-30"), 10));
  world->tick("tenant/t", at("2026-03-30T22:00:00Z"));
  return world;
}

Result<api::ListInvoicesResponse> list(const World& world,
                                       const std::string& filter,
                                       const std::string& order_by = "") {
  api::ListInvoicesRequest request;
  request.set_tenant("t");
  request.set_filter(filter);
  request.set_order_by(order_by);
  return ask<InvoiceList>({world.context({0, 1}), world.context({2, 3})}, request);
}

std::string numbers(const Result<api::ListInvoicesResponse>& response) {
  if (!response.ok()) return response.failure().code;
  std::string out;
  for (const auto& one : response->invoices()) out += one.number() + " ";
  return out;
}

TEST(Invoices, EachAsItStands) {
  const auto world = small_world();
  EXPECT_EQ(numbers(list(*world, "")), "F1 F2 F3 F4 ");
  const auto late = list(*world, "number = \"F1\"")->invoices(0);
  EXPECT_EQ(late.account(), "A");
  EXPECT_EQ(late.owner(), "anne");
  EXPECT_EQ(late.segment(), "strategic");
  EXPECT_EQ(late.gross_amount().minor(), 10000);
  EXPECT_EQ(late.open_amount().minor(), 6000);
  EXPECT_EQ(late.state(), api::INVOICE_STATE_OPEN);
  EXPECT_EQ(late.days_late(), 30);
  EXPECT_EQ(late.aging_bucket(), AgingBucket::AGING_BUCKET_1_30);
  EXPECT_FALSE(late.has_settled_on());
  const auto settled = list(*world, "number = \"F3\"")->invoices(0);
  EXPECT_EQ(settled.state(), api::INVOICE_STATE_SETTLED);
  EXPECT_EQ(settled.days_late(), 0);
  EXPECT_EQ(to_date(settled.settled_on()), day("2026-01-30"));
  EXPECT_EQ(list(*world, "number = \"F4\"")->invoices(0).state(), api::INVOICE_STATE_CANCELLED);
  EXPECT_EQ(list(*world, "number = \"F2\"")->invoices(0).aging_bucket(),
            AgingBucket::AGING_BUCKET_NOT_DUE);
}

TEST(Invoices, FilterAndOrder) {
  const auto world = small_world();
  EXPECT_EQ(numbers(list(*world, "open_amount > 0", "due_date desc")), "F2 F1 ");
  EXPECT_EQ(numbers(list(*world, "due_date < 2026-02-01")), "F3 F4 ");
  EXPECT_EQ(numbers(list(*world, "days_late > 0 AND owner = \"anne\"")), "F1 ");
  EXPECT_EQ(numbers(list(*world, "", "gross_amount, number")), "F2 F3 F4 F1 ");
  EXPECT_EQ(numbers(list(*world, "due_date > \"soon\"")), "type_mismatch");
}

}  // namespace
}  // namespace encours::portfolio
