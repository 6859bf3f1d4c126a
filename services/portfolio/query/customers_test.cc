// Goal: the customer view has every figure of its definition for the day of the last tick; lists
// filter, order and page it. Method: a small world by hand, fields compared one by one.
#include "services/portfolio/query/customers.h"

#include <gtest/gtest.h>

#include "services/portfolio/testing/world.h"

namespace encours::portfolio {
namespace {

using testing::ask;
using testing::at;
using testing::day;
using testing::invoice;
using testing::World;

ReceivableRecord with_balance(ReceivableRecord fact, const std::string& currency) {
  fact.mutable_balance()->set_currency_code(currency);
  return fact;
}

// On 2026-03-31: A owes 300 (100 late by 30 days) and has 40 unallocated, B owes 900 late by 91
// days, C is known by name only, D owes yen.
std::unique_ptr<World> small_world() {
  auto world = std::make_unique<World>(4);
  world->open_events_tenant("t");
  world->fold("A", testing::account_changed("strategic", "anne"));
  world->fold("A", invoice("F1", day("2026-01-01"), day("2026-03-01"), 10000));
  auto last = with_balance(invoice("F2", day("2026-01-01"), day("2026-03-31"), 20000), "EUR");
  auto* balance = last.mutable_balance();
  balance->set_unallocated_cash(2500);
  balance->set_unallocated_credit_notes(1500);
  balance->set_disputed(300);
  balance->set_promised(400);
  balance->set_not_invoiced(5000);
  balance->set_term_paper(600);
  world->fold("A", last);
  world->fold("B", testing::account_changed("standard", "paul"));
  world->fold("B", with_balance(invoice("F3", day("2025-12-01"), day("2025-12-30"), 90000), "EUR"));
  world->fold("C", testing::account_changed("standard", "anne"));
  world->fold("D",
              with_balance(invoice("F4", day("2026-01-01"), day("2026-01-31"), 700, "JPY"), "JPY"));
  world->tick("tenant/t", at("2026-03-30T22:00:00Z"));
  return world;
}

api::ListCustomersRequest list(const std::string& filter, const std::string& order_by = "") {
  api::ListCustomersRequest request;
  request.set_tenant("t");
  request.set_filter(filter);
  request.set_order_by(order_by);
  return request;
}

std::string accounts(const Result<api::ListCustomersResponse>& response) {
  if (!response.ok()) return response.failure().code;
  std::string out;
  for (const auto& one : response->customers()) out += one.account();
  return out;
}

TEST(Customers, FiguresAreThoseOfTheirDefinitions) {
  const auto world = small_world();
  const auto response = ask<CustomerList>({world->all()}, list("account = \"A\""));
  ASSERT_TRUE(response.ok());
  ASSERT_EQ(response->customers_size(), 1);
  const auto& view = response->customers(0);
  EXPECT_EQ(view.tenant(), "t");
  EXPECT_EQ(view.segment(), "strategic");
  EXPECT_EQ(view.owner(), "anne");
  EXPECT_EQ(view.currency_code(), "EUR");
  EXPECT_EQ(view.outstanding().minor(), 26000);  // 30,000 less 2,500 and 1,500.
  EXPECT_EQ(view.exposure().minor(), 31600);     // And 5,000 and 600.
  EXPECT_EQ(view.not_due().minor(), 20000);
  EXPECT_EQ(view.overdue().minor(), 10000);
  EXPECT_EQ(view.overdue_1_30().minor(), 10000);
  EXPECT_EQ(view.overdue_31_60().minor(), 0);
  EXPECT_EQ(view.unallocated_cash().minor(), 2500);
  EXPECT_EQ(view.unallocated_credit_notes().minor(), 1500);
  EXPECT_EQ(view.disputed().minor(), 300);
  EXPECT_EQ(view.promised().minor(), 400);
  EXPECT_EQ(view.open_invoice_count(), 2);
  EXPECT_EQ(view.overdue_invoice_count(), 1);
  EXPECT_EQ(view.days_late(), 30);
  EXPECT_EQ(to_date(view.oldest_due_date()), day("2026-03-01"));
  EXPECT_EQ(view.overdue().currency_code(), "EUR");
}

TEST(Customers, OneWithoutAnyAmountHasARowWithoutCurrency) {
  const auto world = small_world();
  const auto response = ask<CustomerList>({world->all()}, list("account = \"C\""));
  ASSERT_EQ(response->customers_size(), 1);
  EXPECT_EQ(response->customers(0).currency_code(), "");
  EXPECT_FALSE(response->customers(0).has_overdue());
}

TEST(Customers, FilterAndOrder) {
  const auto world = small_world();
  const auto asked = [&](const std::string& filter, const std::string& order_by = "") {
    return accounts(ask<CustomerList>({world->all()}, list(filter, order_by)));
  };
  EXPECT_EQ(asked(""), "ABCD");
  EXPECT_EQ(asked("overdue > 500"), "BD");  // Major units: 900.00 EUR, 700 JPY; not 100.00 EUR.
  EXPECT_EQ(asked("currency_code = \"EUR\"", "overdue desc"), "BA");
  EXPECT_EQ(asked("segment = \"standard\" AND NOT owner = \"anne\""), "B");
  EXPECT_EQ(asked("days_late >= 30", "days_late"), "ADB");  // 30, 59 and 91 days.
  EXPECT_EQ(asked("overdu > 1"), "unknown_field");
  EXPECT_EQ(asked("", "nonsense"), "unknown_field");
  EXPECT_EQ(asked("", "display_name"), "field_not_allowed");
}

// Names are sealed in the rows; who asks gets them on the page, and may search by them.
TEST(Customers, HaveTheirNames) {
  const auto world = small_world();
  const Sealer sealer = Sealer::for_test();
  for (const auto& [account, name] : {std::pair("A", "Épicerie Uzel"), std::pair("B", "Nantre")}) {
    const auto said = testing::named(sealer, account, name);
    world->fold(account, said.person);
    world->fold(account, said.key);
  }
  auto context = world->all();
  EXPECT_EQ(ask<CustomerList>({context}, list("account = \"A\""))->customers(0).display_name(), "");
  context.sealer = &sealer;
  const auto all = ask<CustomerList>({context}, list("", "account"));
  ASSERT_EQ(all->customers_size(), 4);
  EXPECT_EQ(all->customers(0).display_name(), "Épicerie Uzel");
  EXPECT_EQ(all->customers(2).display_name(), "");
  const auto found = ask<CustomerList>({context}, list("display_name : \"epicerie\""));
  EXPECT_EQ(accounts(found), "A");
  EXPECT_EQ(found->customers(0).display_name(), "Épicerie Uzel");
  api::GetCustomerRequest one;
  one.set_tenant("t");
  one.set_account("B");
  const auto& owner = context.partitions[world->partition_of_account("B")];
  EXPECT_EQ(get_customer(context, owner, one)->customers(0).display_name(), "Nantre");
}

// Bytes of one account under another's name are no name, and no silence either.
TEST(Customers, ANameThatIsNotTheirsIsAnError) {
  const auto world = small_world();
  const Sealer sealer = Sealer::for_test();
  const auto said = testing::named(sealer, "A", "Épicerie Uzel");
  world->fold("B", said.person);
  world->fold("B", said.key);
  auto context = world->all();
  context.sealer = &sealer;
  EXPECT_EQ(accounts(ask<CustomerList>({context}, list("account = \"B\""))), "sealed_data");
}

TEST(Customers, PagesAndTheTotalNumber) {
  const auto world = small_world();
  auto request = list("overdue > 0 OR account = \"C\"", "overdue desc");
  request.set_page_size(3);
  const std::vector<query::QueryContext> split = {world->context({1, 2}), world->context({0, 3})};
  const auto first = ask<CustomerList>(split, request);
  ASSERT_TRUE(first.ok());
  // By currency, then by amount; what has no amount comes last.
  EXPECT_EQ(accounts(first), "BAD");
  EXPECT_EQ(first->total_size(), 4);
  request.set_page_token(first->next_page_token());
  const auto second = ask<CustomerList>(split, request);
  EXPECT_EQ(accounts(second), "C");
  EXPECT_EQ(second->total_size(), 4);
  EXPECT_EQ(second->next_page_token(), "");
}

// The day of a first page holds for the pages behind it, also when a tick comes between.
TEST(Customers, LaterPagesAreOfTheSameDay) {
  const auto world = small_world();
  auto request = list("", "account");
  request.set_page_size(1);
  const auto first = ask<CustomerList>({world->all()}, request);
  EXPECT_EQ(first->customers(0).days_late(), 30);
  world->tick("tenant/t", at("2026-04-30T22:00:00Z"));
  request.set_page_token(first->next_page_token());
  const auto second = ask<CustomerList>({world->all()}, request);
  EXPECT_EQ(second->customers(0).account(), "B");
  EXPECT_EQ(second->customers(0).days_late(), 91);
}

TEST(Customers, AnOwnerSeesTheirOwn) {
  const auto world = small_world();
  query::QueryContext context = world->all();
  context.only_owner = "anne";
  const auto response = ask<CustomerList>({context}, list(""));
  EXPECT_EQ(accounts(response), "AC");
  EXPECT_EQ(response->total_size(), 2);
}

TEST(Customers, GetOne) {
  const auto world = small_world();
  api::GetCustomerRequest request;
  request.set_tenant("t");
  request.set_account("B");
  const int partition = world->partition_of_account("B");
  query::QueryContext context = world->context({partition});
  const auto found = get_customer(context, context.partitions[0], request);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->customers_size(), 1);
  EXPECT_EQ(found->customers(0).overdue_91_120().minor(), 90000);
  EXPECT_EQ(found->coverage().partition_count(), 1);
  EXPECT_TRUE(found->coverage().position().has_instant());

  context.only_owner = "anne";
  EXPECT_EQ(get_customer(context, context.partitions[0], request).failure().code,
            "customer_not_found");
  context.only_owner.reset();
  request.set_account("nobody");
  EXPECT_EQ(get_customer(context, context.partitions[0], request).failure().code,
            "customer_not_found");
}

}  // namespace
}  // namespace encours::portfolio
