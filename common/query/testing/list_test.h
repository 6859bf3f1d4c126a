// ListTest: a paged list over two partitions in memory, and what every list must keep: order and
// filter, pages that neither repeat nor skip, refusals that name their field.
//
// A list's own test derives from it, fills `left` and `right`, calls look(), and says which ids it
// expects. Each law is asked of one instance that has both partitions and of two that have one
// each. Rows of the view have a field `id`.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/query/paged_list.h"
#include "common/query/testing/memory_store.h"

namespace encours::query::testing {

template <class Method>
class ListTest : public ::testing::Test {
 protected:
  using Request = typename Method::Request;
  using Response = typename Method::Response;
  using List = PagedList<Method>;
  using Ids = std::vector<std::string>;

  // Of the tenant "acme", by the clock of `stage`.
  ListTest(std::string stage, stream::TenantSetting::ClockMode mode) : stage_(std::move(stage)) {
    settings.add(tenant_setting(1, "acme", mode));
  }

  // From now on queries see what the stores have now.
  void look() {
    left_rows = left.snapshot();
    right_rows = right.snapshot();
  }

  static Request request(const std::string& filter = "",
                         const std::string& order_by = "",
                         int page_size = 0) {
    Request asked;
    asked.set_tenant("acme");
    asked.set_filter(filter);
    asked.set_order_by(order_by);
    asked.set_page_size(page_size);
    return asked;
  }

  QueryContext context(const std::vector<PartitionRows>& partitions,
                       const std::optional<std::string>& only_owner = {}) const {
    return {partitions, 2, stage_, &settings, only_owner};
  }

  // One instance has both partitions.
  Response here(const Request& asked, const std::optional<std::string>& only_owner = {}) const {
    return List::prepare(asked, only_owner)
        ->answer(context({{0, left_rows.get()}, {1, right_rows.get()}}, only_owner))
        .value();
  }

  // Each partition is on an instance of its own.
  Response apart(const Request& asked) const {
    const auto list = List::prepare(asked, {}).value();
    const auto answer = [&](std::int32_t partition, const auto& rows) {
      return list.answer(context({{partition, rows.get()}})).value();
    };
    return list.merge({answer(0, left_rows), answer(1, right_rows)}).value();
  }

  static Ids ids(Response response) {
    Ids out;
    for (const auto& row : *Method::rows_of(&response)) out.push_back(row.id());
    return out;
  }

  void expect_list(const std::string& filter, const std::string& order_by, const Ids& expected) {
    SCOPED_TRACE(filter + " by " + order_by);
    for (const auto& response :
         {here(request(filter, order_by)), apart(request(filter, order_by))}) {
      EXPECT_EQ(ids(response), expected);
      EXPECT_EQ(response.total_size(), static_cast<std::int64_t>(expected.size()));
      EXPECT_EQ(response.next_page_token(), "");
    }
  }

  // Pages of any size, one after the other, are the whole in its usual order.
  void expect_pages(const Ids& expected) {
    for (std::size_t size = 1; size <= expected.size() + 1; ++size) {
      for (const bool from_two : {false, true}) {
        SCOPED_TRACE(std::to_string(size) + (from_two ? " from two" : " from one"));
        auto asked = request("", "", static_cast<int>(size));
        Ids all;
        for (std::size_t pages = 0; pages <= expected.size(); ++pages) {
          const auto response = from_two ? apart(asked) : here(asked);
          const Ids page = ids(response);
          EXPECT_LE(page.size(), size);
          EXPECT_EQ(response.total_size(), static_cast<std::int64_t>(expected.size()));
          all.insert(all.end(), page.begin(), page.end());
          asked.set_page_token(response.next_page_token());
          if (asked.page_token().empty()) break;
        }
        EXPECT_EQ(all, expected);
      }
    }
  }

  // `filter` and `order_by` are good ones that differ from the usual.
  void expect_refusals(const std::string& filter, const std::string& order_by) {
    const std::string token = here(request("", "", 1)).next_page_token();
    const auto with_token = [](Request asked, const std::string& text) {
      asked.set_page_token(text);
      return asked;
    };
    Request of_another_tenant = with_token(request("", "", 1), token);
    of_another_tenant.set_tenant("other");
    const std::vector<std::tuple<Request, std::string, std::string>> cases = {
        {request("colour = red"), "unknown_field", "filter"},
        {request("id >"), "syntax_error", "filter"},
        {request("", "colour"), "unknown_field", "order_by"},
        {request("", "", -1), "invalid_page_size", "page_size"},
        {with_token(request(), "*"), "invalid_page_token", "page_token"},
        {with_token(request(filter), token), "page_token_of_another_query", "page_token"},
        {with_token(request("", order_by), token), "page_token_of_another_query", "page_token"},
        {of_another_tenant, "page_token_of_another_query", "page_token"},
    };
    for (const auto& [asked, code, field] : cases) {
      SCOPED_TRACE(code + " " + field);
      const auto list = List::prepare(asked, {});
      ASSERT_FALSE(list.ok());
      EXPECT_EQ(list.failure().reaction, Reaction::kRefused);
      EXPECT_EQ(list.failure().code, code);
      EXPECT_EQ(list.failure().field, field);
    }
  }

  MemoryStore left, right;
  std::unique_ptr<Snapshot> left_rows, right_rows;
  stream::SettingsTable settings;

 private:
  const std::string stage_;
};

}  // namespace encours::query::testing
