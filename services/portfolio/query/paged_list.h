// PagedList: a list by filter and order, in pages, over the partitions of one or more instances.
//
// prepare() checks the request once. settle() writes into it the day for which all instances and
// all later pages compute. answer() is the page of the partitions that are here; merge() makes one
// page of several answers to the same settled request. The order is total: what the caller's order
// leaves open is decided by the row's own names. Made for one request; const after prepare().
//
// Method says what is listed: Request, Response, View, kName, rows_of(response), tie(view) in key
// form, and each(rows, tenant, day, visit(View&&)), which fails where amounts leave their range.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/filter/filter.h"
#include "common/filter/order_by.h"
#include "services/portfolio/query/page.h"
#include "services/portfolio/query/page_token.h"
#include "services/portfolio/query/standing.h"

namespace encours::portfolio {

inline constexpr std::int32_t kUsualListSize = 50;
inline constexpr std::int32_t kLargestListSize = 1'000;

// Personal data are not in our rows: a filter on them would find nothing and look as if it had.
inline bool is_filterable(std::string_view path) { return path != "display_name"; }

// How a digest tells "everyone's" from "those of nobody".
inline std::string reader_word(const std::optional<std::string>& only_owner) {
  return only_owner ? "owner:" + *only_owner : "all";
}

template <class Method>
class PagedList {
 public:
  using Request = typename Method::Request;
  using Response = typename Method::Response;
  using View = typename Method::View;

  static Result<PagedList> prepare(const Request& request,
                                   const std::optional<std::string>& only_owner) {
    const auto& type = *View::descriptor();
    ENCOURS_ASSIGN(auto filter,
                   filter::Filter::compile(
                       request.filter(), type, {.allowed = is_filterable, .field = "filter"}));
    ENCOURS_ASSIGN(auto order,
                   filter::OrderBy::compile(
                       request.order_by(), type, {.allowed = is_filterable, .field = "order_by"}));
    ENCOURS_ASSIGN(const std::size_t size,
                   page_size_of(request.page_size(), kUsualListSize, kLargestListSize));
    const std::string digest = query_digest({Method::kName,
                                             request.tenant(),
                                             request.filter(),
                                             request.order_by(),
                                             reader_word(only_owner)});
    ENCOURS_ASSIGN(PageToken token, decode_page_token(request.page_token(), digest));
    return PagedList(request.tenant(), std::move(filter), std::move(order), size, std::move(token));
  }

  // The request as other instances should get it. Where no partition is here it stays as it is,
  // and each instance takes the day of its own partitions.
  Result<Request> settle(const QueryContext& context, Request request) const {
    if (token_.day || context.partitions.empty()) return request;
    ENCOURS_ASSIGN(const TenantTime time, tenant_time(*context.settings, tenant_));
    PageToken settled = token_;
    settled.day = settled_day(context, time, request.min_position());
    request.set_page_token(settled.encode());
    return request;
  }

  Result<Response> answer(const QueryContext& context) const {
    Response response;
    if (context.partitions.empty()) {
      *response.mutable_coverage() = coverage_of(context, "");
      return response;
    }
    ENCOURS_ASSIGN(const TenantTime time, tenant_time(*context.settings, tenant_));
    // With neither a token nor a tick there are no facts, and any day will do.
    const Date day = token_.day.value_or(day_of(context, time).value_or(Date::min()));
    Page<View> page(token_.after, size_);
    std::int64_t total = 0;
    const auto take = [&](View&& view) {
      if (context.only_owner && view.owner() != *context.only_owner) return;
      if (!filter_.matches(view)) return;
      ++total;
      std::string key = sort_key(view);
      if (page.wants(key)) page.offer(std::move(key), std::move(view));
    };
    for (const PartitionRows& one : context.partitions) {
      ENCOURS_TRY(Method::each(*one.rows, tenant_, day, take));
    }
    ENCOURS_TRY(check_reads(context.partitions));
    finish(std::move(page), false, day, &response);
    response.set_total_size(total);
    *response.mutable_coverage() = coverage_of(context, time.clock);
    return response;
  }

  Result<Response> merge(std::vector<Response> parts) const {
    Response response;
    Page<View> page(token_.after, size_);
    bool more = false;
    std::optional<Date> day = token_.day;
    std::int64_t total = 0;
    std::vector<const Coverage*> coverage;
    for (Response& part : parts) {
      for (View& view : *Method::rows_of(&part)) {
        std::string key = sort_key(view);
        page.offer(std::move(key), std::move(view));
      }
      total += part.total_size();
      coverage.push_back(&part.coverage());
      if (part.next_page_token().empty()) continue;
      more = true;
      ENCOURS_ASSIGN(const PageToken theirs,
                     decode_page_token(part.next_page_token(), token_.digest));
      if (!day) day = theirs.day;
    }
    finish(std::move(page), more, day, &response);
    response.set_total_size(total);
    *response.mutable_coverage() = merge_coverage(coverage);
    return response;
  }

 private:
  PagedList(std::string tenant,
            filter::Filter filter,
            filter::OrderBy order,
            std::size_t size,
            PageToken token)
      : tenant_(std::move(tenant)),
        filter_(std::move(filter)),
        order_(std::move(order)),
        size_(size),
        token_(std::move(token)) {}

  std::string sort_key(const View& view) const { return order_.key(view) + Method::tie(view); }

  void finish(Page<View> page, bool more, std::optional<Date> day, Response* response) const {
    auto finished = std::move(page).finish();
    for (View& view : finished.rows) *Method::rows_of(response)->Add() = std::move(view);
    if (!finished.more && !more) return;
    PageToken next = token_;
    next.day = day;
    next.after = finished.last_key;
    response->set_next_page_token(next.encode());
  }

  std::string tenant_;
  filter::Filter filter_;
  filter::OrderBy order_;
  std::size_t size_;
  PageToken token_;
};

}  // namespace encours::portfolio
