// Goal: the aged balance has a row per customer and currency, to the cent, on any day, in pages
// that neither repeat nor skip, from any split of the partitions over instances. Method: a small
// world by hand; columns written by hand.
#include "services/portfolio/query/aged_balance.h"

#include <gtest/gtest.h>

#include <sstream>

#include "services/portfolio/testing/world.h"

namespace encours::portfolio {
namespace {

using testing::allocated;
using testing::ask;
using testing::at;
using testing::day;
using testing::From;
using testing::invoice;
using testing::payment;
using testing::World;

std::string text_of(const api::AgedBalanceRow& row) {
  std::ostringstream out;
  out << row.customer_id() << ' ' << row.currency_code() << ' ' << row.total() << '='
      << row.not_due() << '+' << row.d1_30() << '+' << row.d31_60() << '+' << row.d61_90() << '+'
      << row.over_90() << '-' << row.unallocated();
  return out.str();
}

template <class Rows>
std::string text_of_all(const Rows& rows) {
  std::string out;
  for (const auto& row : rows) out += (out.empty() ? "" : "; ") + text_of(row);
  return out;
}

api::GetAgedBalanceRequest request_of(const std::string& as_of) {
  api::GetAgedBalanceRequest request;
  request.set_tenant("t");
  if (!as_of.empty()) set_date(day(as_of), request.mutable_as_of());
  return request;
}

// Four customers on 2026-02-10: one late, one with cash only, one settled, one in two currencies.
std::unique_ptr<World> small_world() {
  auto world = std::make_unique<World>(4);
  world->open_events_tenant("t");
  world->open_events_tenant("other");
  world->fold("LATE", testing::account_changed("strategic", "anne"));
  world->fold("LATE", invoice("F1", day("2025-12-01"), day("2026-01-10"), 10000));
  world->fold("CASH", payment("P1", day("2026-02-01"), 2500));
  world->fold("DONE", invoice("F2", day("2025-12-01"), day("2026-01-10"), 700));
  world->fold("DONE", payment("P2", day("2026-01-05"), 700));
  world->fold("DONE", allocated(From::kPayment, "P2", "F2", day("2026-01-05"), 700));
  world->fold("BOTH", testing::account_changed("standard", "paul"));
  world->fold("BOTH", invoice("F3", day("2026-01-01"), day("2026-03-01"), 30));
  world->fold("BOTH", invoice("F4", day("2026-01-01"), day("2026-01-11"), 500, "JPY"));
  world->fold("LATE", invoice("X1", day("2025-12-01"), day("2026-01-10"), 99), "other");
  world->tick("tenant/t", at("2026-02-10T07:00:00Z"));
  return world;
}

TEST(AgedBalance, ARowPerCustomerAndCurrencyThatIsNotZero) {
  const auto world = small_world();
  const auto answer = ask<AgedBalanceQuery>({world->all()}, request_of("2026-02-10"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(text_of_all(answer->rows()),
            "BOTH EUR 30=30+0+0+0+0-0; BOTH JPY 500=0+500+0+0+0-0; CASH EUR -2500=0+0+0+0+0-2500; "
            "LATE EUR 10000=0+0+10000+0+0-0");
  EXPECT_EQ(answer->next_page_token(), "");
  EXPECT_EQ(answer->totals_size(), 0);
  EXPECT_EQ(answer->coverage().missing_partitions_size(), 0);
}

TEST(AgedBalance, AnyDayIsAnsweredAndNoDayIsThatOfTheLastTick) {
  const auto world = small_world();
  const auto on = [&](const std::string& as_of) {
    return text_of_all(ask<AgedBalanceQuery>({world->all()}, request_of(as_of))->rows());
  };
  EXPECT_EQ(on("2025-11-30"), "");
  EXPECT_EQ(on("2025-12-31"), "DONE EUR 700=700+0+0+0+0-0; LATE EUR 10000=10000+0+0+0+0-0");
  EXPECT_EQ(on(""), on("2026-02-10"));
  EXPECT_EQ(on("2026-12-31"),
            "BOTH EUR 30=0+0+0+0+30-0; BOTH JPY 500=0+0+0+0+500-0; CASH EUR "
            "-2500=0+0+0+0+0-2500; LATE EUR 10000=0+0+0+0+10000-0");
  const auto today = ask<AgedBalanceQuery>({world->all()}, request_of(""));
  EXPECT_EQ(to_date(today->as_of()), day("2026-02-10"));
  EXPECT_EQ(stream::to_instant(today->known_at()), at("2026-02-10T07:00:00Z"));
}

TEST(AgedBalance, TotalsAreThoseOfAllPages) {
  const auto world = small_world();
  auto request = request_of("2026-02-10");
  request.set_with_totals(true);
  request.set_page_size(1);
  const auto split = {world->context({0, 3}), world->context({1}), world->context({2})};
  const auto first = ask<AgedBalanceQuery>(split, request);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(text_of_all(first->rows()), "BOTH EUR 30=30+0+0+0+0-0");
  EXPECT_EQ(text_of_all(first->totals()), " EUR 7530=30+0+10000+0+0-2500;  JPY 500=0+500+0+0+0-0");
  request.set_page_token(first->next_page_token());
  EXPECT_EQ(ask<AgedBalanceQuery>(split, request)->totals_size(), 0);
}

TEST(AgedBalance, PagesOfAnySplitGiveEachRowOnce) {
  const auto world = small_world();
  const std::string whole =
      text_of_all(ask<AgedBalanceQuery>({world->all()}, request_of("2026-02-10"))->rows());
  const std::vector<std::vector<query::QueryContext>> splits = {
      {world->all()},
      {world->context({}), world->context({0, 1}), world->context({2, 3})},
      {world->context({3}), world->context({2}), world->context({1}), world->context({0})}};
  for (const auto& split : splits) {
    for (int size = 1; size <= 5; ++size) {
      auto request = request_of("2026-02-10");
      request.set_page_size(size);
      std::string pages;
      int count = 0;
      do {
        const auto page = ask<AgedBalanceQuery>(split, request);
        ASSERT_TRUE(page.ok());
        EXPECT_LE(page->rows_size(), size);
        if (page->rows_size() > 0) pages += (pages.empty() ? "" : "; ") + text_of_all(page->rows());
        request.set_page_token(page->next_page_token());
      } while (!request.page_token().empty() && ++count < 10);
      EXPECT_EQ(pages, whole);
    }
  }
}

// What comes between two pages is not seen by the second one: both show one state of knowledge.
TEST(AgedBalance, LaterPagesKnowWhatTheFirstKnew) {
  World world(1);
  world.open_events_tenant("t");
  world.rows(0).set_now(at("2026-01-05T05:00:00Z"));
  world.fold("A", invoice("F1", day("2026-01-01"), day("2026-01-31"), 100));
  world.fold("B", invoice("F2", day("2026-01-01"), day("2026-01-31"), 200));
  world.tick("tenant/t", at("2026-01-05T23:00:00Z"));
  auto request = request_of("");
  request.set_page_size(1);
  const auto first = ask<AgedBalanceQuery>({world.all()}, request);
  EXPECT_EQ(text_of_all(first->rows()), "A EUR 100=100+0+0+0+0-0");
  EXPECT_EQ(to_date(first->as_of()), day("2026-01-06"));

  world.rows(0).set_now(at("2026-01-07T05:00:00Z"));
  world.fold("B", payment("P1", day("2026-01-02"), 50));
  world.tick("tenant/t", at("2026-01-07T23:00:00Z"));
  request.set_page_token(first->next_page_token());
  const auto second = ask<AgedBalanceQuery>({world.all()}, request);
  EXPECT_EQ(text_of_all(second->rows()), "B EUR 200=200+0+0+0+0-0");
  EXPECT_EQ(to_date(second->as_of()), day("2026-01-06"));
  EXPECT_EQ(stream::to_instant(second->known_at()), at("2026-01-05T23:00:00Z"));
}

TEST(AgedBalance, FiltersOnWhatNoDayChanges) {
  const auto world = small_world();
  auto request = request_of("2026-02-10");
  request.set_filter("segment = \"standard\" AND currency_code = \"JPY\"");
  EXPECT_EQ(text_of_all(ask<AgedBalanceQuery>({world->all()}, request)->rows()),
            "BOTH JPY 500=0+500+0+0+0-0");
  request.set_filter("overdue > 0");
  const auto refusal = ask<AgedBalanceQuery>({world->all()}, request);
  ASSERT_FALSE(refusal.ok());
  EXPECT_EQ(refusal.failure().reaction, Reaction::kRefused);
  EXPECT_EQ(refusal.failure().field, "filter");
}

TEST(AgedBalance, AnOwnerSeesTheirOwnCustomers) {
  const auto world = small_world();
  query::QueryContext context = world->all();
  context.only_owner = "anne";
  EXPECT_EQ(text_of_all(ask<AgedBalanceQuery>({context}, request_of("2026-02-10"))->rows()),
            "LATE EUR 10000=0+0+10000+0+0-0");
}

TEST(AgedBalance, SaysWhatItMisses) {
  const auto world = small_world();
  const int late = world->partition_of_account("LATE");
  std::vector<int> others;
  for (int p = 0; p < 4; ++p) {
    if (p != late) others.push_back(p);
  }
  const auto answer = ask<AgedBalanceQuery>({world->context(others)}, request_of("2026-02-10"));
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->coverage().missing_partitions_size(), 1);
  EXPECT_EQ(answer->coverage().missing_partitions(0), late);
  EXPECT_EQ(answer->coverage().missing_ppm(), 250'000);
  EXPECT_EQ(text_of_all(answer->rows()).find("LATE"), std::string::npos);
}

TEST(AgedBalance, RefusesWhatItCannotAnswer) {
  const auto world = small_world();
  const auto code = [&](const api::GetAgedBalanceRequest& request) {
    const auto answer = ask<AgedBalanceQuery>({world->all()}, request);
    return answer.ok() ? "none" : answer.failure().code;
  };
  auto request = request_of("");
  request.mutable_as_of()->set_year(2026);
  EXPECT_EQ(code(request), "invalid_date");
  request = request_of("2026-02-10");
  request.set_tenant("unknown");
  EXPECT_EQ(code(request), "tenant_not_found");
  request = request_of("2026-02-10");
  request.set_page_size(1);
  const auto first = ask<AgedBalanceQuery>({world->all()}, request);
  request = request_of("2026-02-11");
  request.set_page_token(first->next_page_token());
  EXPECT_EQ(code(request), "page_token_of_another_query");
  world->snapshot(2).broken = error(Reaction::kCorrupted, "corrupted_store", "A block is broken.");
  EXPECT_EQ(code(request_of("2026-02-10")), "corrupted_store");
}

}  // namespace
}  // namespace encours::portfolio
