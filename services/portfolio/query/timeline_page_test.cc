// Goal: a customer's timeline comes in pages, forwards and backwards, each entry once, and can be
// filtered. Method: seven facts by hand; pages of every size.
#include "services/portfolio/query/timeline.h"

#include <gtest/gtest.h>

#include "services/portfolio/testing/world.h"

namespace encours::portfolio {
namespace {

using testing::at;
using testing::day;
using testing::invoice;
using testing::World;

class TimelinePages : public ::testing::Test {
 protected:
  TimelinePages() : world_(1) {
    world_.open_events_tenant("t");
    for (int n = 1; n <= 7; ++n) {
      world_.fold("A", invoice("F" + std::to_string(n), day("2026-01-01"), day("2026-01-31"), n));
    }
    world_.fold("B", invoice("G1", day("2026-01-01"), day("2026-01-31"), 1));
    world_.tick("tenant/t", at("2026-03-30T22:00:00Z"));
    request_.set_tenant("t");
    request_.set_account("A");
  }

  Result<api::GetTimelineResponse> ask() {
    const query::QueryContext context = world_.all();
    return get_timeline(context, context.partitions[0], request_);
  }
  std::string all_pages(int size) {
    request_.set_page_size(size);
    request_.clear_page_token();
    std::string out;
    for (int pages = 0; pages < 20; ++pages) {
      const auto page = ask();
      if (!page.ok()) return page.failure().code;
      EXPECT_LE(page->entries_size(), size);
      for (const auto& entry : page->entries()) out += entry.document() + " ";
      request_.set_page_token(page->next_page_token());
      if (page->next_page_token().empty()) return out;
    }
    return out + "without end";
  }

  World world_;
  api::GetTimelineRequest request_;
};

TEST_F(TimelinePages, ForwardsAndBackwards) {
  for (int size = 1; size <= 8; ++size) {
    request_.set_order_by("");
    EXPECT_EQ(all_pages(size), "F1 F2 F3 F4 F5 F6 F7 ") << size;
    request_.set_order_by("recorded_at desc");
    EXPECT_EQ(all_pages(size), "F7 F6 F5 F4 F3 F2 F1 ") << size;
  }
}

TEST_F(TimelinePages, Filtered) {
  request_.set_filter("amount >= 0.03 AND kind = \"invoice_recorded\"");
  EXPECT_EQ(all_pages(2), "F3 F4 F5 F6 F7 ");
  request_.set_order_by("recorded_at desc");
  EXPECT_EQ(all_pages(2), "F7 F6 F5 F4 F3 ");
  request_.set_filter("kind = \"payment_recorded\"");
  EXPECT_EQ(all_pages(2), "");
}

TEST_F(TimelinePages, Refusals) {
  request_.set_order_by("amount");
  EXPECT_EQ(all_pages(1), "unsupported_order");
  request_.set_order_by("");
  request_.set_account("nobody");
  EXPECT_EQ(all_pages(1), "customer_not_found");
  request_.set_account("A");
  request_.set_tenant("nobody");
  EXPECT_EQ(all_pages(1), "tenant_not_found");
}

TEST_F(TimelinePages, ATokenIsOfOneCustomer) {
  request_.set_page_size(1);
  const auto first = ask();
  request_.set_account("B");
  request_.set_page_token(first->next_page_token());
  EXPECT_EQ(ask().failure().code, "page_token_of_another_query");
}

TEST_F(TimelinePages, OfACustomerOfOthersThereIsNothing) {
  query::QueryContext context = world_.all();
  context.only_owner = "anne";
  EXPECT_EQ(get_timeline(context, context.partitions[0], request_).failure().code,
            "customer_not_found");
}

}  // namespace
}  // namespace encours::portfolio
